"""What must hold before the embedded run starts; each fault is one line with its mend.

Malformed settings have stopped the start before: `rollout/settings.py` reads them all.
"""

import errno
import os
import socket
from pathlib import Path

from django.conf import settings

from rollout.management.supervisor import CannotStart

HOST = "127.0.0.1"
MADE_BY_SETUP = (
    settings.BASE_DIR / "static" / "vendor" / "tabler" / "tabler.min.css",
    settings.STATIC_ROOT / "staticfiles.json",
)


def check_embedded() -> None:
    """Raises `CannotStart` in production."""
    if settings.PRODUCTION:
        raise CannotStart(
            "SITE_URL is set, so this is production, where web, worker and beat are run one by "
            "one: see docs/operations.md. For the embedded run leave SITE_URL out."
        )


def check_setup() -> None:
    """Raises `CannotStart` when a file that the set-up makes is missing."""
    for path in MADE_BY_SETUP:
        if not path.exists():
            raise CannotStart(
                f"{path} is missing, so the set-up is not complete. Run: make run"
            )


def check_port(port: int) -> None:
    """Raises `CannotStart` when the web part could not listen."""
    other = port + 80 if port + 80 < 65536 else port - 80
    with socket.socket() as probe:
        # As gunicorn does: connections that are just closing do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError as fault:
            busy = fault.errno == errno.EADDRINUSE
            why = (
                "is in use. Free it"
                if busy
                else f"cannot be used ({fault.strerror}). Allow it"
            )
            raise CannotStart(
                f"Port {port} {why}, or choose another: PORT={other} make run"
            ) from fault


def writable_folder(folder: Path) -> Path:
    """The folder, made if it was missing, with a folder for logs in it.

    Raises `CannotStart` when it, or something in it, cannot be written.
    """
    try:
        (folder / "log").mkdir(parents=True, exist_ok=True)
        # A run under sudo leaves files behind that nobody else can write.
        for path in (folder, *folder.iterdir()):
            if not os.access(path, os.W_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), path)
    except OSError as fault:
        raise CannotStart(
            f"{fault.filename} cannot be written ({fault.strerror}). Make it writable, or choose "
            "another folder: VAR_DIR=/some/folder make run"
        ) from fault
    return folder
