"""The fixed cast and the few tools that all tests share."""

import os
import pickle
import shutil
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
import time_machine
from django.conf import settings as django_settings
from django.db import connection
from django.db.backends.sqlite3.base import DatabaseOperations
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pytest_django.fixtures import Settings

from regions.enums import Role
from regions.models import Programme, Region, RegionalCEO, Rhythm, User
from rollout import booklet, paper
from rollout.models import Plan, Wave
from tests import factories
from tests.factories import NOW
from tests.history_guard import HistoryGuard
from tests.matrix import World, make_world, undone
from tests.printed import printed_once
from tests.services.product import migrated, migrated_on

JOURNEYS = Path(__file__).parent / "journeys"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None]:
    """What a test makes the product change must stand in the history.

    A hook and not an autouse fixture, because fixtures and their clean-up, such as
    emptying the tables, have to stay outside.
    """
    # A page in Chinese leaves its language to the thread; the next test begins in English.
    with override("en"):
        if item.get_closest_marker("unwatched"):
            return (yield)
        with HistoryGuard().watching():
            return (yield)


# --- Tools ---------------------------------------------------------------------------


@pytest.fixture
def frozen() -> Iterator[time_machine.Traveller]:
    """The clock stands at NOW; `frozen.move_to(...)` moves it."""
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture(autouse=True, scope="session")
def _attachments(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Files lie in a folder of this run; tests that count them choose one of their own."""
    django_settings.ATTACHMENT_DIR = tmp_path_factory.mktemp("attachments")


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    """Where the files of this test lie, and no others."""
    settings.ATTACHMENT_DIR = tmp_path / "attachments"
    return tmp_path / "attachments"


@pytest.fixture
def as_user(db: None) -> Callable[[User], Client]:
    """A browser in which somebody is signed in: `as_user(cio).get(...)`."""

    def sign_in(user: User) -> Client:
        client = Client()
        client.force_login(user, backend=django_settings.AUTHENTICATION_BACKENDS[0])
        return client

    return sign_in


@pytest.fixture
def assert_queries(db: None) -> Callable:
    """`with assert_queries(5):` - exactly so many queries; prints them when not."""

    @contextmanager
    def counting(expected: int) -> Iterator[CaptureQueriesContext]:
        with CaptureQueriesContext(connection) as queries:
            yield queries
        if len(queries) != expected:
            listed = "\n".join(query["sql"] for query in queries.captured_queries)
            pytest.fail(f"{len(queries)} queries instead of {expected}:\n{listed}")

    return counting


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What is there already is taken; all of it goes with the folder of the run."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    """The migrations run once for all processes of a run; each gets a copy of the tables."""
    place = Path(os.environ["VAR_DIR"]).parent
    options = connection.settings_dict["TEST"]
    options["MIGRATE"] = False
    if os.environ["DATABASE_STORE"] == "postgres":
        options["TEMPLATE"] = migrated_on(os.environ["DATABASE_URL"], place)
    elif not Path(options["NAME"]).exists():
        shutil.copy(migrated(place), options["NAME"])


@pytest.fixture(scope="session", autouse=True)
def _tables_can_be_emptied() -> Iterator[None]:
    """Between tests what is kept goes too: SQLite has no TRUNCATE, which asks no trigger."""
    usual = DatabaseOperations.execute_sql_flush

    def flush(self: DatabaseOperations, statements: list[str]) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            made = dict(cursor.fetchall())
        drop = [f"DROP TRIGGER {name}" for name in made]
        usual(self, [*drop, *statements, *made.values()])

    with patch.object(DatabaseOperations, "execute_sql_flush", flush):
        yield


def runs_nowhere(item: pytest.Item) -> bool:
    """Marked for SQLite alone, and for what is started beside PostgreSQL alone."""
    marks = {mark.name for mark in item.iter_markers()}
    return "any_store" in marks and not marks.isdisjoint({"browser", "processes"})


def pytest_itemcollected(item: pytest.Item) -> None:
    if runs_nowhere(item):
        raise pytest.UsageError(f"{item.nodeid}: marked so that no run takes it.")


@pytest.hookimpl(trylast=True)  # after chance and Django had their way
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What mostly waits begins before the rest, lest the others wait for it in the end.

    All journeys stand in one row, so that a product is started once in a process. Those in
    the shared world come last: once it is made it stays to the end.
    """
    items.sort(
        key=lambda item: (
            "kept_world" in getattr(item, "fixturenames", ()),
            item.path.is_relative_to(JOURNEYS),
            item.get_closest_marker("waits") is None,
        )
    )


@pytest.fixture(scope="session")
def kept_world(
    django_db_setup: None, django_db_blocker: Any
) -> Iterator[tuple[bytes, dict[str, Client]]]:
    """The world of the matrix, made once in a process: its rows packed, and its browsers.

    What is printed for one of them is not printed again for the others.
    """
    with (
        django_db_blocker.unblock(),
        patch("rollout.views.booklet.to_pdf", printed_once(booklet.to_pdf)),
        patch("rollout.services.briefs.to_pdf", printed_once(paper.to_pdf)),
        time_machine.travel(NOW, tick=False),
        undone(),
    ):
        world = make_world()
        yield pickle.dumps((world.people, world.north, world.south)), world.clients


@pytest.fixture
def shared_world(kept_world: tuple[bytes, dict[str, Client]], db: None) -> World:
    """A test takes what it likes from it, and changes it: all of that is taken back."""
    rows, browsers = kept_world
    return World(*pickle.loads(rows), browsers)  # noqa: S301 - we packed it


# --- The programme -------------------------------------------------------------------


@pytest.fixture
def programme(db: None) -> Programme:
    return factories.make_programme()


@pytest.fixture
def north(db: None) -> Region:
    return factories.make_region("NORTH")


@pytest.fixture
def south(db: None) -> Region:
    return factories.make_region("SOUTH")


@pytest.fixture
def wave(programme: Programme) -> Wave:
    return factories.make_wave(programme)


@pytest.fixture
def plan_north(north: Region, wave: Wave) -> Plan:
    return factories.make_plan(north, wave)


@pytest.fixture
def plan_south(south: Region, wave: Wave) -> Plan:
    return factories.make_plan(south, wave)


# --- Headquarters --------------------------------------------------------------------


@pytest.fixture
def cio(db: None) -> User:
    return factories.make_user("cio@example.org", Role.CIO)


@pytest.fixture
def hq(db: None) -> User:
    return factories.make_user("hq@example.org", Role.HQ)


@pytest.fixture
def auditor(db: None) -> User:
    return factories.make_user("auditor@example.org", Role.AUDITOR)


@pytest.fixture
def liaison_north(north: Region) -> User:
    return factories.make_user("liaison.north@example.org", Role.LIAISON, region=north)


# --- The regions ---------------------------------------------------------------------


@pytest.fixture
def manager_north(north: Region) -> User:
    return factories.make_user("manager.north@example.org", Role.MANAGER, region=north)


@pytest.fixture
def staff_north(north: Region) -> User:
    return factories.make_user("staff.north@example.org", Role.STAFF, region=north)


@pytest.fixture
def staff_south(south: Region) -> User:
    return factories.make_user("staff.south@example.org", Role.STAFF, region=south)


@pytest.fixture
def helper_north(north: Region) -> User:
    return factories.make_user("helper.north@example.org", Role.HELPER, region=north)


@pytest.fixture
def outsider(db: None) -> User:
    """May sign in, yet has no role."""
    return factories.make_user("outsider@example.org")


@pytest.fixture
def ceo_north(north: Region) -> RegionalCEO:
    return factories.make_ceo(north)


@pytest.fixture
def ceo_south(south: Region) -> RegionalCEO:
    return factories.make_ceo(south)


@pytest.fixture
def rhythm_north(ceo_north: RegionalCEO, programme: Programme) -> Rhythm:
    return factories.make_rhythm(ceo_north, programme)


@pytest.fixture
def rhythm_south(ceo_south: RegionalCEO, programme: Programme) -> Rhythm:
    return factories.make_rhythm(ceo_south, programme)
