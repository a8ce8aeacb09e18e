"""Days: which are worked, which is the next, and what day it is somewhere."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

# Beyond this many days without a free one, a date is reported as impossible.
SEARCH_DAYS = 60


class NoWorkingDay(Exception):  # noqa: N818 - a finding about a calendar, not a fault
    """No working day lies within the search range."""


class HasCalendar(Protocol):
    """A region or a person: both live in a zone and work on some weekdays."""

    @property
    def zone(self) -> ZoneInfo: ...
    @property
    def working_days(self) -> str: ...


@dataclass(frozen=True)
class Calendar:
    """Working days of one region or person; weekdays are ISO digits, 1 for Monday."""

    weekdays: str

    @classmethod
    def of(cls, somebody: HasCalendar) -> "Calendar":
        return cls(somebody.working_days)

    def is_working(self, day: date) -> bool:
        return str(day.isoweekday()) in self.weekdays

    def first_working(self, day: date, step: int = 1) -> date:
        """`day` itself or the nearest working day after it (before it with step -1)."""
        for distance in range(SEARCH_DAYS + 1):
            candidate = day + timedelta(days=step * distance)
            if self.is_working(candidate):
                return candidate
        raise NoWorkingDay(day)

    def add_working(self, day: date, count: int) -> date:
        """The day `count` working days after `day`; negative counts backwards."""
        step = 1 if count > 0 else -1
        for _number in range(abs(count)):
            day = self.first_working(day + timedelta(days=step), step)
        return day


def today(somebody: HasCalendar, at: datetime) -> date:
    """The day it is where somebody is."""
    return at.astimezone(somebody.zone).date()


def monday_of(day: date) -> date:
    """The Monday of the ISO week that a day lies in."""
    return day - timedelta(days=day.isoweekday() - 1)
