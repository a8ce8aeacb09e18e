"""What an ask costs while it is not kept, and what it won: tables to check against a
calendar. March 2027 begins on a Monday; the region works from Monday to Friday."""

from datetime import date

import pytest

from regions.calendar import Calendar, Corrections
from rollout.models import Task
from rollout.waiting import gain_of, waits_on, worked_days

WEEK = Calendar("12345")
# The same region, when Wednesday the 3rd is a holiday and Saturday the 6th is worked.
SHIFTED = Calendar(
    "12345",
    "XX",
    corrections=Corrections(
        {("XX", "", date(2027, 3, 3)): False, ("XX", "", date(2027, 3, 6)): True}
    ),
)


def march(day):
    return date(2027, 3, day)


# blocked on, asked on, today: the days that cost
COSTS = [
    (9, 1, 10, WEEK, 1),  # blocked yesterday: one day
    (10, 1, 10, WEEK, 0),  # blocked today: nothing yet
    (1, 1, 10, WEEK, 7),  # Tue to Fri, then Mon, Tue and Wed
    (5, 1, 8, WEEK, 1),  # over the weekend only the Monday counts
    (5, 1, 7, WEEK, 0),  # on the Sunday nothing is lost yet
    (1, 8, 10, WEEK, 2),  # blocked long before it was asked: since the asking
    (1, 1, 5, SHIFTED, 3),  # the holiday costs nothing
    (5, 1, 8, SHIFTED, 2),  # the Saturday that is worked does
]


@pytest.mark.parametrize(("blocked", "asked", "today", "calendar", "cost"), COSTS)
def test_wait_costs_the_days_worked_since(blocked, asked, today, calendar, cost):
    tasks = [(Task(pk=1, due_date=march(20)), march(blocked))]

    waits = waits_on(march(today), tasks, march(asked), calendar)

    assert (waits.longest, waits.total) == (cost, cost)


# kept on, the freed tasks are due on: the days won, or lost
GAINS = [
    (10, [12], 2),  # Thursday and Friday
    (10, [12, 11], 1),  # the first of them counts
    (10, [10], 0),  # kept on the very day
    (5, [8], 1),  # from Friday to Monday one working day
    (5, [7], 0),  # due on a Sunday: no worked day lies between
    (10, [8], -2),  # due on Monday: Tuesday and Wednesday are lost
    (10, [8, 31], -2),  # one is late, though another is not
]


@pytest.mark.parametrize(("kept", "due", "won"), GAINS)
def test_keeping_an_ask_wins_the_days_to_the_first_due_day(kept, due, won):
    gain = gain_of(march(kept), [march(day) for day in due], WEEK)

    assert (gain.won, gain.first_due) == (won, march(min(due)))


def test_all_waits_of_an_ask_add_up_and_the_longest_leads():
    tasks = [
        (Task(pk=1, due_date=march(9)), march(8)),
        (Task(pk=2, due_date=march(24)), march(1)),
    ]

    waits = waits_on(march(10), tasks, march(1), WEEK)

    assert [one.task.pk for one in waits.waits] == [2, 1]
    assert (waits.longest, waits.total, waits.first_due) == (7, 9, march(9))


def test_nothing_waits_and_nothing_is_freed():
    waits = waits_on(march(10), [], march(1), WEEK)

    assert (len(waits), waits.longest, waits.first_due) == (0, 0, None)
    assert gain_of(march(10), [], WEEK) is None
    assert worked_days(march(10), march(10), WEEK) == 0
