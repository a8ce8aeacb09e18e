"""When somebody may be written to: hours, days, pauses; and over 14 years in 14 zones."""

from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from zoneinfo import ZoneInfo

import pytest

from regions.calendar import Calendar, Corrections
from regions.enums import PlannedMail
from regions.models import User
from rollout.enums import MailCap
from rollout.slots import open_slot, slot_on
from tests import clock

pytestmark = pytest.mark.any_store

NOTHING = Corrections()
WEDNESDAY = date(2027, 3, 10)
MINUTE = timedelta(minutes=1)
PLANNED, URGENT = MailCap.PLANNED, MailCap.URGENT


def somebody(**values):
    hours = {"quiet_from_time": time(20), "quiet_to_time": time(8)}
    return User(**hours | {"time_zone": "UTC"} | values)


def hours(user, cap, day=WEDNESDAY):
    slot = slot_on(user, cap, day, NOTHING)
    return slot and (f"{slot.begins_at:%H:%M}", f"{slot.ends_at:%H:%M}")


@pytest.mark.parametrize(
    ("quiet", "planned", "urgent"),
    [
        ((time(20), time(8)), ("08:00", "20:00"), ("08:00", "20:00")),
        ((time(18), time(9, 30)), ("09:30", "18:00"), ("09:30", "18:00")),
        ((time(22), time(6)), ("08:00", "20:00"), ("06:00", "22:00")),
        # Whoever works at night leaves no hour of the day, and is written to at night.
        ((time(23), time(21)), ("21:00", "23:00"), ("21:00", "23:00")),
        ((time(7), time(4)), ("04:00", "07:00"), ("04:00", "07:00")),
    ],
)
def test_slot_is_the_day_without_its_quiet_hours(quiet, planned, urgent):
    user = somebody(quiet_from_time=quiet[0], quiet_to_time=quiet[1])

    assert (hours(user, PLANNED), hours(user, URGENT)) == (planned, urgent)


@pytest.mark.parametrize(
    ("clock_time", "is_open"),
    [("07:59", False), ("08:00", True), ("19:59", True), ("20:00", False)],
)
def test_slot_opens_on_its_first_minute_and_is_closed_on_its_last(clock_time, is_open):
    at = datetime.fromisoformat(f"2027-03-10 {clock_time}+00:00")

    slot = open_slot(somebody(), PLANNED, at, NOTHING)

    assert (slot is not None) is is_open


@pytest.mark.parametrize("cap", [PLANNED, URGENT])
@pytest.mark.parametrize(
    ("user", "day"),
    [
        (somebody(), date(2027, 3, 13)),
        (somebody(working_days="1245"), WEDNESDAY),
        (somebody(country="US", subdivision="WA"), date(2026, 11, 27)),
        (somebody(country="CN"), date(2026, 2, 17)),
    ],
    ids=["weekend", "day off", "holiday of the state", "holiday of the country"],
)
def test_nobody_is_written_to_on_days_off(user, day, cap):
    assert slot_on(user, cap, day, NOTHING) is None


def test_day_that_headquarters_corrects_has_its_slot_or_none():
    user = somebody(country="US")
    corrected = Corrections(
        {
            ("US", "", date(2026, 11, 26)): True,
            ("US", "", date(2026, 11, 25)): False,
        }
    )

    assert slot_on(user, PLANNED, date(2026, 11, 26), corrected).day.day == 26
    assert slot_on(user, PLANNED, date(2026, 11, 25), corrected) is None


@pytest.mark.parametrize(
    ("settings", "planned"),
    [
        ({}, [8, 9, 10, 11, 12]),
        ({"planned_mail": PlannedMail.MONDAYS}, [8]),
        ({"planned_mail": PlannedMail.MONDAYS, "working_days": "345"}, [10]),
        ({"planned_mail": PlannedMail.NEVER}, []),
        ({"paused_until_date": date(2027, 3, 11)}, [11, 12]),
        (
            {
                "paused_until_date": date(2027, 3, 9),
                "planned_mail": PlannedMail.MONDAYS,
            },
            [],
        ),
    ],
)
def test_pause_and_frequency_stop_planned_mail_only(settings, planned):
    user = somebody(**settings)
    week = [date(2027, 3, day) for day in range(8, 15)]

    days = {
        cap: [day.day for day in week if slot_on(user, cap, day, NOTHING)]
        for cap in (PLANNED, URGENT)
    }

    worked = [day for day in (8, 9, 10, 11, 12) if str(day - 7) in user.working_days]
    assert days == {PLANNED: planned, URGENT: worked}


