from datetime import UTC, date, datetime

import pytest

from regions.calendar import Calendar, Corrections, NoWorkingDay, monday_of, today
from regions.models import Region
from regions.queries import corrections
from tests.factories import make_holiday

pytestmark = pytest.mark.any_store

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


# --- Public holidays -----------------------------------------------------------------

WASHINGTON = Calendar("12345", "US", "WA")
THANKSGIVING, DAY_AFTER = date(2026, 11, 26), date(2026, 11, 27)


@pytest.mark.parametrize(
    ("place", "day", "worked"),
    [
        (("US", "WA"), THANKSGIVING, False),
        (("US", ""), DAY_AFTER, True),
        (("US", "WA"), DAY_AFTER, False),
        (("DE", "BY"), date(2027, 1, 6), False),
        (("DE", "BE"), date(2027, 1, 6), True),
        (("CN", ""), date(2026, 2, 17), False),
        (("", ""), THANKSGIVING, True),
    ],
)
def test_holidays_are_those_of_the_country_and_of_its_state(place, day, worked):
    assert Calendar("12345", *place).is_working(day) is worked


def test_weekend_that_china_works_is_worked_whatever_the_weekdays():
    saturday = date(2026, 2, 14)

    assert Calendar("12345", "CN").is_working(saturday)
    assert not Calendar("12345", "US").is_working(saturday)
    assert not Calendar("12345", "CN").is_working(date(2026, 2, 7))


@pytest.mark.parametrize("place", [("XX", ""), ("XX", "WA"), ("US", "ZZ")])
def test_place_that_is_not_known_keeps_no_holidays(place):
    assert Calendar("12345", *place).is_working(THANKSGIVING)


def test_next_working_day_lies_after_the_holidays():
    assert WASHINGTON.first_working(THANKSGIVING) == date(2026, 11, 30)
    assert WASHINGTON.first_working(DAY_AFTER, -1) == date(2026, 11, 25)
    assert Calendar("12345", "CN").first_working(date(2026, 2, 15)) == date(2026, 2, 24)


@pytest.mark.parametrize(
    ("rows", "worked"),
    [
        ({}, False),
        ({("US", ""): True}, True),
        ({("US", ""): False, ("US", "WA"): True}, True),
        ({("US", ""): True, ("US", "WA"): False}, False),
        ({("US", "OR"): True, ("CN", "WA"): True}, False),
    ],
)
def test_narrower_correction_goes_before_the_wider(rows, worked):
    corrected = Corrections(
        {(*place, THANKSGIVING): is_worked for place, is_worked in rows.items()}
    )

    assert Calendar("12345", "US", "WA", corrected).is_working(THANKSGIVING) is worked


def test_corrections_are_read_in_one_query(db, assert_queries):
    make_holiday("US", FRIDAY, subdivision="WA")
    make_holiday("US", SATURDAY, is_worked=True)

    with assert_queries(1):
        corrected = corrections()

    calendar = Calendar("12345", "US", "WA", corrected)
    assert calendar.first_working(FRIDAY) == SATURDAY
    assert calendar.first_working(FRIDAY, -1) == date(2027, 3, 11)


@pytest.mark.parametrize(
    ("calendar", "days"),
    [
        (WEEKDAYS, [MONDAY]),
        (Calendar("2345"), [date(2027, 3, 16)]),
        (WASHINGTON, [MONDAY]),
        (Calendar("7"), [date(2027, 3, 21)]),
        (Calendar(""), []),
    ],
)
def test_one_day_opens_a_week(calendar, days):
    week = [date(2027, 3, day) for day in range(15, 22)]

    assert [day for day in week if calendar.opens_week(day)] == days


def test_holiday_on_monday_leaves_the_opening_of_the_week_to_tuesday():
    assert not WASHINGTON.opens_week(date(2027, 1, 18))
    assert WASHINGTON.opens_week(date(2027, 1, 19))
