"""The effect of lessons: tables worked out by hand at the edges, and the page made of it."""

import io
from datetime import date, datetime, timedelta

import pytest
from openpyxl import load_workbook

from pilots.enums import FindingState
from regions.calendar import Calendar
from rollout.effect import Effect, RegionUse, Side, effect_of, seed_of, slip
from rollout.enums import TaskState
from rollout.queries.effect import effects, signed
from tests.factories import (
    NOW,
    make_finding,
    make_plan,
    make_procedure,
    make_region,
    make_step,
    make_task,
    make_use,
)

pytestmark = [pytest.mark.any_store]

WEEK = Calendar("12345")
# A Monday, a Friday, and the Monday after it; today is the Wednesday after that.
MONDAY, FRIDAY, NEXT = date(2027, 3, 1), date(2027, 3, 5), date(2027, 3, 8)
TODAY = NOW.date()
SLIPS = {
    "on the day": ((MONDAY, MONDAY, MONDAY), 0),
    "four days of one week": ((MONDAY, MONDAY, FRIDAY), 4),
    "over a weekend": ((FRIDAY, FRIDAY, NEXT), 1),
    "on a Sunday": ((FRIDAY, FRIDAY, date(2027, 3, 7)), 0),
    "a working day early": ((NEXT, NEXT, FRIDAY), -1),
    "from the first day, not the current one": ((MONDAY, NEXT, NEXT), 5),
    "open and overdue, from its day": ((MONDAY, FRIDAY, None), 3),
    "open and due today": ((TODAY, TODAY, None), None),
    "open and not due": ((MONDAY, date(2027, 3, 11), None), None),
}


@pytest.mark.parametrize("what", SLIPS)
def test_slip_is_counted_in_working_days(what):
    days, expected = SLIPS[what]

    assert slip(*days, TODAY, WEEK) == expected


def side(*slips, is_used):
    return [RegionUse(is_used, (one,)) for one in slips]


# Slips of regions that used it, of those that did not; medians, difference; whether seen.
TABLES = {
    "all alike": ([2] * 5, [2] * 5, (2, 2, 0), False),
    "apart by three": ([0] * 5, [3] * 5, (0, 3, -3), True),
    "later with it": ([4] * 6, [1] * 5, (4, 1, 3), True),
    # The median of an even number lies between the two in the middle.
    "ties": ([1, 1, 1, 2, 2, 2], [1, 1, 2, 2, 2], (1.5, 2, -0.5), False),
    "scattered": ([0, 9, 1, 8, 2], [1, 9, 0, 7, 3], (2, 3, -1), False),
}


@pytest.mark.parametrize("what", TABLES)
def test_medians_are_compared_from_five_regions_on(what):
    used, other, (mine, theirs, difference), is_seen = TABLES[what]
    regions = [*side(*used, is_used=True), *side(*other, is_used=False)]

    found = effect_of(regions, seed=7)

    assert (found.used.n, found.other.n) == (len(used), len(other))
    assert (found.used.median, found.other.median) == (mine, theirs)
    assert (found.difference, found.is_seen) == (difference, is_seen)
    assert found.low <= found.difference <= found.high


@pytest.mark.parametrize(("used", "other"), [(4, 5), (5, 4), (0, 9), (0, 0)])
def test_fewer_than_five_regions_are_only_counted(used, other):
    regions = [
        *side(*[0] * used, is_used=True),
        *side(*[30] * other, is_used=False),
        # Without a slip there is nothing to count.
        RegionUse(is_used=True, slips=(), was_asked=True, came_back=True),
    ]

    assert effect_of(regions, seed=7) == Effect(
        Side(used, None, 0, 0), Side(other, None, 0, 0)
    )


def test_region_counts_once_with_the_median_of_its_tasks():
    """Seven tasks of one region are one region."""
    many = RegionUse(
        is_used=True, slips=(1, 1, 1, 1, 9, 9, 9), was_asked=True, came_back=True
    )
    regions = [many, *side(1, 1, 1, 1, is_used=True), *side(*[1] * 5, is_used=False)]

    found = effect_of(regions, seed=7)

    assert found.used == Side(n=5, median=1, came_back=1, asked=1)


def test_interval_is_that_of_its_seed():
    """By programme, procedure and day; a boundary between the parts counts."""
    regions = [
        *side(*[n * n % 101 for n in range(40)], is_used=True),
        *side(*[n * n % 89 for n in range(40)], is_used=False),
    ]
    again, other = effect_of(regions, seed=1), effect_of(regions, seed=2)

    assert effect_of(regions, seed=1) == again
    assert (again.low, again.high) != (other.low, other.high)
    assert seed_of("ERP", "Data 1", "2027-03-10") == 0x7145F3F1A02CBECA
    assert seed_of("ERPD", "ata 1") != seed_of("ERP", "Data 1")


@pytest.mark.parametrize(
    ("value", "text"), [(None, "–"), (0, "0"), (2.5, "+2.5"), (-3.0, "-3")]
)
def test_differences_carry_their_sign(value, text):
    assert signed(value) == text


# --- From rows -----------------------------------------------------------------------


@pytest.fixture
def lesson(programme):
    step = make_step(make_procedure(programme))
    return make_finding(programme, state=FindingState.ADOPTED, step=step)


def work(wave, lesson, code, days_late, *, by=None, **said):
    """A region whose task was finished so many days after a Monday, and what was said."""
    plan = make_plan(make_region(code), wave)
    done = {"state": TaskState.DONE, "finished_at": at_noon(days_late)}
    task = make_task(plan, code, step=lesson.step, due_date=MONDAY, **done)
    if by is not None:
        make_use(task, lesson, by, **said)
    return plan


def at_noon(days):
    return datetime(2027, 3, 1, 12, tzinfo=NOW.tzinfo) + timedelta(days=days)


def test_regions_are_told_apart_by_what_was_said_on_their_tasks(
    programme, wave, lesson, cio
):
    """Used and adapted on one side; skipped and silent on the other. What is dropped, or
    open and not due, or of a step without a lesson counts nowhere."""
    skipped = {"answer": "skipped", "skip_reason": "no_time"}
    for code, days, said in [
        ("A1", 0, {"outcome": "helped"}),
        ("A2", 0, {"answer": "adapted", "outcome": "came_back"}),
        ("A3", 1, {}),
        ("A4", 1, {}),
        ("A5", 1, {}),
        ("B1", 3, skipped | {"outcome": "came_back"}),
        ("B2", 3, skipped),
    ]:
        work(wave, lesson, code, days, by=cio, **said)
    for code in ("C1", "C2"):
        work(wave, lesson, code, 4)
    plan = work(wave, lesson, "C3", 2)
    other = make_step(lesson.step.procedure, "Without a lesson")
    make_task(plan, "Elsewhere", step=other, due_date=date(2027, 1, 4))
    for code, values in {
        "D1": {"state": TaskState.DROPPED, "drop_reason": "no", "due_date": MONDAY},
        "D2": {"due_date": date(2027, 4, 1)},
    }.items():
        away = make_plan(make_region(code), wave)
        make_use(make_task(away, code, step=lesson.step, **values), lesson, cio)

    [line] = effects(programme, cio, NOW)

    assert line.effect.used == Side(n=5, median=1, came_back=1, asked=5)
    assert line.effect.other == Side(n=5, median=3, came_back=1, asked=2)
    assert (line.effect.difference, line.tasks, line.skipped) == (-2, 10, 2)
    assert line.words == "Seen together with 2 working days less slip."
    assert line.facts == "10 tasks counted. Not used: 2 skipped it, 3 said nothing."


@pytest.mark.usefixtures("frozen")
@pytest.mark.parametrize("rows", [1, 3])
def test_page_and_its_file_take_the_same_queries_however_much_there_is(
    rows, programme, wave, cio, as_user, assert_queries
):
    for number in range(rows):
        step = make_step(make_procedure(programme, f"P{number}"))
        values = {"state": FindingState.ADOPTED, "step": step}
        lesson = make_finding(programme, f"F{number}", **values)
        for region in range(rows):
            code = f"R{number}{region}"
            said = {"answer": "skipped", "skip_reason": "too_late"}
            work(wave, lesson, code, 2, by=cio, **said)
    client = as_user(cio)

    with assert_queries(12):
        page = client.get("/playbook/effect/")
    with assert_queries(8):
        file = client.get("/playbook/effect/?format=xlsx")

    assert len(page.context["page"].lines) == len(page.context["page"].review) == rows
    assert dict(page.context["page"].review[0].numbers) == {
        "used": 0, "adapted": 0, "skipped": rows,
        "helped": 0, "did not help": 0, "the problem came back": 0,
    }  # fmt: skip
    [head, first, *_] = load_workbook(io.BytesIO(file.content)).active.values
    assert dict(zip(head, first, strict=True)) | {"Used: regions": 0} == {
        "Procedure": "P0",
        "Used: regions": 0, "Used: median slip": None,
        "Used: problem came back": 0, "Used: could tell": 0,
        "Not used: regions": rows, "Not used: median slip": None,
        "Not used: problem came back": 0, "Not used: could tell": rows,
        "Difference of medians": None, "Lower end of 95 %": None,
        "Upper end of 95 %": None, "Tasks counted": rows,
        "What it says": "Fewer than 5 regions on one side: only counted.",
    }  # fmt: skip
