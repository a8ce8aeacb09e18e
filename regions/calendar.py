"""Days: which are worked, which is the next, what day it is somewhere, and when a time is.

Public holidays come from the package `holidays`, by country and by state or province;
headquarters corrects them day by day.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

import holidays

# Beyond this many days without a free one, a date is reported as impossible.
SEARCH_DAYS = 60
MINUTE = timedelta(minutes=1)


class NoWorkingDay(Exception):  # noqa: N818 - a finding about a calendar, not a fault
    """No working day lies within the search range."""


class HasZone(Protocol):
    @property
    def zone(self) -> ZoneInfo: ...


class HasCalendar(HasZone, Protocol):
    """A region or a person: both live somewhere and work on some weekdays."""

    @property
    def working_days(self) -> str: ...
    @property
    def country(self) -> str: ...
    @property
    def subdivision(self) -> str: ...


@dataclass(frozen=True)
class Corrections:
    """What headquarters corrects in the public holidays, read once for a moment.

    Whether a day is worked after all, by country, state or province ("" in all of the
    country) and day.
    """

    worked: Mapping[tuple[str, str, date], bool] = field(default_factory=dict)

    def says(self, country: str, subdivision: str, day: date) -> bool | None:
        """The narrower correction goes before the wider; none where there is neither."""
        narrow = self.worked.get((country, subdivision, day))
        return self.worked.get((country, "", day)) if narrow is None else narrow


@dataclass(frozen=True)
class Calendar:
    """Working days of one region or person; weekdays are ISO digits, 1 for Monday."""

    weekdays: str
    country: str = ""
    subdivision: str = ""
    corrections: Corrections = field(default_factory=Corrections)

    @classmethod
    def of(cls, somebody: HasCalendar, corrections: Corrections) -> "Calendar":
        return cls(
            somebody.working_days, somebody.country, somebody.subdivision, corrections
        )

    def is_working(self, day: date) -> bool:
        """A correction first, then the country's days off and the weekends it works, as
        China does; else the weekday decides."""
        worked = self.corrections.says(self.country, self.subdivision, day)
        if worked is None:
            worked = _public(self.country, self.subdivision, day.year).get(day)
        return str(day.isoweekday()) in self.weekdays if worked is None else worked

    def first_working(self, day: date, step: int = 1) -> date:
        """`day` itself or the nearest working day after it (before it with step -1)."""
        return _first(self.is_working, day, step)

    def add_working(self, day: date, count: int) -> date:
        """The day `count` working days after `day`; negative counts backwards."""
        step = 1 if count > 0 else -1
        for _number in range(abs(count)):
            day = self.first_working(day + timedelta(days=step), step)
        return day

    def opens_week(self, day: date) -> bool:
        """Monday, or the first day after it that is worked in its week."""
        before = (day - timedelta(days=back) for back in range(1, day.isoweekday()))
        return self.is_working(day) and not any(map(self.is_working, before))


def _first(fits: Callable[[date], bool], day: date, step: int) -> date:
    """`day` itself or the nearest that fits, in steps of one day; never beyond the range."""
    for distance in range(SEARCH_DAYS + 1):
        candidate = day + timedelta(days=step * distance)
        if fits(candidate):
            return candidate
    raise NoWorkingDay(day)


@dataclass(frozen=True)
class Closed:
    """Days on which a programme asks nothing of a region, first to last, and why."""

    first: date
    last: date
    reason: str = ""

    def holds_on(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True)
class WorkableDays:
    """What a region works, and of that what a programme leaves it: its free days."""

    calendar: Calendar
    blackouts: tuple[Closed, ...] = ()

    def closed_on(self, day: date) -> Closed | None:
        """The blackout that a day lies in."""
        return next((one for one in self.blackouts if one.holds_on(day)), None)

    def is_free(self, day: date) -> bool:
        return self.calendar.is_working(day) and self.closed_on(day) is None

    def first_free(self, day: date, step: int) -> date:
        """`day` itself or the nearest free day after it (before it with step -1)."""
        return _first(self.is_free, day, step)


@lru_cache(maxsize=4096)
def _public(country: str, subdivision: str, year: int) -> Mapping[date, bool]:
    """Days off (False) and weekends worked (True); none for a place that is not known."""
    try:
        kept = holidays.country_holidays(country, subdivision or None, years=year)
    except NotImplementedError:
        return {}
    worked = {day: True for day in kept.weekend_workdays if day.year == year}
    return dict.fromkeys(kept, False) | worked


def today(somebody: HasZone, at: datetime) -> date:
    """The day it is where somebody is."""
    return at.astimezone(somebody.zone).date()


def monday_of(day: date) -> date:
    """The Monday of the ISO week that a day lies in."""
    return day - timedelta(days=day.isoweekday() - 1)


def moment_of(day: date, wall: time, zone: ZoneInfo) -> datetime:
    """When the clocks of a zone show a time on a day, in UTC.

    The first of the two where they show it twice, and the first minute after the gap
    where they leave it out.
    """
    shown = datetime.combine(day, wall)
    while True:
        at = shown.replace(tzinfo=zone).astimezone(UTC)
        if at.astimezone(zone).replace(tzinfo=None) == shown:
            return at
        shown = shown.replace(second=0, microsecond=0) + MINUTE
