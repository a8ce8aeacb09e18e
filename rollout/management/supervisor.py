"""Starts the processes of the embedded run, watches them and stops them together.

Knows processes and locks, nothing of what Rollout keeps; the command `start` calls it. No
clean-up code runs after a kill -9: there Linux's parent-death signal ends the parts, and
the locks go with the processes that hold them.
"""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import NoReturn, Self, TextIO

GRACE = 10.0  # seconds from SIGTERM to SIGKILL
PATIENCE = 60.0  # seconds that a part may take to answer
LOOK = 0.1  # seconds between two looks at something that is awaited
LOG_LIMIT = 5_000_000
LAST_WORDS = 5  # lines of its log that are shown when a part ended
STOPPING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
PR_SET_PDEATHSIG = 1

# Looked up once: between fork and exec is no time to load a library.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


class CannotStart(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Something that the user can mend; the text is one line that names fault and mend."""


class PartEnded(Exception):  # noqa: N818 - an event, told to the user as it stands
    """A part of the run ended by itself; the text says which, how, and its last words."""


def die_with(parent: int, ends_by: int = signal.SIGKILL) -> None:
    """Have the kernel send this process `ends_by` when its parent process ends.

    A parent that ended before the call sends no signal any more: hence the second look.
    Outside Linux only that look is taken.
    """
    if _prctl:
        _prctl(PR_SET_PDEATHSIG, int(ends_by))
    if os.getppid() != parent:
        os.kill(os.getpid(), ends_by)


# --- Locks ---------------------------------------------------------------------------


def claim_run(folder: Path, address: str) -> TextIO:
    """Make this the one run on `folder`, for as long as the returned file is open.

    Raises `CannotStart` when another run holds it.
    """
    lock = os.open(folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
    if not _try_lock(lock):
        holder, _, where = os.read(lock, 300).decode().strip().partition(" ")
        raise CannotStart(f"Rollout is already running at {where} (process {holder}).")
    os.truncate(lock, 0)
    os.write(lock, f"{os.getpid()} {address}\n".encode())
    return os.fdopen(lock, "w")


def claim_parts(
    folder: Path, say: Callable[[str], None], patience: float = 3 * GRACE
) -> int:
    """A lock for all parts to inherit: free once the last part of an earlier run is gone.

    Raises `CannotStart` when such a part outlives `patience` seconds.
    """
    path = folder / "parts.lock"
    lock = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    deadline = time.monotonic() + patience
    told = False
    while not _try_lock(lock):
        if not told:
            say("Waiting for the last run to end…")
            told = True
        if time.monotonic() > deadline:
            raise CannotStart(
                f"A process of an earlier run still lives. End it (fuser {path} names it) "
                "and start again."
            )
        time.sleep(LOOK)
    return lock


def _try_lock(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


# --- Parts ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One process of the run, and how it ends: by which signal if orphaned, when in a stop."""

    name: str
    argv: tuple[str, ...]
    orphan_signal: int = signal.SIGKILL
    ends_last: bool = False


def _become_part(supervisor: int, part: Part, signals: set[int]) -> None:
    """What a new process does between fork and exec."""
    signal.pthread_sigmask(signal.SIG_SETMASK, signals)
    die_with(supervisor, part.orphan_signal)


@contextmanager
def _signals_held() -> Iterator[set[int]]:
    """Keep signals waiting, lest one leaves a process running that nobody has noted down."""
    usual = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield usual
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, usual)


class Supervisor:
    """The running parts. Leaving the `with` block stops all of them, however it is left.

    Each part has a session of its own, so that Ctrl-C reaches only the supervisor, and
    whatever a part has started can be killed with it.
    """

    def __init__(self, root: Path, log_dir: Path, lock: int) -> None:
        self._root = root
        self._log_dir = log_dir
        self._lock = lock
        self._running: dict[Part, subprocess.Popen[bytes]] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self, part: Part) -> None:
        """Start a part. Only for the main thread: its end counts as the parent's death.

        Raises `CannotStart` when the program cannot be run.
        """
        log = self._log(part)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            os.truncate(log, 0)
        try:
            with log.open("ab") as out, _signals_held() as usual:
                self._running[part] = subprocess.Popen(  # noqa: S603 - our programs
                    part.argv,
                    cwd=self._root,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                    pass_fds=[self._lock],
                    start_new_session=True,
                    preexec_fn=partial(_become_part, os.getpid(), part, usual),
                )
        except OSError as fault:
            raise CannotStart(
                f"{part.argv[0]} cannot be run: {fault.strerror}."
            ) from fault

    def wait_until(self, ready: Callable[[], bool], what: str) -> None:
        """Return once `ready` holds.

        Raises `PartEnded` when a part ends meanwhile, `CannotStart` when it takes too long.
        """
        deadline = time.monotonic() + PATIENCE
        while not ready():
            self.check()
            if time.monotonic() > deadline:
                raise CannotStart(
                    f"{what} did not answer within {PATIENCE:.0f} s. See {self._log_dir}."
                )
            time.sleep(LOOK / 2)

    def watch(self) -> NoReturn:
        """Block until a part ends; raises `PartEnded`."""
        while True:
            self.check()
            time.sleep(LOOK)

    def check(self) -> None:
        """Raise `PartEnded` when a part has ended."""
        for part, process in self._running.items():
            if (code := process.poll()) is not None:
                raise PartEnded(self._obituary(part, code))

    def stop(self) -> None:
        """End all parts: SIGTERM, then SIGKILL; the broker after those that talk to it."""
        for last in (False, True):
            self._end(
                [p for part, p in self._running.items() if part.ends_last is last]
            )
        self._running.clear()

    @staticmethod
    def _end(processes: list[subprocess.Popen[bytes]]) -> None:
        for process in processes:
            process.terminate()
        deadline = time.monotonic() + GRACE
        for process in processes:
            with suppress(subprocess.TimeoutExpired):
                process.wait(max(0, deadline - time.monotonic()))
            # The whole group, even when its leader is gone: it may have left children.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def _log(self, part: Part) -> Path:
        return self._log_dir / f"{part.name}.log"

    def _obituary(self, part: Part, code: int) -> str:
        how = (
            f"exit code {code}"
            if code >= 0
            else f"killed by {signal.Signals(-code).name}"
        )
        log = self._log(part)
        words = log.read_text(encoding="utf-8", errors="replace").splitlines()[
            -LAST_WORDS:
        ]
        return "\n".join([f"The part {part.name} ended ({how}). From {log}:", *words])
