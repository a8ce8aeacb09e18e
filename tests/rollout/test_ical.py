"""Entries as calendar programs read them, by the package `icalendar` and a clock of our own."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar

from rollout.ical import Entry, Method, Party, feed, message, method_of
from tests.clock import ZONES, jumps, moment

pytestmark = pytest.mark.any_store

AT = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)
HOUSE = Party("ERP roll-out", "rollout@example.org")


def entry(day, wall=None, zone="Europe/Berlin", **values):
    values = {"uid": "check-in-1@example.org", "title": "Talk", "minutes": 15} | values
    return Entry(day=day, at_time=wall, zone=ZoneInfo(zone), changed_at=AT, **values)


def read(text):
    """The events, once the text is found to be what programs want."""
    lines = text.encode().split(b"\r\n")
    assert lines.pop() == b""
    assert max(map(len, lines)) <= 75
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    return Calendar.from_ical(text)


def seen_by_its_own_rules(calendar, event):
    """When an event begins, by nothing but the offsets that stand in the text itself."""
    shown = event["dtstart"].dt.replace(tzinfo=None)
    if (zone := event["dtstart"].params.get("TZID")) is None:
        return event["dtstart"].dt
    (rules,) = [one for one in calendar.timezones if one["tzid"] == zone]
    parts = sorted(rules.subcomponents, key=lambda part: part["dtstart"].dt)
    past = [part for part in parts if part["dtstart"].dt <= shown]
    return (shown - past[-1]["tzoffsetto"].td).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("zone", "before", "after"),
    [
        ("Europe/Berlin", date(2027, 3, 26), date(2027, 3, 29)),
        ("Europe/Berlin", date(2027, 10, 29), date(2027, 11, 1)),
        ("America/New_York", date(2027, 3, 12), date(2027, 3, 15)),
        ("Asia/Shanghai", date(2027, 3, 26), date(2027, 3, 29)),
    ],
)
def test_wall_time_stays_across_a_change_of_the_clocks(zone, before, after):
    days = [entry(day, time(9, 30), zone) for day in (before, after)]

    calendar = read(feed(days, "Rollout"))

    shown = [event["dtstart"].dt for event in calendar.events]
    assert [f"{one:%m-%d %H:%M}" for one in shown] == [
        f"{before:%m-%d} 09:30",
        f"{after:%m-%d} 09:30",
    ]
    for event, day in zip(calendar.events, (before, after), strict=True):
        there = datetime.combine(day, time(9, 30), ZoneInfo(zone))
        assert event["dtstart"].dt == there == seen_by_its_own_rules(calendar, event)
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=15)


@pytest.mark.parametrize("zone", ZONES)
def test_rules_of_a_zone_are_those_of_the_world(zone):
    """Each change of 2026 to 2028 in its minute, and any time of a year of talks."""
    days = [date(2027, month, 28) for month in range(1, 13)]
    walls = [time(0, 30), time(2, 30), time(12), time(23, 45)]
    entries = [entry(day, wall, zone) for day in days for wall in walls]

    calendar = read(feed(entries, "Rollout"))

    (rules,) = calendar.timezones
    onsets = [
        (part["dtstart"].dt - part["tzoffsetfrom"].td).replace(tzinfo=UTC)
        for part in rules.subcomponents
    ]
    there = [one for one in jumps(zone) if one.year == 2027]
    assert [one for one in onsets[1:] if one.year == 2027] == there
    for event, one in zip(calendar.events, entries, strict=True):
        expected = moment(zone, one.day, one.at_time)
        assert seen_by_its_own_rules(calendar, event) == expected


def test_talk_over_which_clocks_go_back_lasts_its_minutes():
    calendar = read(feed([entry(date(2027, 10, 31), time(2, 50))], "Rollout"))

    (event,) = calendar.events
    assert event["dtstart"].dt == datetime(2027, 10, 31, 0, 50, tzinfo=UTC)
    assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=15)


def test_day_without_a_time_is_all_of_it():
    (event,) = read(feed([entry(date(2027, 3, 11))], "Rollout")).events

    assert (event["dtstart"].dt, event["dtend"].dt) == (
        date(2027, 3, 11),
        date(2027, 3, 12),
    )
    assert event["transp"] == "TRANSPARENT"


@pytest.mark.parametrize("method", Method)
def test_message_says_who_what_and_which_version(method):
    one = entry(date(2027, 3, 11), time(15), sequence=3)
    people = [Party('The "CEO", of 北; x', "ceo@example.org"), HOUSE]

    text = message(method, [one], AT, organizer=HOUSE, attendees=people)

    calendar = read(text)
    (event,) = calendar.events
    assert calendar["method"] == method_of(text) == method
    assert event["organizer"] == "mailto:rollout@example.org"
    assert [one.params["CN"] for one in event["attendee"]] == [
        "The 'CEO', of 北; x",
        "ERP roll-out",
    ]
    assert (event["uid"], event["sequence"]) == ("check-in-1@example.org", 3)
    assert event["dtstamp"].dt == AT
    assert event["status"] == ("CANCELLED" if method == "CANCEL" else "CONFIRMED")


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=120))
def test_whatever_people_write_is_one_text_of_one_entry(text):
    one = entry(date(2027, 3, 11), time(15), title=text, text=text, place=text)
    people = [Party(text, "ceo@example.org")]

    calendar = read(
        message(Method.REQUEST, [one], AT, organizer=HOUSE, attendees=people)
    )

    (event,) = calendar.events
    assert str(event["uid"]) == "check-in-1@example.org"
    assert [str(address) for address in [event["attendee"]]] == [
        "mailto:ceo@example.org"
    ]
    assert len(calendar.subcomponents) == 2


def test_same_entries_are_the_same_text():
    days = [entry(date(2027, 3, 11), time(15)), entry(date(2027, 3, 29), time(15))]

    assert feed(days, "Rollout") == feed(days, "Rollout")
