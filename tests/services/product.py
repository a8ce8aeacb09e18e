"""The product as `make run` runs it: all its processes, on a folder and a port of its own."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any, TypeVar, cast

import psycopg2

from .processes import free_port, made_once

ROOT = Path(__file__).resolve().parent.parent.parent
MANAGE = (sys.executable, str(ROOT / "manage.py"))
# What of the environment the product may have from a developer.
KNOWN = ("PATH", "HOME", "LANG", "TMPDIR")
FIRST_PAGE = "/accounts/login/"
DATABASE = "rollout.sqlite3"
PATIENCE_SECONDS = 60.0
Found = TypeVar("Found")


def wait_for(
    look: Callable[[], Found], what: str, patience: float = PATIENCE_SECONDS
) -> Found:
    """What `look` finds, as soon as it finds something."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.05)
    return found


class Product:
    """One folder with all that is kept, and the run on it."""

    def __init__(self, folder: Path, sample: str, **more: str) -> None:
        self.more = more
        self.folder = folder
        self.sample = sample
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.first_began_at = 0.0
        self._run: subprocess.Popen[bytes] | None = None

    @property
    def env(self) -> dict[str, str]:
        known = {name: os.environ[name] for name in KNOWN if name in os.environ}
        return known | {
            "VAR_DIR": str(self.folder),
            "PORT": str(self.port),
            "SAMPLE": self.sample,
            **self.more,
        }

    # --- The run ---------------------------------------------------------------------

    def start(self) -> None:
        """Return once the first page answers."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.first_began_at = self.first_began_at or time.time()
        with self._log.open("ab") as out:
            self._run = subprocess.Popen(
                # Should the tests be killed, the run ends with them.
                (*MANAGE, "start", "--parent", str(os.getpid())),
                env=self.env,
                cwd=ROOT,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
                start_new_session=True,
            )
        wait_for(self._is_up, f"the first page: {self._log.read_text()}")

    def stop(self) -> None:
        """As Ctrl-C or the system does it; nothing may be left."""
        if self._run is None:
            return
        self._run.send_signal(signal.SIGTERM)
        code = self._run.wait(PATIENCE_SECONDS)
        self._run = None
        left = self.living()
        for pid in left:
            os.kill(pid, signal.SIGKILL)
        assert (code, left) == (0, {}), self._log.read_text()

    @property
    def _log(self) -> Path:
        return self.folder.with_suffix(".out")

    def _is_up(self) -> bool:
        assert self._run is not None
        assert self._run.poll() is None, self._log.read_text()
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as client:
            try:
                client.request("GET", FIRST_PAGE)
                return client.getresponse().status == 200
            except (OSError, HTTPException):
                return False

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

    def environment_of(self, part: str) -> dict[str, str]:
        """What one of its parts was given: the address of the broker, for one."""
        [pid, *_] = [pid for pid, name in self.living().items() if part in name]
        words = Path(f"/proc/{pid}/environ").read_text().split("\0")
        return dict(word.split("=", 1) for word in words if word)

    # --- What it keeps ---------------------------------------------------------------

    def manage(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """`manage.py` on the same folder."""
        return subprocess.run(
            (*MANAGE, *arguments),
            env=self.env,
            cwd=ROOT,
            check=True,
            capture_output=True,
            text=True,
        )

    def migrate(self) -> None:
        self.manage("migrate", "--verbosity=0")

    def rows(self, query: str, *values: Any) -> Sequence[sqlite3.Row]:
        """Read from its database, past all of its code."""
        address = f"file:{self.folder / DATABASE}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as database:
            database.row_factory = sqlite3.Row
            return database.execute(query, values).fetchall()

    def first_mail(self) -> Path:
        """The file of the first mail that goes out by itself, once it is there."""
        return wait_for(lambda: next(iter(self.mail_files()), None), "the first mail")

    def mail_files(self) -> dict[Path, EmailMessage]:
        """The mails that it wrote, complete ones only, oldest first."""
        files = sorted(
            (self.folder / "mail").glob("*.eml"),
            key=lambda path: (path.stat().st_mtime, path),
        )
        return {
            path: cast(
                EmailMessage,
                message_from_bytes(path.read_bytes(), policy=policy.default),
            )
            for path in files
        }


@contextmanager
def running_product(folder: Path, sample: str, **more: str) -> Iterator[Product]:
    """The product on a folder of its own, into which its sample is loaded already."""
    product = Product(folder, sample, **more)
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(loaded(sample, folder.parent), folder / DATABASE)
    try:
        product.start()
        yield product
    finally:
        product.stop()


def migrated(place: Path) -> Path:
    """A database with all tables and without a row, made once for a run of tests."""
    product = Product(place / "migrated", "0")
    made_once(product.folder, product.migrate)
    return product.folder / DATABASE


def migrated_on(url: str, place: Path) -> str:
    """The same on PostgreSQL, in the database of this address; gives its name."""
    server, _, name = url.rpartition("/")
    product = Product(place / "migrated-postgres", "0", DATABASE_URL=url)

    def make() -> None:
        with closing(psycopg2.connect(f"{server}/postgres")) as connection:
            connection.autocommit = True
            connection.cursor().execute(f"CREATE DATABASE {name}")
        product.migrate()

    made_once(product.folder, make)
    return name


def loaded(sample: str, place: Path) -> Path:
    """The database of a sample, loaded once for a run of tests.

    As the start does it, which has tests of its own; it takes half of a minute.
    """
    product = Product(place / f"loaded-{sample}", sample)

    def load() -> None:
        shutil.copy(migrated(place), product.folder / DATABASE)
        product.manage("load_programme", f"rollout/samples/{sample}")

    made_once(product.folder, load)
    return product.folder / DATABASE
