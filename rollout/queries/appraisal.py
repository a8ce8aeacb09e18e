"""The appraisal sheet of one person and time: facts of his tasks and answers, no score."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.calendar import moment_of, today
from regions.enums import Right
from regions.models import Membership, Region, User
from rollout.access import LOCAL_ROLES
from rollout.enums import ClarificationState, TaskState
from rollout.models import Clarification, Task

MONTHS_OF_A_QUARTER = 3


@dataclass(frozen=True)
class Period:
    """Days, both included, where a person is."""

    first: date
    last: date
    zone: ZoneInfo

    @property
    def begins_at(self) -> datetime:
        return moment_of(self.first, time(), self.zone)

    @property
    def ends_at(self) -> datetime:
        """The moment after it."""
        return moment_of(self.last + timedelta(days=1), time(), self.zone)


@dataclass(frozen=True)
class AppraisalLine:
    """One task: when it was promised, when it was due, and how many days late it came.

    `late_days` count from the current day, `first_late_days` from the first one promised:
    to the day it was finished, or for an open task to the end of the time or today.
    """

    task: Task
    finished_date: date | None
    late_days: int
    first_late_days: int

    @property
    def is_finished(self) -> bool:
        return self.finished_date is not None

    @property
    def counts(self) -> bool:
        """Whether the manager marked it as counting."""
        return self.task.counts

    @property
    def agreed(self) -> str:
        return self._said(self.late_days)

    @property
    def first(self) -> str:
        return self._said(self.first_late_days)

    def _said(self, late: int) -> str:
        if late > 0:
            return ngettext("%(n)d day late", "%(n)d days late", late) % {"n": late}
        if self.is_finished:
            return _("on time")
        return _("not due yet") if late < 0 else _("due on the last day")


@dataclass(frozen=True)
class AppraisalSheet:
    """Finished tasks by their day, then the open ones; and what the person confirmed."""

    person: User
    period: Period
    finished: list[AppraisalLine]
    open: list[AppraisalLine]
    confirmed: list[Clarification]

    @property
    def lines(self) -> list[AppraisalLine]:
        return self.finished + self.open

    @property
    def on_time(self) -> int:
        return sum(line.late_days <= 0 for line in self.finished)

    @property
    def on_first_day(self) -> int:
        return sum(line.first_late_days <= 0 for line in self.finished)

    @property
    def late(self) -> int:
        return len(self.finished) - self.on_time

    @property
    def overdue(self) -> int:
        return sum(line.late_days > 0 for line in self.open)

    @property
    def counting(self) -> list[AppraisalLine]:
        return [line for line in self.lines if line.counts]


def quarter_of(day: date) -> tuple[date, date]:
    """The first and the last day of the quarter that a day lies in."""
    month = day.month - (day.month - 1) % MONTHS_OF_A_QUARTER
    first = day.replace(month=month, day=1)
    after = (first + timedelta(days=31 * MONTHS_OF_A_QUARTER)).replace(day=1)
    return first, after - timedelta(days=1)


def appraisal_sheet(
    person: User, period: Period, reader: User, at: datetime
) -> AppraisalSheet:
    """Of the tasks in his charge: those finished in the time, and those due by its end that
    were open then. As far as the reader sees them; two queries.
    """
    rows = _tasks(person, period, reader)
    until = min(period.last, today(person, at))
    lines = [_line(task, period, until) for task in rows]
    confirmed = (
        Clarification.objects.visible_to(reader)
        .filter(
            state=ClarificationState.CONFIRMED,
            confirmed_by=person,
            confirmed_at__gte=period.begins_at,
            confirmed_at__lt=period.ends_at,
        )
        .select_related("region", "task", "asked_by")
        .order_by("confirmed_at", "id")
    )
    return AppraisalSheet(
        person=person,
        period=period,
        finished=[line for line in lines if line.is_finished],
        open=[line for line in lines if not line.is_finished],
        confirmed=list(confirmed),
    )


def _tasks(person: User, period: Period, reader: User) -> QuerySet[Task]:
    """Dropped ones are nobody's merit or fault."""
    within = Q(finished_at__gte=period.begins_at, finished_at__lt=period.ends_at)
    open_then = Q(finished_at=None) | Q(finished_at__gte=period.ends_at)
    return (
        Task.objects.visible_to(reader)
        .filter(owner=person)
        .filter(within | (open_then & Q(due_date__lte=period.last)))
        .exclude(state=TaskState.DROPPED)
        .select_related("plan__region")
        .order_by("finished_at", "due_date", "id")
    )


def _line(task: Task, period: Period, until: date) -> AppraisalLine:
    finished = None
    if task.finished_at is not None and task.finished_at < period.ends_at:
        finished = task.finished_at.astimezone(period.zone).date()
    end = finished or until
    return AppraisalLine(
        task=task,
        finished_date=finished,
        late_days=(end - task.due_date).days,
        first_late_days=(end - task.first_due_date).days,
    )


def people_of(region: Region, reader: User, at: datetime) -> list[User]:
    """Whose sheets somebody may open from the page of a region. At most one query."""
    if not reader.standing.may(Right.READ_APPRAISAL, region.pk):
        return []
    held = Membership.objects.held_on(at).filter(region=region, role__in=LOCAL_ROLES)
    people = User.objects.filter(pk__in=held.values("user"), left_date=None)
    return list(people.order_by("name", "id"))


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    return [
        _("Kind"),
        _("Region"),
        _("Title"),
        _("First due"),
        _("Due"),
        _("Finished"),
        _("State"),
        _("On the first day promised"),
        _("On the current day"),
        _("Days after the first day promised"),
        _("Days after the current day"),
        _("Counts"),
    ]


def export_rows(sheet: AppraisalSheet) -> Iterator[list[object]]:
    """A line for each task, then one for each answer that was confirmed."""
    for line in sheet.lines:
        task = line.task
        yield [
            _("Task"),
            task.plan.region.name,
            task.title,
            task.first_due_date,
            task.due_date,
            line.finished_date,
            pgettext("appraisal", "finished")
            if line.is_finished
            else pgettext("appraisal", "open"),
            line.first,
            line.agreed,
            line.first_late_days,
            line.late_days,
            _("yes") if line.counts else "",
        ]
    zone = sheet.period.zone
    for row in sheet.confirmed:
        day = row.confirmed_at.astimezone(zone).date() if row.confirmed_at else None
        said = pgettext("clarification", "confirmed")
        yield [
            _("Clarification"), row.region.name, row.question, None, row.due_date, day,
            said, "", "", None, None, "",
        ]  # fmt: skip
