"""Examples of the rhythm that a person at headquarters can read and check by hand."""

from bisect import bisect_left
from datetime import date, timedelta

import pytest

from regions.calendar import Calendar
from regions.enums import RhythmStatus, Stage
from regions.models import Rhythm
from regions.rhythm import call_weight, nearness, rhythm_on, stage_on
from tests import clock

pytestmark = pytest.mark.any_store

KICK_OFF, GO_LIVE = date(2027, 2, 1), date(2027, 5, 3)
WEEKDAYS = Calendar("12345")


@pytest.mark.parametrize(
    ("day", "stage"),
    [
        (date(2026, 12, 20), None),  # one day before the six weeks
        (date(2026, 12, 21), Stage.BEFORE_KICK_OFF),
        (date(2027, 1, 31), Stage.BEFORE_KICK_OFF),
        (date(2027, 2, 1), Stage.PREPARING),
        (date(2027, 3, 21), Stage.PREPARING),
        (date(2027, 3, 22), Stage.LAST_SIX_WEEKS),
        (date(2027, 5, 2), Stage.LAST_SIX_WEEKS),
        (date(2027, 5, 3), Stage.AFTER_GO_LIVE),
        (date(2027, 8, 1), Stage.AFTER_GO_LIVE),  # 90 days after
        (date(2027, 8, 2), None),
    ],
)
def test_stage_changes_on_its_days(day, stage):
    found = stage_on(day, kick_off=KICK_OFF, go_live=GO_LIVE, end=None, lead_weeks=6)

    assert found == stage


def test_stage_is_none_without_kick_off():
    assert (
        stage_on(KICK_OFF, kick_off=None, go_live=GO_LIVE, end=None, lead_weeks=6)
        is None
    )


def test_stage_without_go_live_stays_preparing():
    day = date(2029, 1, 1)

    assert stage_on(day, kick_off=KICK_OFF, go_live=None, end=None, lead_weeks=6) == (
        Stage.PREPARING
    )


def state_on(
    day, *, last_talk=date(2027, 2, 24), booked=None, holder_from=date(2020, 1, 1)
):
    rhythm = Rhythm(kick_off_date=KICK_OFF, go_live_date=GO_LIVE)
    return rhythm_on(
        day,
        rhythm,
        holder_from=holder_from,
        last_talk=last_talk,
        booked=booked,
        calendar=WEEKDAYS,
    )


@pytest.mark.parametrize(
    ("day", "status"),
    [
        (date(2027, 3, 9), RhythmStatus.FINE),  # 13 days after the talk
        (date(2027, 3, 10), RhythmStatus.DUE),  # 14 days: ideal
        (date(2027, 3, 16), RhythmStatus.DUE),
        (date(2027, 3, 17), RhythmStatus.LATE),  # 21 days: longest
    ],
)
def test_talk_is_due_after_the_ideal_and_late_after_the_longest_days(day, status):
    assert state_on(day).status == status


def test_talk_due_on_a_weekend_is_due_on_monday():
    # Last talk on Saturday 20 February: 14 days later is Saturday 6 March.
    state = state_on(date(2027, 3, 6), last_talk=date(2027, 2, 20))

    assert state.status == RhythmStatus.FINE
    assert state.next_due_date == date(2027, 3, 8)


def test_first_talk_is_due_when_the_lead_begins():
    state = state_on(date(2026, 12, 21), last_talk=None)

    assert state.is_first_talk
    assert state.status == RhythmStatus.DUE
    assert state.next_due_date == date(2026, 12, 21)


def test_first_talk_with_a_successor_is_due_on_his_first_working_day():
    state = state_on(date(2027, 3, 6), last_talk=None, holder_from=date(2027, 3, 6))

    assert state.next_due_date == date(2027, 3, 8)  # he began on a Saturday


@pytest.mark.parametrize(
    ("booked", "on_list"),
    [
        (None, True),
        (date(2027, 3, 12), False),  # before the longest day
        (date(2027, 3, 17), True),  # on the longest day: too late
        (date(2027, 3, 9), True),  # its day has passed
    ],
)
def test_booking_before_the_longest_day_takes_a_call_off_the_list(booked, on_list):
    state = state_on(date(2027, 3, 10), booked=booked)

    assert state.is_on_call_list == on_list


@pytest.mark.parametrize(
    ("days", "weight"),
    [
        (None, 1.0),
        (-3, 2.0),
        (0, 2.0),
        (1, 3.0),
        (30, 3.0),
        (105, 2.0),
        (180, 1.0),
        (400, 1.0),
    ],
)
def test_nearness_rises_towards_go_live(days, weight):
    assert nearness(days) == weight


def test_call_weight_stops_growing_after_four_spans():
    """By what else it grows stands with the stances."""
    very_late, later_still = [
        call_weight(state_on(day), somebody_waits=False, is_to_be_won=False)
        for day in (date(2027, 4, 30), date(2027, 5, 2))
    ]

    assert very_late == later_still


# --- From 2024 to 2037 ---------------------------------------------------------------


@pytest.mark.parametrize("place", [("", ""), ("US", "WA"), ("CN", ""), ("DE", "BY")])
def test_talk_falls_due_on_one_working_day_whatever_the_day_of_the_last(place):
    """29 February, the 31st and week 53 among them; the days are looked up in a list."""
    kept = Calendar("12345", *place)
    worked = [day for day in clock.DAYS if kept.is_working(day)]
    rhythm = Rhythm(kick_off_date=date(2024, 1, 1))

    for last in clock.DAYS[:-60]:
        state = rhythm_on(
            last,
            rhythm,
            holder_from=date(2020, 1, 1),
            last_talk=last,
            booked=None,
            calendar=kept,
        )
        ideal, longest = last + timedelta(days=14), last + timedelta(days=21)
        assert state.next_due_date == worked[bisect_left(worked, ideal)]
        assert state.late_from_date == worked[bisect_left(worked, longest)]
