"""Many updates of one row at once: all that was acknowledged is applied and recorded."""

from urllib.parse import urlencode

import pytest
from django.db import connection

from benchmarks.concurrency.breaking import BREAKING
from benchmarks.concurrency.clients import Client, Told, Update, at_once
from benchmarks.concurrency.oracle import faults
from benchmarks.concurrency.run import CONTROLS, WHOLE, run
from benchmarks.faults.stores import STORES
from regions.enums import Role
from tests.factories import make_task, make_user
from tests.services.processes import run_folder

SEEN_BY = {
    "no-lock": "entries of the history do not follow",
    "no-version": "overwrote what their author had not seen",
}


# --- In threads of the test ----------------------------------------------------------


class Direct(Client):
    """Asks the product without a server in between."""

    def __init__(self, number, browser):
        super().__init__(number, port=0, session="")
        self._browser = browser

    def _ask(self, method, path, fields=None):
        extra = {"HTTP_HX_REQUEST": "true"} if fields else {}
        answer = self._browser.generic(
            method,
            path,
            urlencode(fields or {}),
            content_type="application/x-www-form-urlencoded",
            **extra,
        )
        if answer.status_code != 200:
            self.told.errors.append(f"{method} {path}: {answer.status_code}")
        return answer.content.decode()


def rows(query):
    with connection.cursor() as cursor:
        cursor.execute(query)
        return cursor.fetchall()


CLIENTS, UPDATES = 4, 12


@pytest.fixture
def judged_crowd(transactional_db, plan_north, as_user):
    """Four people report on one task, three times each; what the judge finds."""
    task = make_task(plan_north)
    managers = [
        make_user(f"m{number}@example.org", Role.MANAGER, region=plan_north.region)
        for number in range(CLIENTS)
    ]
    browsers = [as_user(manager) for manager in managers]

    def work(nth):
        try:
            return Direct(nth, browsers[nth]).work([task.pk], UPDATES // CLIENTS)
        finally:
            connection.close()

    def go():
        told = at_once(work, CLIENTS)
        return faults(told, UPDATES, rows)

    return go


def test_what_many_were_told_at_once_is_applied_and_recorded(judged_crowd):
    assert judged_crowd() == []


@pytest.mark.unwatched
@pytest.mark.parametrize("control", CONTROLS)
def test_without_a_guard_the_same_crowd_loses_updates(
    control, judged_crowd, monkeypatch
):
    for place, name, broken in BREAKING[control]():
        monkeypatch.setattr(place, name, broken)

    assert any(SEEN_BY[control] in fault for fault in judged_crowd())


# --- Over HTTP, in short -------------------------------------------------------------

SIZES = {"clients": 5, "tasks": 1, "updates": 25}


@pytest.mark.processes
@pytest.mark.long
@pytest.mark.parametrize("name", sorted(STORES))
def test_every_update_that_was_acknowledged_is_applied_and_recorded(name):
    with run_folder() as folder:
        store = STORES[name](folder)
        found = {
            broken: run(folder / f"run{broken}", store, **SIZES, broken=broken)
            for broken in (WHOLE, *CONTROLS)
        }

    whole = found[WHOLE]
    assert (whole.acknowledged, whole.faults) == (SIZES["updates"], [])
    for control, said in SEEN_BY.items():
        assert any(said in fault for fault in found[control].faults), found[control]


# --- The judge -----------------------------------------------------------------------


def judged(updates, history, tasks):
    told = Told(acknowledged=updates)
    answers = iter([history, tasks])
    return faults(told, len(updates), lambda _query: next(answers))


FIRST, SECOND = Update(7, 1, "a"), Update(7, 2, "b")
WRITTEN = [(7, "", "a"), (7, "a", "b")]


def test_judge_finds_nothing_where_all_is_well():
    assert judged([FIRST, SECOND], WRITTEN, [(7, 3, "b")]) == []


@pytest.mark.parametrize(
    ("updates", "history", "tasks", "fault"),
    [
        ([FIRST, SECOND], WRITTEN, [(7, 2, "b")], "2 acknowledged, 1 applied"),
        (
            [FIRST, SECOND],
            WRITTEN[:1],
            [(7, 3, "a")],
            "1 differ between acknowledged and history",
        ),
        (
            [FIRST, Update(7, 1, "b")],
            WRITTEN,
            [(7, 3, "b")],
            "1 overwrote what their author had not seen",
        ),
        (
            [FIRST, SECOND],
            [(7, "", "a"), (7, "", "b")],
            [(7, 3, "b")],
            "1 entries of the history do not follow",
        ),
    ],
)
def test_judge_sees_each_fault(updates, history, tasks, fault):
    assert judged(updates, history, tasks) == [fault]
