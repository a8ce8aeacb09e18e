"""A copy of the tree, in which guards are taken away and the access tests run."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from .guards import Guard, guards_in, taken_away

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("regions", "pilots", "rollout", "tests", "benchmarks", "templates", "locale")
LINKED = ("static", "manage.py", "pyproject.toml", "deploy", "docs", "node_modules")
APPS = ("regions", "pilots", "rollout")
# Neither of them decides what a person may see or do.
LEFT_OUT = ("migrations", "management")
TESTS = (
    "tests/test_permissions.py",
    "tests/test_permissions_admin.py",
    "tests/test_visible.py",
    "tests/test_told.py",
    "tests/test_hidden.py",
    "tests/test_markers.py",
    "tests/test_admin_access.py",
    "tests/test_admin_scope.py",
    "tests/test_privacy.py",
    "tests/rollout/test_attachment_pages.py",
    "tests/rollout/test_security.py",
)
GREEN, RED, NO_TESTS = 0, 1, 5


@dataclass(frozen=True)
class Mutant:
    """The product without one guard."""

    path: str
    guard: Guard

    def __str__(self) -> str:
        return f"{self.path}:{self.guard.line} {self.guard.kind}: {self.guard.text}"


def is_access(path: str) -> bool:
    return path.endswith("access.py")


def all_mutants(root: Path = ROOT) -> Iterator[Mutant]:
    for app in APPS:
        for file in sorted((root / app).rglob("*.py")):
            path = file.relative_to(root).as_posix()
            if not set(file.parts) & set(LEFT_OUT):
                source = file.read_text(encoding="utf-8")
                for guard in guards_in(source, is_access=is_access(path)):
                    yield Mutant(path, guard)


class Bench:
    """The copy, its database, and which test runs which function."""

    ran: dict[str, Any]
    outside: set[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.others = count(1)
        self.tree = folder / "tree"
        self.trace = folder / "trace"
        self.database = folder / "test.sqlite3"
        shutil.rmtree(folder, ignore_errors=True)
        self.tree.mkdir(parents=True)
        self.trace.mkdir()
        for name in COPIED:
            shutil.copytree(ROOT / name, self.tree / name)
        for name in LINKED:
            (self.tree / name).symlink_to(ROOT / name)

    def another(self) -> "Bench":
        """One beside it, so that two guards can be taken away at a time."""
        other = Bench(self.folder / str(next(self.others)))
        other.ran, other.outside = self.ran, self.outside
        return other

    def run(self, tests: list[str], *options: str) -> int:
        """How pytest ended; what it said stands in `log.txt`."""
        words = [
            sys.executable, "-m", "pytest", "-q", "-n", "0", "-p", "no:randomly",
            "-p", "no:cacheprovider", "--ds=benchmarks.mutants.settings", "--reuse-db",
            *options, *tests,
        ]  # fmt: skip
        environment = os.environ | {
            "DATABASE_STORE": "sqlite",
            "MUTANTS_DATABASE": str(self.database),
            "MUTANTS_TRACE": str(self.trace),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with (self.tree.parent / "log.txt").open("w", encoding="utf-8") as log:
            return subprocess.run(
                words,
                cwd=self.tree,
                env=environment,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode

    def begin(self, jobs: int) -> bool:
        """Whether the access tests are green with every guard in its place.

        Those of every run: what only a longer one would miss, nobody misses for weeks.
        """
        traced = ["-p", "benchmarks.mutants.tracing", "-n", str(jobs)]
        code = self.run(list(TESTS), *traced, "-m", "not long")
        self.ran, self.outside = {}, set()
        for file in self.trace.iterdir():
            told = json.loads(file.read_text(encoding="utf-8"))
            self.ran |= told["tests"]
            self.outside |= set(told["outside"])
        return code == GREEN

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Those that run the function around the guard, the quickest first; then all
        others, if it also ran before them, while modules were imported."""
        wanted = f"{mutant.path}:{mutant.guard.function}"
        is_early = not mutant.guard.function or wanted in self.outside
        order = [
            (wanted not in one["functions"], one["seconds"], name)
            for name, one in self.ran.items()
        ]
        return [name for is_other, _, name in sorted(order) if is_early or not is_other]

    def is_caught(self, mutant: Mutant) -> bool:
        tests = self.tests_of(mutant)
        if not tests:
            return False
        file = self.tree / mutant.path
        whole = file.read_text(encoding="utf-8")
        lessened = taken_away(
            whole, mutant.guard.number, is_access=is_access(mutant.path)
        )
        file.write_text(lessened, encoding="utf-8")
        try:
            code = self.run(tests, "-x")
        finally:
            file.write_text(whole, encoding="utf-8")
        if code not in (GREEN, RED):
            raise RuntimeError(f"{mutant}: pytest ended with {code}, see log.txt")
        return code == RED
