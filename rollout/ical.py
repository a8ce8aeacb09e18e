"""Entries of calendars as text that calendar programs read (RFC 5545, RFC 5546).

The only module that knows the package `icalendar`. The same entries are always the same
text: nothing in it is the moment of writing.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from icalendar import (
    Calendar,
    Event,
    Timezone,
    TimezoneDaylight,
    TimezoneStandard,
    vCalAddress,
    vText,
)

from regions.calendar import moment_of

PRODUCT = "-//Rollout//Calendar//EN"
A_DAY, A_MINUTE = timedelta(days=1), timedelta(minutes=1)
# How often programs should ask again that ask us at all.
REFRESH = timedelta(hours=1)
# What no calendar shows, and what some of them take for the end of a line.
UNSEEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029]+")


class Method(StrEnum):
    """What a mail wants of the calendar of whoever gets it."""

    REQUEST = "REQUEST"
    CANCEL = "CANCEL"
    PUBLISH = "PUBLISH"


@dataclass(frozen=True)
class Party:
    """Somebody who is named in an invitation."""

    name: str
    email: str


@dataclass(frozen=True)
class Entry:
    """A day or a time in a calendar. A later version of it has a higher `sequence`."""

    uid: str
    title: str
    day: date
    changed_at: datetime
    # By the clocks of `zone`; none: all of the day.
    at_time: time | None = None
    zone: ZoneInfo | None = None
    minutes: int = 0
    text: str = ""
    place: str = ""
    url: str = ""
    sequence: int = 0


def uid(kind: str, number: int) -> str:
    """The name of an entry in every calendar of the world; it never changes."""
    return f"{kind}-{number}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}"


def feed(entries: Sequence[Entry], name: str) -> str:
    """A calendar to subscribe to. Nothing in it makes its reader busy."""
    calendar = _calendar()
    calendar.add("x-wr-calname", _clean(name))
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for entry in entries:
        event = _event(entry, entry.changed_at)
        event.add("transp", "TRANSPARENT")
        calendar.add_component(event)
    return _text(calendar, entries)


def message(
    method: Method,
    entries: Sequence[Entry],
    dated_at: datetime,
    *,
    organizer: Party,
    attendees: Sequence[Party] = (),
) -> str:
    """What goes with a mail that has this date."""
    calendar = _calendar()
    calendar.add("method", method.value)
    for entry in entries:
        event = _event(entry, dated_at)
        event["organizer"] = _address(organizer)
        for one in attendees:
            event.add("attendee", _attendee(one))
        off = method == Method.CANCEL
        event.add("status", "CANCELLED" if off else "CONFIRMED")
        calendar.add_component(event)
    return _text(calendar, entries)


def method_of(text: str) -> str:
    """The method of a text of `message`."""
    found = re.search(r"^METHOD:([A-Z]+)\r?$", text, re.M)
    return found[1] if found else ""


def begins_at(entry: Entry) -> datetime:
    """With the offset of its zone; a time that is left out there is the first after it."""
    assert entry.at_time is not None, "asked of entries with a time"  # noqa: S101
    assert entry.zone is not None, "a time is by the clocks of a zone"  # noqa: S101
    at = moment_of(entry.day, entry.at_time, entry.zone)
    return at.astimezone(entry.zone)


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry, stamp: datetime) -> Event:
    event = Event()
    event.add("uid", entry.uid)
    event.add("sequence", entry.sequence)
    event.add("dtstamp", stamp.astimezone(UTC).replace(microsecond=0))
    event.add("last-modified", entry.changed_at.astimezone(UTC).replace(microsecond=0))
    event.add("summary", _clean(entry.title))
    starts, ends = _span(entry)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    for name in ("text", "place", "url"):
        if value := _clean(getattr(entry, name)):
            event.add(
                {"text": "description", "place": "location"}.get(name, name), value
            )
    return event


def _span(entry: Entry) -> tuple[Any, Any]:
    """Where clocks go back in between, only UTC says how long it takes."""
    if entry.at_time is None:
        return entry.day, entry.day + A_DAY
    starts = begins_at(entry)
    ends = (starts.astimezone(UTC) + timedelta(minutes=entry.minutes)).astimezone(
        starts.tzinfo
    )
    if starts.utcoffset() != ends.utcoffset():
        return starts.astimezone(UTC), ends.astimezone(UTC)
    return starts, ends


def _address(one: Party) -> vCalAddress:
    address = vCalAddress(f"mailto:{one.email}")
    # A parameter cannot hold a quotation mark.
    address.params["CN"] = vText(_clean(one.name).replace('"', "'").replace("\n", " "))
    return address


def _attendee(one: Party) -> vCalAddress:
    """No answer is asked for: it would go to an address that nobody reads."""
    address = _address(one)
    given = {"ROLE": "REQ-PARTICIPANT", "PARTSTAT": "NEEDS-ACTION", "RSVP": "FALSE"}
    address.params.update(given)
    return address


def _clean(text: str) -> str:
    return UNSEEN.sub(" ", text).strip()


def _text(calendar: Calendar, entries: Sequence[Entry]) -> str:
    """With the rules of all its zones; lines of at most 75 bytes, ended by CR and LF."""
    years = sorted({entry.day.year for entry in entries})
    for name in sorted(calendar.get_missing_tzids()):
        # Before the events, which come after what they are told by.
        calendar.subcomponents.insert(0, _timezone(name, years[0], years[-1]))
    text: str = calendar.to_ical().decode()
    return text


@lru_cache(maxsize=256)
def _timezone(name: str, first: int, last: int) -> Timezone:
    """The offsets of a zone from a year to another, one part for each change of its clocks.

    A change begins at what the clocks showed until then (RFC 5545, 3.6.5); the package
    would say what they show after it, where they leap ahead.
    """
    zone, rules = ZoneInfo(name), Timezone()
    rules.add("tzid", name)
    start = datetime(first - 1, 12, 31, tzinfo=UTC)
    for at in (start, *_changes(zone, start, datetime(last + 1, 1, 2, tzinfo=UTC))):
        now, before = at.astimezone(zone), (at - A_MINUTE).astimezone(zone)
        part = TimezoneDaylight() if now.dst() else TimezoneStandard()
        part.add("dtstart", at.replace(tzinfo=None) + _offset(before))
        part.add("tzoffsetfrom", _offset(before))
        part.add("tzoffsetto", _offset(now))
        part.add("tzname", now.tzname())
        rules.add_component(part)
    return rules


def _changes(zone: ZoneInfo, start: datetime, end: datetime) -> Iterator[datetime]:
    """The minutes, in UTC, from which the clocks of a zone go by another offset."""
    at = start
    while at < end:
        after = at + A_DAY
        if _offset(at.astimezone(zone)) != _offset(after.astimezone(zone)):
            yield _change_within(zone, at, after)
        at = after


def _change_within(zone: ZoneInfo, at: datetime, after: datetime) -> datetime:
    old = _offset(at.astimezone(zone))
    while after - at > A_MINUTE:
        middle = at + (after - at) // A_MINUTE // 2 * A_MINUTE
        if _offset(middle.astimezone(zone)) == old:
            at = middle
        else:
            after = middle
    return after


def _offset(at: datetime) -> timedelta:
    return at.utcoffset() or timedelta()
