"""Photos without what cameras write into them, and previews of photos and PDFs."""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock

from django.utils.translation import gettext as _

from regions.enums import FileKind

from .kinds import CannotTake
from .limits import DECODING_SECONDS, MOST_PIXELS, TOO_LARGE

PICTURES = frozenset({FileKind.JPEG, FileKind.PNG, FileKind.WEBP})
PREVIEWED = PICTURES | {FileKind.PDF}
CHECKOUT = Path(__file__).resolve().parents[2]
# One at a time in each process of the web server: a large picture takes much memory.
_ONE = Lock()


@dataclass(frozen=True)
class Pictured:
    """What is kept of a file, and its preview; no bytes where there is none."""

    kept: bytes
    preview: bytes


def pictured(data: bytes, kind: FileKind) -> Pictured:
    """Pictures are drawn anew; a PDF stays as it is, with or without a preview.

    Raises CannotTake for a picture that cannot be decoded.
    """
    if kind not in PREVIEWED:
        return Pictured(data, b"")
    with _ONE, TemporaryDirectory(prefix="rollout-") as name:
        folder = Path(name)
        (folder / "given").write_bytes(data)
        code = _decode(kind, folder)
        if code == 0:
            clean = (folder / "clean").read_bytes() if kind in PICTURES else data
            return Pictured(clean, (folder / "preview").read_bytes())
    if kind == FileKind.PDF:
        return Pictured(data, b"")
    if code == TOO_LARGE:
        raise CannotTake(
            _("The picture has more than %(n)d million pixels.")
            % {"n": MOST_PIXELS // 1_000_000}
        )
    raise CannotTake(_("The picture cannot be read; it may be damaged."))


def _decode(kind: FileKind, folder: Path) -> int:
    """The exit code of the decoder; whatever ends it, this process goes on."""
    command = [sys.executable, "-m", "regions.files.decode", str(kind), str(folder)]
    try:
        # Our own script, with a word and a folder of ours: nothing of the user's.
        done = subprocess.run(  # noqa: S603
            command,
            cwd=CHECKOUT,
            env={},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=2 * DECODING_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode
