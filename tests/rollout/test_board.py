"""The board of a region: counted by the database, hours over all regions."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from rollout.models import Task
from rollout.queries.board import board_of
from tests.factories import NOW, make_absence, make_task, make_user
from tests.history_guard import unrecorded

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def busy(staff_north):
    with unrecorded():
        staff_north.hours_per_week = 20
        staff_north.save()
    return staff_north


def line_of(board, user):
    return next(line for line in board.lines if line.person == user)


def test_board_counts_by_person_and_day_and_says_what_is_the_matter(
    plan_north, plan_south, busy, manager_north
):
    for day in (8, 9, 10, 14, 15, 29):
        make_task(plan_north, f"T{day}", owner=busy, due_date=date(2027, 3, day))
    blocked = {"state": "blocked", "block_reason": "data"}
    make_task(plan_north, "Stuck", owner=busy, due_date=date(2027, 3, 12), **blocked)
    make_task(plan_north, "Nobody's", due_date=date(2027, 3, 9))
    make_task(plan_south, "Elsewhere", owner=busy, due_date=date(2027, 3, 8))
    make_task(plan_north, "Done", owner=busy, state="done", finished_at=NOW)
    make_absence(busy, manager_north)

    board = board_of(plan_north.region, NOW)

    line = line_of(board, busy)
    assert [(cell.window, cell.count) for cell in line.cells] == [
        ("overdue", 2), ("week", 3), ("next", 1), ("later", 1),
    ]  # fmt: skip
    assert (line.blocked, [one.deputy for one in line.away]) == (1, [manager_north])
    assert [one.task.title for one in board.stuck] == ["Stuck"]
    assert (board.unowned_total, board.lines[0].person) == (1, busy)
    assert board.sentence == "One task is blocked. Three are overdue."
    assert line_of(board, manager_north).total == 0


def test_hours_are_those_of_all_regions_and_of_what_is_open(
    plan_north, plan_south, busy, manager_north
):
    day = date(2027, 3, 12)
    with_hours = {"owner": busy, "due_date": day, "start_date": date(2027, 3, 10)}
    make_task(
        plan_north, "A", effort_hours=9, remaining_hours=Decimal("4.5"), **with_hours
    )
    make_task(plan_south, "B", effort_hours=6, **with_hours)
    make_task(
        plan_south,
        "C",
        effort_hours=2,
        state="blocked",
        block_reason="data",
        **with_hours,
    )
    make_task(
        plan_north, "D", effort_hours=50, state="done", finished_at=NOW, **with_hours
    )
    make_task(plan_north, "E", owner=busy, due_date=day)
    make_task(plan_north, "F", effort_hours=90, owner=busy, due_date=date(2027, 8, 2))
    make_task(plan_north, "G", effort_hours=1, owner=busy, due_date=date(2026, 3, 2))

    line = line_of(board_of(plan_north.region, NOW), busy)

    week = line.weeks[0]
    # Three of five days are left: 12 of his 20 hours.
    assert (week.hours, week.blocked, week.capacity) == (Decimal("13.5"), 2, 12)
    assert (line.bars[0].words, line.is_over) == ("13.5 of 12 h", True)
    assert [one.hours for one in line.weeks[1:]] == [0, 0, 0]
    assert line.without_estimate == 1


def test_days_off_of_the_region_are_named(plan_north, manager_north):
    with unrecorded():
        region = plan_north.region
        region.country = "DE"
        region.save()

    board = board_of(region, NOW)

    assert board.days_off == [date(2027, 3, 26), date(2027, 3, 29)]


@pytest.mark.parametrize("count", [1, 30])
def test_statements_stay_the_same_and_rows_are_few(
    count, plan_north, busy, manager_north, assert_queries
):
    """As many rows are read as there are people and days, not as there are tasks."""
    with unrecorded():
        Task.objects.bulk_create(
            Task(
                plan=plan_north, title=f"T{number}", owner=busy, effort_hours=2,
                due_date=NOW.date() + timedelta(days=number % 5), first_due_date=NOW.date(),
            )
            for number in range(count)
        )  # fmt: skip

    with assert_queries(6):
        board = board_of(plan_north.region, NOW)

    assert line_of(board, busy).total == count


def test_empty_board_invites(as_user, hq, south):
    page = as_user(hq).get("/regions/SOUTH/board/").content.decode()

    assert "Nobody works here yet." in page
    assert "/people/invite/" in page


def test_people_of_other_regions_are_not_named(plan_north, plan_south, manager_north):
    make_task(plan_south, owner=make_user("far@example.org"))

    board = board_of(plan_north.region, NOW)

    assert [line.person for line in board.lines] == [manager_north]
