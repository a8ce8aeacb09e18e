"""Days of a past programme become days around today."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from rollout.imports.dates import STEADY_ZONES, Shift, finished_at, morning_zone

pytestmark = pytest.mark.any_store

SAMPLE_TODAY = date(2021, 1, 11)  # a Monday
SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2027, 3, 8, 12, 0, tzinfo=UTC)  # a Monday


@pytest.mark.parametrize("days", range(7))
def test_shift_keeps_weekdays_through_a_week(days):
    shift = Shift.to_today(SAMPLE_TODAY, ZoneInfo("UTC"), NOON + timedelta(days=days))

    assert shift.weeks == 321
    assert shift.day(SAMPLE_TODAY) == date(2027, 3, 8)
    assert shift.day(date(2021, 2, 8)).isoweekday() == date(2021, 2, 8).isoweekday()


def test_shift_counts_days_in_the_zone_of_the_programme():
    sunday_evening = datetime(2027, 3, 7, 17, 0, tzinfo=UTC)

    assert Shift.to_today(SAMPLE_TODAY, ZoneInfo("UTC"), sunday_evening).weeks == 320
    assert Shift.to_today(SAMPLE_TODAY, SHANGHAI, sunday_evening).weeks == 321


def test_shift_goes_back_for_a_sample_ahead_of_today():
    shift = Shift.to_today(date(2030, 1, 7), ZoneInfo("UTC"), NOON)

    assert shift.day(date(2030, 1, 7)) == date(2027, 3, 8)


def test_shifted_time_stays_on_the_clock_of_the_place():
    summer_in_berlin = datetime.fromisoformat("2021-06-01 09:30")

    shifted = Shift(weeks=26).moment(summer_in_berlin, ZoneInfo("Europe/Berlin"))

    assert shifted == datetime(2021, 11, 30, 8, 30, tzinfo=UTC)


@pytest.mark.parametrize("hour", range(24))
def test_morning_zone_has_a_working_morning(hour):
    at = datetime(2027, 3, 8, hour, 40, tzinfo=UTC)

    local = at.astimezone(ZoneInfo(morning_zone(at)))

    assert (local.hour, local.minute) == (9, 40)


def test_steady_zones_know_no_summer_time():
    for offset, name in STEADY_ZONES.items():
        for month in range(1, 13):
            local = datetime(2027, month, 15, tzinfo=ZoneInfo(name))
            assert local.utcoffset() == timedelta(hours=offset), name


# The promised go-live is Monday 2026-05-04; the rule stands in the README of the samples.
@pytest.mark.parametrize(
    ("slip_days", "offset", "finished"),
    [
        (0, -60, date(2026, 3, 5)),
        (0, 14, date(2026, 5, 18)),
        (63, -200, date(2025, 10, 16)),  # before the delay began
        (63, -120, date(2026, 1, 4)),
        (63, -60, date(2026, 4, 5)),  # 63 * 60 // 120 = 31 days late
        (63, -1, date(2026, 7, 4)),  # 63 * 119 // 120 = 62 days late
        (63, 0, date(2026, 7, 6)),
        (63, 90, date(2026, 10, 4)),
    ],
)
def test_delay_grows_to_the_slip_at_go_live(slip_days, offset, finished):
    first_due = date(2026, 5, 4) + timedelta(days=offset)
    late = {"slip": slip_days, "offset_days": offset}

    at = finished_at(first_due, **late, zone=SHANGHAI, at=NOON)

    assert at == datetime(finished.year, finished.month, finished.day, 8, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("at", "is_finished"),
    [
        (datetime(2026, 5, 4, 15, 59, tzinfo=UTC), False),  # still go-live day there
        (datetime(2026, 5, 4, 16, 0, tzinfo=UTC), True),
    ],
)
def test_task_due_today_is_open(at, is_finished):
    go_live = {"first_due": date(2026, 5, 4), "slip": 0, "offset_days": 0}

    finished = finished_at(**go_live, zone=SHANGHAI, at=at)

    assert (finished is not None) == is_finished
