"""Processes that are started, killed, paused and never outlive the run."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.services.processes import die_with

ROOT = Path(__file__).resolve().parent.parent.parent
PATIENCE_SECONDS = 60.0
KNOWN = ("PATH", "HOME", "LANG", "TMPDIR")
Found = TypeVar("Found")


class NotInTime(Exception):  # noqa: N818 - a finding about the product
    """Something did not happen within its time."""


def base_environment() -> dict[str, str]:
    """What of the environment the product may have."""
    return {name: os.environ[name] for name in KNOWN if name in os.environ}


def wait_for(
    look: Callable[[], Found], what: str, patience: float = PATIENCE_SECONDS
) -> Found:
    """What `look` finds, as soon as it finds something. Raises NotInTime."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        if time.monotonic() > deadline:
            raise NotInTime(f"not within {patience:.0f} s: {what}")
        time.sleep(0.05)
    return found


class Part:
    """One process of a stand, that can be started anew."""

    def __init__(
        self,
        name: str,
        command: Sequence[str | Path],
        environment: Mapping[str, str],
        folder: Path,
    ) -> None:
        self.name = name
        self.command = [str(word) for word in command]
        self.environment = dict(environment)
        self.log = folder / f"{name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        with self.log.open("ab") as out:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
                preexec_fn=die_with(os.getpid(), signal.SIGKILL),
            )

    @property
    def pid(self) -> int:
        if self.process is None:
            raise RuntimeError(f"{self.name} was not started")
        return self.process.pid

    @property
    def is_alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def send(self, number: signal.Signals) -> None:
        if self.is_alive:
            os.killpg(self.pid, number)

    def kill(self) -> None:
        """As `kill -9` does it."""
        self.send(signal.SIGKILL)
        if self.process is not None:
            self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def end(self) -> None:
        """As the system does it; killed when it takes its time."""
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        if self.process is not None:
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.kill()
