"""How loaded one person is: hours of open tasks, week by week, against his hours a week.

Plain functions of what is left to do, a day and a calendar; `rollout.queries.board` reads
the rows. The rule in words stands in docs/rules.md.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from regions.calendar import Calendar, NoWorkingDay, monday_of

# A task without a start is taken to begin so many working days before it is due.
LEAD_DAYS = 4
DAYS_OF_A_WEEK = 5
NOTHING = Decimal(0)
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)


@dataclass(frozen=True)
class Work:
    """What is left to do of open tasks with the same days."""

    start: date | None
    due: date
    hours: Decimal
    is_blocked: bool = False


@dataclass(frozen=True)
class WeekLoad:
    """One ISO week: hours to do, how many of them are blocked, and hours there are.

    No capacity means that nobody knows it: then the hours are told and nothing judged.
    """

    monday: date
    hours: Decimal
    blocked: Decimal
    capacity: Decimal | None

    @property
    def is_over(self) -> bool:
        return self.capacity is not None and self.hours > self.capacity


@dataclass(frozen=True)
class Presence:
    """When somebody works: his calendar, the days he is away, his hours a week if known."""

    calendar: Calendar
    hours_per_week: int | None
    away: Collection[tuple[date, date]] = ()

    def is_here(self, day: date) -> bool:
        is_away = any(first <= day <= last for first, last in self.away)
        return not is_away and self.calendar.is_working(day)

    def capacity(self, monday: date, today: date) -> Decimal | None:
        """Hours a week × working days present / 5; of the running week what is left."""
        if self.hours_per_week is None:
            return None
        days = (monday + A_DAY * n for n in range(7))
        present = sum(day >= today and self.is_here(day) for day in days)
        return Decimal(self.hours_per_week) * present / DAYS_OF_A_WEEK


def load_of(
    works: Iterable[Work], presence: Presence, today: date, weeks: int
) -> list[WeekLoad]:
    """The running week and those after it."""
    hours: dict[date, Decimal] = defaultdict(Decimal)
    blocked: dict[date, Decimal] = defaultdict(Decimal)
    first = monday_of(today)
    mondays = [first + A_WEEK * n for n in range(weeks)]
    for work in works:
        for monday, share in spread(work, presence.calendar, today).items():
            hours[monday] += share
            if work.is_blocked:
                blocked[monday] += share
    return [
        WeekLoad(
            monday,
            hours.get(monday, NOTHING),
            blocked.get(monday, NOTHING),
            presence.capacity(monday, today),
        )
        for monday in mondays
    ]


def spread(work: Work, calendar: Calendar, today: date) -> dict[date, Decimal]:
    """Hours by the Monday of their week: even shares for each working day from its start
    to its due day, neither before today; with none between, all on the next one."""
    begin = max(work.start or _begin(work.due, calendar), today)
    end = max(work.due, today)
    counts: dict[date, int] = defaultdict(int)
    day = begin
    while day <= end:
        if calendar.is_working(day):
            counts[monday_of(day)] += 1
        day += A_DAY
    if not counts:
        counts[monday_of(_next(end, calendar))] = 1
    total = sum(counts.values())
    return {monday: work.hours * n / total for monday, n in counts.items()}


def _begin(due: date, calendar: Calendar) -> date:
    try:
        return calendar.add_working(due, -LEAD_DAYS)
    except NoWorkingDay:
        return due


def _next(day: date, calendar: Calendar) -> date:
    """Where nothing is worked for very long, the day itself: the hours are not lost."""
    try:
        return calendar.first_working(day)
    except NoWorkingDay:
        return day
