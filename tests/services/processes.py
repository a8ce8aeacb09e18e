"""Processes and folders that never outlive the run that made them."""

import ctypes
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

FOLDER_PREFIX = "rollout-tests-"
# A folder younger than this may belong to a run that has not locked it yet.
YOUNG_SECONDS = 60
PATIENCE_SECONDS = 30
MEMORY_BYTES = 2 * 1024**3
PR_SET_PDEATHSIG = 1
# Looked up once: between fork and exec is no time to load a library.
_prctl = ctypes.CDLL(None).prctl if sys.platform == "linux" else None


@contextmanager
def run_folder() -> Iterator[Path]:
    """One folder for all files of a run. What killed runs left behind is swept first."""
    place = _fast_place()
    for old in place.glob(f"{FOLDER_PREFIX}*"):
        with suppress(OSError):
            if time.time() - old.stat().st_mtime > YOUNG_SECONDS:
                with _locked(old):
                    shutil.rmtree(old)
    folder = Path(tempfile.mkdtemp(prefix=FOLDER_PREFIX, dir=place))
    folder.chmod(0o711)  # PostgreSQL passes through it under another user
    try:
        with _locked(folder):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _fast_place() -> Path:
    """Memory where there is enough of it: PostgreSQL is up there four times as fast."""
    memory = Path("/dev/shm")  # noqa: S108 - the run makes its own folder in it
    if memory.is_dir() and os.access(memory, os.W_OK):
        place = os.statvfs(memory)
        may_run = not place.f_flag & os.ST_NOEXEC
        if may_run and place.f_bavail * place.f_frsize > MEMORY_BYTES:
            return memory
    return Path(tempfile.gettempdir())


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """A lock that goes with this process. Raises OSError when another process holds it."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(descriptor)


def made_once(folder: Path, make: Callable[[], None]) -> Path:
    """The folder, filled by the process of a run that comes first; others wait for it."""
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "done"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.exists():
            make()
            done.touch()
    return folder


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(
    *command: str | Path,
    ready: Callable[[], bool],
    log: Path,
    ends_by: signal.Signals,
    **options: Any,
) -> Iterator[None]:
    """A process, up and answering. The kernel ends it when this process ends before it."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            # Ctrl-C is for the tests, which still need it while they clean up.
            start_new_session=True,
            # Popen changes the user before it runs this; after it, it would be undone.
            preexec_fn=die_with(os.getpid(), ends_by),
            **options,
        )
    try:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not ready():
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{command[0]}:\n{log.read_text(errors='replace')}")
            time.sleep(0.01)
        yield
    finally:
        process.send_signal(ends_by)
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def die_with(parent: int, ends_by: signal.Signals) -> Callable[[], None]:
    def ask_kernel() -> None:
        if _prctl:
            _prctl(PR_SET_PDEATHSIG, int(ends_by))
        if os.getppid() != parent:
            os._exit(1)

    return ask_kernel
