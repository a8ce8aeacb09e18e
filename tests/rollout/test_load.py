"""Load of one person, at its edges. The week of 8 March 2027 is the running one."""

from datetime import date
from decimal import Decimal

import pytest

from regions.calendar import Calendar, Corrections
from rollout.load import Presence, WeekLoad, Work, load_of, spread

WEDNESDAY = date(2027, 3, 10)
THIS, NEXT, THIRD = date(2027, 3, 8), date(2027, 3, 15), date(2027, 3, 22)
FIVE_DAYS = Calendar("12345")


def work(start, due, hours=12, **more):
    return Work(
        start and date(2027, 3, start), date(2027, 3, due), Decimal(hours), **more
    )


@pytest.mark.parametrize(
    ("start", "due", "shares"),
    [
        # From Wednesday to Friday, all of it this week.
        pytest.param(10, 12, {THIS: 12}, id="within a week"),
        # Three days of this week, one of the next: a quarter goes over.
        pytest.param(10, 15, {THIS: 9, NEXT: 3}, id="over a weekend"),
        # What began earlier counts from today on.
        pytest.param(1, 15, {THIS: 9, NEXT: 3}, id="begun earlier"),
        # Overdue: all of it today.
        pytest.param(1, 5, {THIS: 12}, id="overdue"),
        pytest.param(17, 18, {NEXT: 12}, id="not begun yet"),
        # Without a start: four working days before it is due.
        pytest.param(None, 16, {THIS: Decimal("7.2"), NEXT: Decimal("4.8")}, id="no start"),
        # A weekend has no working day: the next one takes all.
        pytest.param(13, 14, {NEXT: 12}, id="no working day"),
        # A start after the due day leaves no day between them.
        pytest.param(19, 12, {THIS: 12}, id="start after due"),
    ],
)  # fmt: skip
def test_hours_are_spread_over_working_days(start, due, shares):
    assert spread(work(start, due), FIVE_DAYS, WEDNESDAY) == shares


def test_days_off_of_ones_own_calendar_take_no_hours():
    corrected = Corrections({("US", "", date(2027, 3, 11)): False})
    calendar = Calendar("12345", "US", corrections=corrected)

    assert spread(work(10, 15), calendar, WEDNESDAY) == {THIS: 8, NEXT: 4}


def test_who_never_works_loses_no_hours():
    never = Corrections(
        {("US", "", date.fromordinal(WEDNESDAY.toordinal() + n)): False for n in range(-90, 90)}
    )  # fmt: skip

    found = spread(work(None, 12), Calendar("1", "US", corrections=never), WEDNESDAY)

    assert found == {THIS: 12}


def test_capacity_is_that_of_the_working_days_present():
    away = [(date(2027, 3, 15), date(2027, 3, 17))]
    presence = Presence(FIVE_DAYS, 20, away)

    capacities = [one.capacity for one in load_of([], presence, WEDNESDAY, 3)]

    # Three days are left of this week, two of the next, all of the third.
    assert capacities == [12, 8, 20]


@pytest.mark.parametrize(
    ("hours_a_week", "due", "hours", "is_over"),
    [
        pytest.param(20, 12, 12, False, id="just fits"),
        pytest.param(20, 12, Decimal("12.01"), True, id="a little more"),
        pytest.param(0, 12, Decimal("0.25"), True, id="no hours and a load"),
        pytest.param(0, 12, 0, False, id="no hours and no load"),
        pytest.param(None, 12, 400, False, id="nobody knows his hours"),
    ],
)
def test_more_than_the_hours_of_a_week_is_overload(hours_a_week, due, hours, is_over):
    presence = Presence(FIVE_DAYS, hours_a_week)

    week = load_of([work(10, due, hours)], presence, WEDNESDAY, 1)[0]

    assert (week.hours, week.is_over) == (hours, is_over)


def test_who_is_away_all_week_and_has_work_is_overloaded():
    presence = Presence(FIVE_DAYS, 40, [(date(2027, 3, 15), date(2027, 3, 19))])

    _this, following = load_of([work(15, 19)], presence, WEDNESDAY, 2)

    assert following == WeekLoad(NEXT, Decimal(12), Decimal(0), Decimal(0))
    assert following.is_over


def test_blocked_hours_count_and_are_told_apart():
    works = [work(10, 12), work(10, 12, 3, is_blocked=True), work(22, 24, 5)]

    loads = load_of(works, Presence(FIVE_DAYS, None), WEDNESDAY, 2)

    assert [(one.monday, one.hours, one.blocked) for one in loads] == [
        (THIS, 15, 3),
        (NEXT, 0, 0),
    ]
