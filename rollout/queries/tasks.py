"""What is read about tasks: one person's week, one region's state of things."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from regions.calendar import today
from regions.models import HistoryEntry, Region, User
from regions.wording import day, days
from rollout.duedates import slip_days
from rollout.enums import UNFINISHED, TaskState
from rollout.models import Task

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class TaskLine:
    """A task as its row shows it: what, by when in words, and who waits."""

    task: Task
    due: str
    is_late: bool
    detail: str
    # By how much its day, or the day it was finished, differs from what was promised.
    slip: str = ""

    @property
    def is_done(self) -> bool:
        return self.task.state == TaskState.DONE

    @property
    def is_blocked(self) -> bool:
        return self.task.state == TaskState.BLOCKED

    @property
    def is_unfinished(self) -> bool:
        return self.task.state in UNFINISHED


@dataclass(frozen=True)
class Week:
    """One person's tasks: what is late, what is for today and the next seven days."""

    overdue: list[TaskLine]
    today: list[TaskLine]
    ahead: list[TaskLine]
    done: list[TaskLine]
    later: int
    next_due: date | None
    # Named once above the list where all tasks are of one region; else in every row.
    region: Region | None

    @property
    def count(self) -> int:
        return len(self.overdue) + len(self.today) + len(self.ahead)


def with_details(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related(
        "plan__region", "plan__wave", "step", "owner", "backup", "waits_for"
    )


def week_of(user: User, at: datetime) -> Week:
    """Overdue, today and the next seven days of this person only. Two queries."""
    now = today(user, at)
    rows = list(
        with_details(Task.objects.running().filter(owner=user).unfinished()).order_by(
            "due_date", "id"
        )
    )
    midnight = at.astimezone(user.zone).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    done = with_details(
        Task.objects.filter(owner=user, state=TaskState.DONE, finished_at__gte=midnight)
    ).order_by("-finished_at", "id")
    regions = {task.plan.region for task in (*rows, *done)}
    later = [task for task in rows if task.due_date > now + AHEAD]
    return Week(
        overdue=[task_line(task, now) for task in rows if task.due_date < now],
        today=[task_line(task, now) for task in rows if task.due_date == now],
        ahead=[
            task_line(task, now) for task in rows if now < task.due_date <= now + AHEAD
        ],
        done=[task_line(task, now) for task in done],
        later=len(later),
        next_due=later[0].due_date if later else None,
        region=regions.pop() if len(regions) == 1 else None,
    )


def later_of(user: User, at: datetime) -> QuerySet[Task]:
    """What the week leaves out."""
    rows = Task.objects.running().filter(
        owner=user, due_date__gt=today(user, at) + AHEAD
    )
    rows = rows.unfinished()
    return with_details(rows).order_by("due_date", "id")


def task_line(task: Task, now: date) -> TaskLine:
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
        slip=_slip(task),
    )


def _slip(task: Task) -> str:
    """3 days later than agreed; nothing where it is as promised."""
    slip = slip_days(task, task.plan.region.zone)
    if not slip:
        return ""
    words = {
        (True, True): _("%(days)s later than agreed"),
        (True, False): _("%(days)s earlier than agreed"),
        (False, True): _("%(days)s later than first planned"),
        (False, False): _("%(days)s earlier than first planned"),
    }
    said = words[task.baseline_date is not None, slip > 0]
    return said % {"days": days(abs(slip))}


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