def test_monday_that_is_a_holiday_hands_its_mail_to_tuesday():
    user = somebody(planned_mail=PlannedMail.MONDAYS, country="US")

    assert slot_on(user, PLANNED, date(2027, 1, 18), NOTHING) is None
    assert slot_on(user, PLANNED, date(2027, 1, 19), NOTHING) is not None


# --- From 2024 to 2037 ---------------------------------------------------------------

PLACES = {"Asia/Shanghai": "CN", "America/Los_Angeles": "US", "Europe/Berlin": "DE"}


@pytest.mark.parametrize("zone", clock.ZONES)
def test_one_slot_on_every_working_day_and_none_on_others(zone):
    user = somebody(time_zone=zone, country=PLACES.get(zone, ""))
    works = Calendar.of(user, NOTHING).is_working

    slots = [
        slot for day in clock.DAYS if (slot := slot_on(user, PLANNED, day, NOTHING))
    ]

    assert [slot.day for slot in slots] == [day for day in clock.DAYS if works(day)]
    assert len({slot.key for slot in slots}) == len(slots)
    wrong = [
        slot
        for slot in slots
        if (slot.begins_at, slot.ends_at)
        != tuple(clock.moment(zone, slot.day, time(hour)) for hour in (8, 20))
    ]
    assert wrong == []


@pytest.mark.parametrize("zone", clock.ZONES)
def test_slot_is_open_when_it_begins_and_not_a_minute_before(zone):
    user = somebody(time_zone=zone)
    around = sorted(
        (jump.astimezone(ZoneInfo(zone)).date() + timedelta(days=n))
        for jump in clock.jumps(zone)
        for n in (-1, 0, 1)
    )

    for day in [*around, date(2028, 2, 29), date(2026, 12, 31), date(2027, 3, 31)]:
        slot = slot_on(user, PLANNED, day, NOTHING)
        if slot is not None:
            ticks = [slot.begins_at - MINUTE, slot.begins_at, slot.ends_at - MINUTE]
            ticks += [slot.ends_at]
            found = [open_slot(user, PLANNED, at, NOTHING) for at in ticks]
            assert found == [None, slot, slot, None]


@pytest.mark.parametrize("zone", clock.ZONES)
def test_mail_of_mondays_comes_once_in_every_week(zone):
    """Week 53 among them, and weeks whose Monday is a holiday."""
    user = somebody(
        time_zone=zone, country=PLACES.get(zone, ""), planned_mail=PlannedMail.MONDAYS
    )
    works = Calendar.of(user, NOTHING).is_working
    begins = [
        slot.begins_at
        for day in clock.DAYS
        if (slot := slot_on(user, PLANNED, day, NOTHING))
    ]

    weeks = groupby(clock.DAYS, key=lambda day: day.isocalendar()[:2])
    firsts = [
        next((day for day in week if works(day)), None) for _number, week in weeks
    ]
    expected = [clock.moment(zone, day, time(8)) for day in firsts if day is not None]
    assert begins == expected
    assert {53} <= {day.isocalendar().week for day in firsts if day is not None}


def test_slot_that_opened_by_the_clock_of_winter_would_be_found():
    """The check above sees a rule that keeps one distance to UTC all year."""
    zone, winter = "Europe/Berlin", timedelta(hours=1)

    wrong = [
        day
        for day in clock.DAYS
        if datetime.combine(day, time(8), tzinfo=UTC) - winter
        != clock.moment(zone, day, time(8))
    ]

    assert len(wrong) > 14 * 200
