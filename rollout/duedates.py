"""When a step is due in a region, counted back from its go-live, and how far a task slipped.

Plain functions of days. The rule, as headquarters words it:

- A step counted in days stays on its day, also on a Sunday: a Sunday cut-over is meant.
- A step counted in working days counts the days that the region works; go-live itself is
  0, and where go-live is not worked, the nearest worked day before it is.
- A step that needs the region is moved off holidays, weekends and blackouts: before
  go-live, and on it, to the free day before, after it to the next.
- Where no free day lies within 60 days, or the step would come before one that it waits
  for, the day is impossible: it is told, and stays as counted.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from types import MappingProxyType
from typing import Protocol, TypeVar
from zoneinfo import ZoneInfo

from pilots.enums import OffsetUnit
from regions.calendar import NoWorkingDay, WorkableDays
from rollout.models import Task

Key = TypeVar("Key", bound=Hashable)


class Counted(Protocol):
    """How far from go-live something lies: a step, or what a file says of one."""

    @property
    def offset_days(self) -> int: ...
    @property
    def offset_unit(self) -> str: ...
    @property
    def needs_region(self) -> bool: ...


class Trouble(Enum):
    """Why a day is impossible."""

    NO_FREE_DAY = "no free day"
    BEFORE_PREDECESSOR = "before predecessor"


@dataclass(frozen=True)
class DueDate:
    """The day, and why it cannot be kept; it is never changed for that."""

    day: date
    trouble: Trouble | None = None


def due_date(go_live: date, step: Counted, days: WorkableDays) -> DueDate:
    """When one step is due, whatever it waits for."""
    try:
        day = _counted(go_live, step, days)
    except NoWorkingDay:
        plain = go_live + timedelta(days=step.offset_days)
        return DueDate(plain, Trouble.NO_FREE_DAY)
    if not step.needs_region:
        return DueDate(day)
    try:
        return DueDate(days.first_free(day, 1 if step.offset_days > 0 else -1))
    except NoWorkingDay:
        return DueDate(day, Trouble.NO_FREE_DAY)


def _counted(go_live: date, step: Counted, days: WorkableDays) -> date:
    if step.offset_unit == OffsetUnit.DAY:
        return go_live + timedelta(days=step.offset_days)
    zero = days.calendar.first_working(go_live, -1)
    return days.calendar.add_working(zero, step.offset_days)


def due_dates(
    go_live: date,
    steps: Mapping[Key, Counted],
    days: WorkableDays,
    *,
    predecessors: Mapping[Key, Iterable[Key]] = MappingProxyType({}),
    fixed: Mapping[Key, date] = MappingProxyType({}),
) -> dict[Key, DueDate]:
    """Every step of a plan. `fixed` are the days of what is waited for and stays put."""
    found = {key: due_date(go_live, step, days) for key, step in steps.items()}
    known = {**fixed, **{key: one.day for key, one in found.items()}}
    return {
        key: one
        if one.trouble or not _is_before(one.day, predecessors.get(key, ()), known)
        else DueDate(one.day, Trouble.BEFORE_PREDECESSOR)
        for key, one in found.items()
    }


def _is_before(day: date, waits_for: Iterable[Key], known: Mapping[Key, date]) -> bool:
    return any(known[key] > day for key in waits_for if key in known)


def slip_days(task: Task, zone: ZoneInfo) -> int:
    """Days between what was promised and the day on which a task was finished in its
    region, or is due; negative is earlier."""
    finished = task.finished_at
    day = finished.astimezone(zone).date() if finished else task.due_date
    return (day - task.promised_date).days
