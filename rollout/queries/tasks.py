"""What is read about tasks: one person's week, one region's state of things."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.calendar import monday_of, today
from regions.enums import Role
from regions.models import HistoryEntry, Region, User
from regions.queries import on_duty
from regions.wording import clock, day, days
from rollout.enums import UNFINISHED, RequestKind, RequestState, TaskState
from rollout.models import Task, TaskRequest
from rollout.queries.requests import about_request, asked_about

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class TaskLine:
    """A task as its row shows it: what, by when in words, and who waits."""

    task: Task
    due: str
    is_late: bool
    detail: str
    # The newest request about it, and what became of it.
    request: TaskRequest | None = None
    asked: str = ""

    @property
    def saved(self) -> str:
        """When Done was saved, by the clock of the reader."""
        at = self.task.finished_at
        return clock(timezone.localtime(at)) if at else ""

    @property
    def is_done(self) -> bool:
        return self.task.state == TaskState.DONE

    @property
    def is_blocked(self) -> bool:
        return self.task.state == TaskState.BLOCKED


@dataclass(frozen=True)
class WeekHead:
    """How a person's week stands, in numbers: what is left, what he finished since Monday."""

    count: int
    finished: int
    later: int
    next_due: date | None
    # Named once above the list where all tasks are of one region; else in every row.
    region: str


@dataclass(frozen=True)
class Week:
    """One person's tasks: what is late, what is for today and the next seven days.

    `not_mine` has those that he handed back: they are in nobody's week until answered.
    """

    head: WeekHead
    overdue: list[TaskLine]
    today: list[TaskLine]
    ahead: list[TaskLine]
    done: list[TaskLine]
    not_mine: list[TaskLine]


def with_details(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related(
        "plan__region", "plan__wave", "step", "owner", "waits_for"
    )


def week_head(user: User, at: datetime) -> WeekHead:
    """One query, however many tasks somebody has."""
    now = today(user, at)
    monday = _midnight(user, monday_of(now))
    finished = Q(state=TaskState.DONE, finished_at__gte=monday)
    left = Q(state__in=UNFINISHED, is_handed_back=False)
    due = left & Q(due_date__lte=now + AHEAD)
    shown = due | Q(state=TaskState.DONE, finished_at__gte=_midnight(user, now))
    found = _mine(user).aggregate(
        count=Count("pk", filter=due),
        finished=Count("pk", filter=finished),
        later=Count("pk", filter=left & Q(due_date__gt=now + AHEAD)),
        next_due=Min("due_date", filter=left & Q(due_date__gt=now + AHEAD)),
        regions=Count("plan__region", filter=shown, distinct=True),
        region=Min("plan__region__name", filter=shown),
    )
    one_region = found.pop("regions") == 1
    return WeekHead(**{**found, "region": found["region"] if one_region else ""})


def week_of(user: User, at: datetime) -> Week:
    """Overdue, today and the next seven days of this person only. Three queries."""
    now = today(user, at)
    wanted = Q(state__in=UNFINISHED) & (
        Q(due_date__lte=now + AHEAD) | Q(is_handed_back=True)
    )
    done_today = Q(state=TaskState.DONE, finished_at__gte=_midnight(user, now))
    rows: list[Any] = list(
        with_details(_mine(user).filter(wanted | done_today)).order_by("due_date", "id")
    )
    asked = asked_about(task.pk for task in rows)
    lines = [task_line(task, now, asked.get(task.pk)) for task in rows]
    handed_back = {task.pk for task in rows if task.is_handed_back}
    left = [line for line in lines if not line.is_done]
    mine = [line for line in left if line.task.pk not in handed_back]
    return Week(
        head=week_head(user, at),
        overdue=[line for line in mine if line.task.due_date < now],
        today=[line for line in mine if line.task.due_date == now],
        ahead=[line for line in mine if line.task.due_date > now],
        done=sorted(
            (line for line in lines if line.is_done), key=_finished, reverse=True
        ),
        not_mine=[line for line in left if line.task.pk in handed_back],
    )


def later_of(user: User, at: datetime) -> QuerySet[Task]:
    """What the week leaves out."""
    rows = _mine(user).filter(
        state__in=UNFINISHED,
        is_handed_back=False,
        due_date__gt=today(user, at) + AHEAD,
    )
    return with_details(rows).order_by("due_date", "id")


def _mine(user: User) -> QuerySet[Any]:
    """Somebody's tasks, with whether he said that one is not his and has no answer yet."""
    handed_back = TaskRequest.objects.filter(
        task=OuterRef("pk"), kind=RequestKind.NOT_MINE, state=RequestState.OPEN
    )
    return Task.objects.filter(owner=user).annotate(is_handed_back=Exists(handed_back))


def _midnight(user: User, day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=user.zone)


def _finished(line: TaskLine) -> datetime:
    assert line.task.finished_at is not None, "done tasks say when"  # noqa: S101
    return line.task.finished_at


def task_line(task: Task, now: date, asked: TaskRequest | None = None) -> TaskLine:
    late = (now - task.due_date).days
    unfinished = task.finished_at is None and task.state != TaskState.DROPPED
    if late > 0 and unfinished:
        due = _("%(days)s late") % {"days": days(late)}
    elif late == 0 and unfinished:
        due = _("Due today")
    else:
        due = day(task.due_date)
    return TaskLine(
        task=task,
        due=due,
        is_late=late > 0 and unfinished,
        detail=_detail(task),
        request=asked,
        asked=about_request(asked) if asked and unfinished else "",
    )


def task_lines(rows: Iterable[Task], now: date) -> list[TaskLine]:
    return [task_line(task, now) for task in rows]


def region_tasks(region: Region) -> QuerySet[Task]:
    """A region's unfinished tasks, blocked ones first, then by day."""
    return with_details(Task.objects.filter(plan__region=region).unfinished()).order_by(
        "due_date", "id"
    )


def last_act(task: Task) -> HistoryEntry | None:
    """The newest act on a task, the one that undo would take back."""
    return HistoryEntry.objects.of(task).select_related("by").order_by("-id").first()


def liaison_for(task: Task, user: User) -> User | None:
    """Whom a blocked task waits for when its owner names nobody. One query."""
    region = task.plan.region_id
    held = on_duty(user.moment, Role.LIAISON, regions=[region])[Role.LIAISON, region]
    return next((one.user for one in held if one.user != user), None)


def _detail(task: Task) -> str:
    if task.state == TaskState.BLOCKED:
        note = task.block_note or task.get_block_reason_display()
        if task.waits_for is None:
            return _("Blocked: %(why)s") % {"why": note}
        return _("Blocked: %(why)s (%(who)s)") % {
            "why": note,
            "who": task.waits_for.name,
        }
    if task.state == TaskState.STARTED:
        return _("Started")
    return task.step.note if task.step and task.step.note else ""
