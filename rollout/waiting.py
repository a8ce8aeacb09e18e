"""What it costs that an ask is not kept, and what was won when it was.

Plain functions of days. The rule, as headquarters words it:

- A task waits for an ask since it was blocked, at the earliest since the ask was made;
  where it waited for another ask before, since it does not any more.
- That costs the days that the region works after that day, up to today and with it.
- An ask that is kept frees its tasks. The days that the region works after that day, up
  to the day on which the first of them is due and with it, are won. Where that day has
  passed, the days worked since then are lost.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from regions.calendar import Calendar
from rollout.models import Task

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Wait:
    """A task that waits for an ask: since which day, and how many worked days that cost."""

    task: Task
    since: date
    cost: int


@dataclass(frozen=True)
class Waits:
    """All that wait for one ask, the longest waiting first."""

    waits: Sequence[Wait] = ()

    def __len__(self) -> int:
        return len(self.waits)

    @property
    def longest(self) -> int:
        return max((one.cost for one in self.waits), default=0)

    @property
    def total(self) -> int:
        return sum(one.cost for one in self.waits)

    @property
    def first_due(self) -> date | None:
        return min((one.task.due_date for one in self.waits), default=None)


@dataclass(frozen=True)
class Gain:
    """What an act freed: on which day, and how many worked days before the first of the
    tasks was due. Negative: so many after it."""

    day: date
    first_due: date
    won: int


def worked_days(after: date, until: date, calendar: Calendar) -> int:
    """The days worked after one day, up to another and with it; backwards they are less
    than nothing."""
    if until < after:
        return -worked_days(until, after, calendar)
    ahead = (after + A_DAY * n for n in range(1, (until - after).days + 1))
    return sum(map(calendar.is_working, ahead))


def waits_on(
    day: date, tasks: Iterable[tuple[Task, date]], asked: date, calendar: Calendar
) -> Waits:
    """What the tasks cost by a day that have waited since theirs for an ask of that day."""
    found = [
        Wait(task, since := max(blocked, asked), worked_days(since, day, calendar))
        for task, blocked in tasks
    ]
    return Waits(sorted(found, key=lambda one: (one.since, one.task.pk)))


def gain_of(day: date, due_dates: Iterable[date], calendar: Calendar) -> Gain | None:
    """What was won on the day on which tasks due on these days were freed."""
    first = min(due_dates, default=None)
    return Gain(day, first, worked_days(day, first, calendar)) if first else None
