from datetime import UTC, date, datetime

import pytest

from regions.calendar import Calendar, NoWorkingDay, monday_of, today
from regions.models import Region

WEEKDAYS = Calendar("12345")
SUNDAY_WEEK = Calendar("12347")
FRIDAY, SATURDAY, SUNDAY, MONDAY = (date(2027, 3, day) for day in (12, 13, 14, 15))


def test_first_working_day_looks_ahead_or_back():
    assert WEEKDAYS.first_working(SATURDAY) == MONDAY
    assert WEEKDAYS.first_working(SATURDAY, -1) == FRIDAY
    assert WEEKDAYS.first_working(FRIDAY) == FRIDAY


def test_working_week_is_the_regions_own():
    assert SUNDAY_WEEK.first_working(FRIDAY) == SUNDAY


@pytest.mark.parametrize(
    ("count", "day"),
    [(1, MONDAY), (0, FRIDAY), (-1, date(2027, 3, 11)), (-5, date(2027, 3, 5))],
)
def test_add_working_counts_over_weekends(count, day):
    assert WEEKDAYS.add_working(FRIDAY, count) == day


def test_search_for_a_working_day_ends():
    with pytest.raises(NoWorkingDay):
        Calendar("").first_working(FRIDAY)


def test_today_is_the_day_where_the_region_is():
    at = datetime(2027, 3, 12, 23, 30, tzinfo=UTC)

    assert today(Region(time_zone="Asia/Shanghai"), at) == SATURDAY
    assert today(Region(time_zone="America/Los_Angeles"), at) == FRIDAY


@pytest.mark.parametrize("day", [MONDAY, date(2027, 3, 18), date(2027, 3, 21)])
def test_monday_of_any_day_of_the_week(day):
    assert monday_of(day) == MONDAY
