"""The two databases that the product runs on, fresh for each run, and read past its code.

The tables are made once by the product's migrations and then copied.
"""

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import psycopg2

from tests.services.postgres import Cluster, make_cluster

from .parts import ROOT, base_environment

Rows = list[tuple[Any, ...]]


class Store(Protocol):
    """A database: its settings for the product, and what stands in it."""

    name: str

    def running(
        self, folder: Path, clock: Mapping[str, str]
    ) -> "contextmanager[None]": ...
    @property
    def environment(self) -> Mapping[str, str]: ...
    def rows(self, query: str) -> Rows: ...


def migrate(folder: Path, environment: Mapping[str, str]) -> None:
    """Make the product's tables, as its operators do."""
    subprocess.run(
        (sys.executable, str(ROOT / "manage.py"), "migrate", "--verbosity=0"),
        env=base_environment() | {"VAR_DIR": str(folder)} | dict(environment),
        cwd=ROOT,
        check=True,
        capture_output=True,
    )


class SqliteStore:
    """A file in the stand's folder."""

    name = "sqlite"
    environment: Mapping[str, str] = MappingProxyType({})

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template"
        self._template.mkdir()
        migrate(self._template, {})
        self._path = Path()

    @contextmanager
    def running(self, folder: Path, _clock: Mapping[str, str]) -> Iterator[None]:
        self._path = folder / "rollout.sqlite3"
        shutil.copy(self._template / "rollout.sqlite3", self._path)
        yield

    def rows(self, query: str) -> Rows:
        address = f"file:{self._path}?mode=ro"
        with closing(sqlite3.connect(address, uri=True, timeout=20)) as database:
            return database.execute(query).fetchall()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Somebody else holds the write lock."""
        with closing(sqlite3.connect(self._path, isolation_level=None)) as database:
            database.execute("BEGIN IMMEDIATE")
            yield
            database.execute("ROLLBACK")


class PostgresStore:
    """A database of its own in one cluster, whose server runs as long as a stand."""

    name = "postgres"

    def __init__(self, folder: Path) -> None:
        # A commit that was acknowledged outlives a crash of the server.
        self._cluster: Cluster = make_cluster(
            folder / "postgres", synchronous_commit="on"
        )
        self._server = ExitStack()
        self._clock: dict[str, str] = {}
        with self._cluster.running():
            self._ask("postgres", "CREATE DATABASE template")
            migrate(folder, {"DATABASE_URL": self._url("template")})

    @property
    def environment(self) -> dict[str, str]:
        return {"DATABASE_URL": self._url("rollout")}

    def _url(self, name: str) -> str:
        return f"{self._cluster.url.rpartition('/')[0]}/{name}"

    @contextmanager
    def running(self, _folder: Path, clock: Mapping[str, str]) -> Iterator[None]:
        self._clock = dict(clock)
        self._server.enter_context(self._cluster.running(**self._clock))
        try:
            self._ask("postgres", "DROP DATABASE IF EXISTS rollout WITH (FORCE)")
            self._ask("postgres", "CREATE DATABASE rollout TEMPLATE template")
            yield
        finally:
            self._server.close()

    def rows(self, query: str) -> Rows:
        return self._ask("rollout", query)

    def restart(self) -> None:
        """As after a crash: nobody is waited for, and the log is replayed."""
        self._server.close()
        self._server.enter_context(self._cluster.running(**self._clock))

    def _ask(self, database: str, query: str) -> Rows:
        with closing(psycopg2.connect(self._url(database))) as connection:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(query)
                return cursor.fetchall() if cursor.description else []


STORES = {"sqlite": SqliteStore, "postgres": PostgresStore}
