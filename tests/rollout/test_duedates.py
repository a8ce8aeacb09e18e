"""When a step is due: tables that headquarters can check against a calendar on the wall."""

from datetime import date, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from pilots.enums import OffsetUnit
from regions.calendar import Calendar, Closed, Corrections, WorkableDays
from rollout.duedates import DueDate, Trouble, due_date, due_dates, slip_days
from rollout.models import Task

pytestmark = pytest.mark.any_store

CHINA = Calendar("12345", "CN")
AMERICA = Calendar("12345", "US")
STOCK_TAKING = Closed(date(2026, 10, 12), date(2026, 10, 16), "stock-taking")


def step(words):
    """-5 working days, needs the region → the step that it describes."""
    counted, _comma, needs = words.partition(", ")
    number, unit = counted.split(" ", 1)
    units = {
        "days": OffsetUnit.DAY,
        "day": OffsetUnit.DAY,
        "working days": OffsetUnit.WORKING_DAY,
        "working day": OffsetUnit.WORKING_DAY,
    }
    assert needs in ("", "needs the region")
    return SimpleNamespace(
        offset_days=int(number), offset_unit=units[unit], needs_region=bool(needs)
    )


def day(words):
    """Thu 1 Oct 2026 → the day, which has to be that weekday."""
    return datetime.strptime(words, "%a %d %b %Y").date()  # noqa: DTZ007 - a day


def said(value):
    return f"{value:%a} {value.day} {value:%b} {value.year}"


# China rests on Friday 25 September and from Thursday 1 to Wednesday 7 October 2026, and
# works on Sunday 20 September and Saturday 10 October instead.
ROUND_NATIONAL_DAY = """
Mon 12 Oct 2026 | 0 days                            | Mon 12 Oct 2026
Mon 12 Oct 2026 | -1 working day                    | Sat 10 Oct 2026
Mon 12 Oct 2026 | -3 working days                   | Thu 8 Oct 2026
Mon 12 Oct 2026 | -4 working days                   | Wed 30 Sep 2026
Mon 12 Oct 2026 | -11 working days                  | Sun 20 Sep 2026
Mon 12 Oct 2026 | -8 days                           | Sun 4 Oct 2026
Mon 12 Oct 2026 | -8 days, needs the region         | Wed 30 Sep 2026
Mon 12 Oct 2026 | -2 days, needs the region         | Sat 10 Oct 2026
Mon 12 Oct 2026 | -1 days, needs the region         | Sat 10 Oct 2026
Wed 30 Sep 2026 | 1 working day                     | Thu 8 Oct 2026
Wed 30 Sep 2026 | 4 days                            | Sun 4 Oct 2026
Wed 30 Sep 2026 | 4 days, needs the region          | Thu 8 Oct 2026
Sun 4 Oct 2026  | 0 working days                    | Wed 30 Sep 2026
Sun 4 Oct 2026  | -1 working day                    | Tue 29 Sep 2026
Sun 4 Oct 2026  | 1 working day                     | Thu 8 Oct 2026
Sun 4 Oct 2026  | 0 days                            | Sun 4 Oct 2026
Sun 4 Oct 2026  | 0 days, needs the region          | Wed 30 Sep 2026
"""
# Thanksgiving is Thursday 26 November 2026; the Friday after it is worked.
ROUND_THANKSGIVING = """
Mon 30 Nov 2026 | -1 working day                    | Fri 27 Nov 2026
Mon 30 Nov 2026 | -2 working days                   | Wed 25 Nov 2026
Mon 30 Nov 2026 | -4 days                           | Thu 26 Nov 2026
Mon 30 Nov 2026 | -4 days, needs the region         | Wed 25 Nov 2026
Mon 30 Nov 2026 | -1 day                            | Sun 29 Nov 2026
Mon 30 Nov 2026 | -1 day, needs the region          | Fri 27 Nov 2026
Mon 23 Nov 2026 | 3 days, needs the region          | Fri 27 Nov 2026
Mon 23 Nov 2026 | 5 days, needs the region          | Mon 30 Nov 2026
Sun 29 Nov 2026 | 0 days                            | Sun 29 Nov 2026
Sun 29 Nov 2026 | 0 working days                    | Fri 27 Nov 2026
Sun 29 Nov 2026 | 1 working day                     | Mon 30 Nov 2026
"""
# China again, with stock-taking from Monday 12 to Friday 16 October 2026: days that are
# worked, so they count, but on which nothing is asked of the region.
ROUND_STOCK_TAKING = """
Mon 19 Oct 2026 | -2 working days                   | Thu 15 Oct 2026
Mon 19 Oct 2026 | -2 working days, needs the region | Sat 10 Oct 2026
Mon 19 Oct 2026 | -4 days                           | Thu 15 Oct 2026
Mon 19 Oct 2026 | -4 days, needs the region         | Sat 10 Oct 2026
Wed 14 Oct 2026 | 0 days, needs the region          | Sat 10 Oct 2026
Fri 9 Oct 2026  | 1 working day                     | Sat 10 Oct 2026
Fri 9 Oct 2026  | 2 working days, needs the region  | Mon 19 Oct 2026
Fri 9 Oct 2026  | 4 days, needs the region          | Mon 19 Oct 2026
"""
TABLES = [
    (WorkableDays(CHINA), ROUND_NATIONAL_DAY),
    (WorkableDays(AMERICA), ROUND_THANKSGIVING),
    (WorkableDays(CHINA, (STOCK_TAKING,)), ROUND_STOCK_TAKING),
]
LINES = [
    pytest.param(days, *(cell.strip() for cell in line.split("|")), id=f"{nth} {line}")
    for nth, (days, table) in enumerate(TABLES)
    for line in table.strip().splitlines()
]


