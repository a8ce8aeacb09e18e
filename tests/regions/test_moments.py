"""When a wall time comes, in 14 zones from 2024 to 2037, against a second answer."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from regions.calendar import moment_of, today
from regions.models import Region
from tests import clock

pytestmark = pytest.mark.any_store

# At night clocks jump: at midnight in Cairo and Havana, at two or three elsewhere.
BOOKED = [
    *(time(hour, minute) for hour in range(5) for minute in (0, 15, 30, 59)),
    time(8),
    time(14, 45),
    time(23, 30),
]


def days_around(jumps, zone):
    """The days on which clocks may show a time twice or never."""
    near = {jump.astimezone(zone).date() for jump in jumps}
    return {day + timedelta(days=n) for day in near for n in (-1, 0, 1)}


def test_zones_are_fourteen_and_some_are_odd():
    halves = {
        datetime(2027, 1, 1, tzinfo=ZoneInfo(zone)).utcoffset() % timedelta(hours=1)
        for zone in clock.ZONES
    }

    assert len(clock.ZONES) == 14
    assert halves == {timedelta(minutes=minutes) for minutes in (0, 30, 45)}
    assert sum(len(clock.jumps(zone)) for zone in clock.ZONES) > 250


@pytest.mark.parametrize("name", clock.ZONES)
def test_booked_time_comes_once_on_every_day(name):
    zone = ZoneInfo(name)
    near = days_around(clock.jumps(name), zone)

    wrong = [
        (day, wall)
        for day in clock.DAYS
        for wall in (BOOKED if day in near else BOOKED[::7])
        if moment_of(day, wall, zone) != clock.moment(name, day, wall)
    ]

    assert wrong == []


@pytest.mark.parametrize("name", clock.ZONES)
def test_every_day_begins_where_the_one_before_ends(name):
    """A talk held in a minute counts for one day, the one that its place then has."""
    place = Region(time_zone=name)
    begins = [moment_of(day, time(), place.zone) for day in clock.DAYS]

    assert [today(place, at) for at in begins] == clock.DAYS
    last_minutes = [at - clock.MINUTE for at in begins[1:]]
    assert [today(place, at) for at in last_minutes] == clock.DAYS[:-1]


@pytest.mark.parametrize(
    ("zone", "day", "wall", "at"),
    [
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30), "01:00"),
        ("Europe/Berlin", date(2027, 3, 28), time(2, 30, 20), "01:00"),
        ("Europe/Berlin", date(2027, 10, 31), time(2, 30), "00:30"),
        ("Europe/Berlin", date(2028, 2, 29), time(8), "07:00"),
        ("Australia/Lord_Howe", date(2027, 10, 3), time(2, 15), "15:30"),
    ],
)
def test_time_that_is_left_out_comes_after_the_gap_and_a_doubled_one_first(
    zone, day, wall, at
):
    assert f"{moment_of(day, wall, ZoneInfo(zone)):%H:%M}" == at


def skips_no_gap(day, wall, zone):
    return datetime.combine(day, wall, tzinfo=zone).astimezone(UTC)


def takes_the_second(day, wall, zone):
    return datetime.combine(day, wall.replace(fold=1), tzinfo=zone).astimezone(UTC)


@pytest.mark.parametrize("rule", [skips_no_gap, takes_the_second])
def test_simpler_rules_are_found_wrong(rule):
    zone = ZoneInfo("Europe/Berlin")

    wrong = [
        day
        for day in days_around(clock.jumps(zone.key), zone)
        if rule(day, time(2, 30), zone) != clock.moment(zone.key, day, time(2, 30))
    ]

    assert len(wrong) >= 14
