"""One region's board: who has how much to do by when, who is stuck, away or overloaded.

Counted by the database: as many statements for ten tasks as for ten thousand, and no more
rows than there are people and pairs of days.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Count, DateField, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce, Greatest

from regions.calendar import Calendar, Corrections, today
from regions.models import Absence, Membership, Region, User
from regions.queries import corrections
from rollout.enums import DueWindow, TaskState
from rollout.load import Presence, WeekLoad, Work, load_of
from rollout.models import Task
from rollout.queries.boardwords import WeekBar, bars_of, sentence
from rollout.queries.tasklines import TaskLine, task_lines
from rollout.queries.tasklist import due_in
from rollout.queries.tasks import with_details

WEEKS = 4
STUCK_SHOWN = 10
# The columns of the board.
WINDOWS = (
    DueWindow.OVERDUE, DueWindow.WEEK, DueWindow.NEXT_WEEK, DueWindow.LATER,
)  # fmt: skip
# A task without a start begins a few working days before it is due, so those due a little
# after the last week still count into it.
MARGIN = timedelta(days=21)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cell:
    window: str
    label: str
    count: int


@dataclass(frozen=True)
class PersonLine:
    """One person: tasks of this region by when they are due, hours over all regions."""

    person: User
    blocked: int
    cells: list[Cell]
    weeks: list[WeekLoad]
    without_estimate: int
    away: list[Absence]

    @property
    def is_over(self) -> bool:
        return any(week.is_over for week in self.weeks)

    @property
    def total(self) -> int:
        return sum(cell.count for cell in self.cells)

    @property
    def bars(self) -> list[WeekBar]:
        return bars_of(self.weeks)


@dataclass(frozen=True)
class Board:
    """All that the page shows, worst first."""

    region: Region
    lines: list[PersonLine]
    unowned: list[Cell]
    unowned_blocked: int
    stuck: list[TaskLine]
    stuck_more: int
    days_off: list[date]

    @property
    def sentence(self) -> str:
        overdue = self.unowned[0].count + sum(one.cells[0].count for one in self.lines)
        overloaded = sum(line.is_over for line in self.lines)
        return sentence(len(self.stuck) + self.stuck_more, overdue, overloaded)

    @property
    def has_hours(self) -> bool:
        """Whether anybody's work, or time for it, is known in hours."""
        return not all(week.is_empty for line in self.lines for week in line.bars)

    @property
    def unowned_total(self) -> int:
        return sum(cell.count for cell in self.unowned)


def board_of(region: Region, at: datetime) -> Board:
    """Seven statements, whatever the region has."""
    day = today(region, at)
    tasks = Task.objects.filter(plan__region=region).unfinished().running()
    counts = _counts(tasks, day)
    people = {user.pk: user for user in _people(region, counts, at)}
    corrected = corrections()
    works, unknown = _works(people, at)
    away = _absences(people, day)
    lines = [
        _line(user, counts.get(pk, {}), works[pk], unknown[pk], away[pk], corrected, at)
        for pk, user in people.items()
    ]
    blocked = with_details(tasks.filter(state=TaskState.BLOCKED))
    stuck = list(blocked.order_by("due_date", "id")[:STUCK_SHOWN])
    all_blocked = sum(one["blocked"] for one in counts.values())
    nobodys = counts.get(None, {})
    return Board(
        region=region,
        lines=sorted(lines, key=_worst_first),
        unowned=_cells(nobodys),
        unowned_blocked=nobodys.get("blocked", 0),
        stuck=task_lines(stuck, day),
        stuck_more=all_blocked - len(stuck),
        days_off=_days_off(Calendar.of(region, corrected), day),
    )


def _worst_first(line: PersonLine) -> tuple[Any, ...]:
    overdue = line.cells[0].count
    return -line.blocked, not line.is_over, -overdue, -line.total, line.person.name


def _counts(tasks: QuerySet[Task], day: date) -> dict[int | None, dict[str, int]]:
    """By owner, in one statement."""
    windows = {
        str(window.value): Count("id", filter=due_in(window, day)) for window in WINDOWS
    }
    blocked = Count("id", filter=Q(state=TaskState.BLOCKED))
    rows: Any = tasks.order_by().values("owner").annotate(blocked=blocked, **windows)
    return {row["owner"]: row for row in rows}


def _people(
    region: Region, counts: Iterable[int | None], at: datetime
) -> QuerySet[User]:
    """Who works in the region now, and whoever else has a task in it."""
    here = Membership.objects.held_on(at).filter(region=region).values("user")
    owners = [pk for pk in counts if pk is not None]
    rows: QuerySet[User] = User.objects.filter(Q(pk__in=here) | Q(pk__in=owners))
    return rows.order_by("name", "id")


def _works(
    people: Iterable[int], at: datetime
) -> tuple[dict[int, list[Work]], dict[int, int]]:
    """Hours left over *all* regions, summed where the days are the same; and how many
    tasks nobody estimated. One statement."""
    # What is overdue falls together; where people are it is a day more or less.
    least = Value(at.date() - 2 * A_DAY, DateField())
    last = at.date() + timedelta(weeks=WEEKS) + MARGIN
    near = Q(start_date=None, due_date__lte=last) | Q(start_date__lte=last)
    rows = (
        Task.objects.unfinished()
        .running()
        .filter(owner__in=list(people))
        .order_by()
        .annotate(
            ends=Greatest("due_date", least),
            left=Coalesce("remaining_hours", "effort_hours"),
            is_blocked=Q(state=TaskState.BLOCKED),
        )
        .values_list("owner", "start_date", "ends", "is_blocked")
        .annotate(
            hours=Sum("left", filter=near),
            unknown=Count("id", filter=Q(left=None)),
        )
        .filter(Q(hours__isnull=False) | Q(unknown__gt=0))
    )
    works: dict[int, list[Work]] = defaultdict(list)
    unknown: dict[int, int] = defaultdict(int)
    for owner, start, ends, is_blocked, hours, missing in rows:
        unknown[owner] += missing
        if hours:
            works[owner].append(Work(start, ends, Decimal(hours), bool(is_blocked)))
    return works, unknown


def _absences(people: Iterable[int], day: date) -> dict[int, list[Absence]]:
    rows = Absence.objects.over(day - A_DAY, day + timedelta(weeks=WEEKS))
    found: dict[int, list[Absence]] = defaultdict(list)
    named = rows.filter(user__in=list(people)).select_related("deputy")
    for row in named.order_by("from_date", "id"):
        found[row.user_id].append(row)
    return found


def _line(
    user: User,
    counts: dict[str, int],
    works: list[Work],
    unknown: int,
    away: list[Absence],
    corrected: Corrections,
    at: datetime,
) -> PersonLine:
    days = [(one.from_date, one.last_date) for one in away]
    presence = Presence(Calendar.of(user, corrected), user.hours_per_week, days)
    return PersonLine(
        person=user,
        blocked=counts.get("blocked", 0),
        cells=_cells(counts),
        weeks=load_of(works, presence, today(user, at), WEEKS),
        without_estimate=unknown,
        away=away,
    )


def _cells(counts: dict[str, int]) -> list[Cell]:
    return [
        Cell(window.value, str(window.label), counts.get(window.value, 0))
        for window in WINDOWS
    ]


def _days_off(calendar: Calendar, day: date) -> list[date]:
    """Days of the working week that are not worked in the region."""
    days = (day + timedelta(days=n) for n in range(7 * WEEKS))
    return [
        one
        for one in days
        if str(one.isoweekday()) in calendar.weekdays and not calendar.is_working(one)
    ]
