"""The time that processes are told: Debian's faketime, stepped while they run."""

import os
import time
from pathlib import Path

LIBRARIES = tuple(
    Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1") if os.name == "posix" else ()
)
MISSING = "The proof needs Debian's faketime: sudo apt-get install -y faketime"


def sweep() -> None:
    """Remove what faketime leaves in memory of processes that were killed.

    A later process of the same number would not start.
    """
    for path in Path("/dev/shm").glob("*faketime_*"):  # noqa: S108 - faketime's own place
        number = path.name.rpartition("_")[2]
        if number.isdigit() and not Path(f"/proc/{number}").exists():
            path.unlink(missing_ok=True)


class Clock:
    """The wall clock of a stand's processes: real time plus what it was stepped by.

    Monotonic time stays true, as when somebody sets a machine's clock.
    """

    def __init__(self, folder: Path) -> None:
        self.offset = 0.0
        self._file = folder / "clock"
        self._write()

    @property
    def environment(self) -> dict[str, str]:
        if not LIBRARIES:
            raise SystemExit(MISSING)
        return {
            "LD_PRELOAD": str(LIBRARIES[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            # Else threads that wait for Python's lock spin.
            "FAKETIME_FORCE_MONOTONIC_FIX": "0",
            "NO_FAKE_STAT": "1",
        }

    def now(self) -> float:
        return time.time() + self.offset

    def step(self, seconds: float) -> None:
        self.offset += seconds
        self._write()

    def _write(self) -> None:
        draft = self._file.with_suffix(".draft")
        draft.write_text(f"{self.offset:+.0f}\n", encoding="ascii")
        draft.chmod(0o644)  # PostgreSQL reads it under another user
        draft.replace(self._file)
