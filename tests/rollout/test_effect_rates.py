"""The effect on simulated programmes whose truth is known; `make effect` makes 200 of each."""

import ast
from datetime import UTC, datetime, time
from pathlib import Path

import pytest

from benchmarks.effect import simulator
from benchmarks.effect.rates import exact, judged, rate
from benchmarks.effect.simulator import TODAY, Scenario
from pilots.enums import FindingState
from rollout.enums import TaskState
from rollout.queries.effect import effects
from tests.factories import (
    make_finding,
    make_plan,
    make_procedure,
    make_region,
    make_step,
    make_task,
    make_use,
)

pytestmark = [pytest.mark.any_store]
RUNS = 20
NONE = Scenario("none", effect=0)
LESS = Scenario("3 days less", effect=-3)


def test_nothing_is_seen_where_there_is_nothing():
    found = rate(NONE, RUNS)

    assert found.compared == RUNS
    assert found.less + found.more <= 3
    assert found.held >= RUNS - 3


def test_effect_is_seen_where_there_is_one():
    found = rate(LESS, RUNS)

    assert found.less >= 10
    assert (found.compared, found.more) == (RUNS, 0)


def test_same_programme_read_from_rows_gives_the_same(wave, cio):
    """Through the tables and back: what is measured over 200 holds for the page."""
    regions = simulator.programme(LESS, seed=3)
    procedure = make_procedure(wave.programme)
    steps = [make_step(procedure, f"S{number}") for number in range(4)]
    lessons = [
        make_finding(wave.programme, step.title, state=FindingState.ADOPTED, step=step)
        for step in steps
    ]
    for region in regions:
        plan = make_plan(make_region(region.name), wave)
        for made, step in zip(region.tasks, steps, strict=False):
            task = make_task(plan, step.title, step=step, **values(made))
            if region.answer and made is region.tasks[0]:
                why = "no_time" if region.answer == "skipped" else ""
                said = {"answer": region.answer, "skip_reason": why}
                make_use(task, lessons[0], cio, **said)

    [line] = effects(wave.programme, cio, noon(TODAY))
    expected = judged(regions, "3")

    assert expected.is_seen
    for found, meant in (
        (line.effect.used, expected.used),
        (line.effect.other, expected.other),
    ):
        assert (found.n, found.median) == (meant.n, meant.median)
    assert line.effect.difference == expected.difference


def values(made):
    row = {"first_due_date": made.first_due, "due_date": made.due}
    if made.finished is None:
        return row
    return row | {"state": TaskState.DONE, "finished_at": noon(made.finished)}


def noon(day):
    return datetime.combine(day, time(12), tzinfo=UTC)


def test_simulator_shares_nothing_with_the_product():
    tree = ast.parse(Path(simulator.__file__).read_text())
    names = {
        name
        for node in ast.walk(tree)
        for name in (
            [one.name for one in node.names]
            if isinstance(node, ast.Import)
            else [node.module]
            if isinstance(node, ast.ImportFrom)
            else []
        )
    }

    assert names == {"random", "collections.abc", "dataclasses", "datetime"}


@pytest.mark.parametrize(
    ("k", "n", "low", "high"),
    # From published tables of Clopper and Pearson.
    [(0, 10, 0.0, 0.3085), (1, 10, 0.0025, 0.4450), (5, 10, 0.1871, 0.8129)],
)
def test_interval_of_a_share_is_exact(k, n, low, high):
    assert exact(k, n) == pytest.approx((low, high), abs=0.0001)
