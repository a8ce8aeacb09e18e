"""The proof of many updates at once, in short: it is green, and red without either guard."""

import pytest

from benchmarks.concurrency.clients import Told, Update
from benchmarks.concurrency.oracle import faults
from benchmarks.concurrency.run import CONTROLS, WHOLE, run
from benchmarks.faults.stores import STORES
from tests.services.processes import run_folder

SIZES = {"clients": 5, "tasks": 1, "updates": 25}
SEEN_BY = {
    "no-lock": "entries of the history do not follow",
    "no-version": "overwrote what their author had not seen",
}


@pytest.mark.processes
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