@pytest.mark.parametrize(("days", "go_live", "words", "due"), LINES)
def test_step_is_due_as_the_table_says(days, go_live, words, due):
    found = due_date(day(go_live), step(words), days)

    assert (said(found.day), found.trouble) == (due, None)


def closed_for(count, *, before):
    """So many days without a free one, up to a go-live or from the day after it on."""
    go_live = date(2027, 5, 3)
    first = go_live - timedelta(days=count - 1) if before else go_live
    return WorkableDays(
        Calendar("1234567"), (Closed(first, first + timedelta(days=count - 1)),)
    )


@pytest.mark.parametrize(
    ("days_closed", "words", "found"),
    [
        (60, "0 days, needs the region", DueDate(date(2027, 3, 4))),
        (
            61,
            "0 days, needs the region",
            DueDate(date(2027, 5, 3), Trouble.NO_FREE_DAY),
        ),
    ],
)
def test_day_without_a_free_one_within_sixty_is_impossible(days_closed, words, found):
    days = closed_for(days_closed, before=True)

    assert due_date(date(2027, 5, 3), step(words), days) == found


def test_after_go_live_the_next_free_day_is_looked_for_as_far():
    needed = step("1 day, needs the region")

    near = due_date(date(2027, 5, 3), needed, closed_for(61, before=False))
    far = due_date(date(2027, 5, 3), needed, closed_for(62, before=False))

    assert near == DueDate(date(2027, 7, 3))
    assert far == DueDate(date(2027, 5, 4), Trouble.NO_FREE_DAY)


def test_region_that_works_on_no_day_has_impossible_working_days():
    never = {("CN", "", date(2027, 1, 1) + timedelta(n)): False for n in range(365)}
    days = WorkableDays(Calendar("12345", "CN", corrections=Corrections(never)))

    found = due_date(date(2027, 9, 1), step("-5 working days"), days)

    assert found == DueDate(date(2027, 8, 27), Trouble.NO_FREE_DAY)


@pytest.mark.parametrize(
    ("waits_for", "trouble"),
    [
        ("the day before", None),
        ("the same day", None),
        ("the day after", Trouble.BEFORE_PREDECESSOR),
        ("set by hand", Trouble.BEFORE_PREDECESSOR),
        ("not in this plan", None),
    ],
)
def test_step_before_what_it_waits_for_is_impossible_and_stays(waits_for, trouble):
    steps = {
        "the day before": step("-31 days"),
        "the same day": step("-30 days"),
        "the day after": step("-29 days"),
        "it": step("-30 days"),
    }

    found = due_dates(
        date(2027, 5, 3),
        steps,
        WorkableDays(AMERICA),
        predecessors={"it": [waits_for]},
        fixed={"set by hand": date(2027, 4, 6)},
    )

    assert found["it"] == DueDate(date(2027, 4, 3), trouble)


@pytest.mark.parametrize(
    ("task", "slip"),
    [
        ({}, 0),
        ({"due_date": date(2027, 3, 8)}, 7),
        ({"due_date": date(2027, 2, 27)}, -2),
        ({"due_date": date(2027, 3, 8), "baseline_date": date(2027, 3, 5)}, 3),
        # Finished when it was already Tuesday in Shanghai.
        ({"finished_at": datetime(2027, 3, 1, 17, tzinfo=ZoneInfo("UTC"))}, 1),
    ],
)
def test_slip_is_counted_from_what_was_agreed_else_first_planned(task, slip):
    promised = {"first_due_date": date(2027, 3, 1), "due_date": date(2027, 3, 1)}

    found = slip_days(Task(**promised | task), ZoneInfo("Asia/Shanghai"))

    assert found == slip
