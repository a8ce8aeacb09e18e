"""The product's own processes for tests: started, read, found and ended for certain."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from tests.services import free_port

ROOT = Path(__file__).resolve().parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))
PATIENCE = 60.0


def wait_for(
    happened: Callable[[], object], what: str, patience: float = PATIENCE
) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.02)


class Run:
    """One folder with all that is kept, and the starts on it."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.started: list[subprocess.Popen[str]] = []
        self.said: list[str] = []
        known = ("PATH", "HOME", "LANG", "TMPDIR")
        self.env = {name: os.environ[name] for name in known if name in os.environ}
        self.env |= {
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SAMPLE": "0",
            **more,
        }

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start without waiting."""
        self.started.append(
            subprocess.Popen(
                command or (*MANAGE, "start"),
                env=self.env,
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        )
        return self.started[-1]

    def up(self, *command: str) -> subprocess.Popen[str]:
        """Start, and return once it says that all is up; `said` has its lines."""
        process = self.start(*command)
        self.read(process, "Ctrl-C stops it")
        return process

    def read(self, process: subprocess.Popen[str], awaited: str) -> None:
        """Read what it says, up to the line that begins so."""
        self.said = []
        for line in process.stdout or ():
            self.said.append(line.rstrip())
            if line.startswith(awaited):
                return
        pytest.fail(f"{awaited!r} not in {self.said} {process.communicate()[1]}")

    def refused(self) -> list[str]:
        """The lines of a start that ends by itself with exit code 1."""
        process = self.start()
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        return (out + err).splitlines()

    def living(self) -> dict[int, str]:
        """Every process of this folder: number and command.

        Known by its environment or by the folder that it works in: Valkey writes its
        title over its environment.
        """
        mark, found = f"VAR_DIR={self.folder}\0".encode(), {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                works_in = (entry / "cwd").readlink()
                environment = (entry / "environ").read_bytes()
                if mark in environment or works_in.is_relative_to(self.folder):
                    command = (entry / "cmdline").read_bytes()
                    found[int(entry.name)] = command.replace(b"\0", b" ").decode()
        return found

    def pids(self, part: str) -> list[int]:
        """The processes of a part; the one that leads the others comes first."""
        found = [pid for pid, command in self.living().items() if part in command]
        return sorted(found, key=lambda pid: os.getsid(pid) != pid)

    def first_page(self) -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as client:
            client.request("GET", "/accounts/login/")
            return client.getresponse().status

    def end(self) -> None:
        # All of them first: whoever still lives may hold the pipes that are read below.
        while living := self.living():
            for pid in living:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for process in self.started:
            process.communicate()
