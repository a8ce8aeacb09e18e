"""What is read about tasks: one person's week, one region's state of things."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.access import ALLOWED, Answer
from regions.calendar import moment_of, monday_of, today
from regions.enums import Role
from regions.models import HistoryEntry, Region, User
from regions.queries import on_duty
from regions.undoing import undo_answers
from regions.wording import clock, day, days
from rollout.duedates import slip_days
from rollout.enums import UNFINISHED, RequestKind, RequestState, TaskState
from rollout.models import Task, TaskRequest
from rollout.queries.requests import about_request, asked_about
from rollout.queries.taskparts import waiting_words, who_waits

AHEAD = timedelta(days=7)


@dataclass(frozen=True)
class TaskLine:
    """A task as its row shows it: what, by when in words, and who waits."""

    task: Task
    due: str
    is_late: bool
    # The newest request about it, and what became of it.
    request: TaskRequest | None = None
    asked: str = ""
    # Who cannot go on before it is finished.
    waiting: str = ""

    @property
    def detail(self) -> str:
        """Its state if that says more than its day does, else the note of its step."""
        return _detail(self.task)

    @property
    def slip(self) -> str:
        """By how much its day, or the day it was finished, differs from what was promised."""
        return _slip(self.task)

    @property
    def saved(self) -> str:
        """When Done was saved, by the clock of the reader."""
        at = self.task.finished_at
        return clock(timezone.localtime(at)) if at else ""

    @property
    def is_handed_back(self) -> bool:
        """Its owner said that it is not his, and has no answer yet."""
        one = self.request
        return one is not None and one.is_open and not one.is_date

    @property
    def is_done(self) -> bool:
        return self.task.state == TaskState.DONE

    @property
    def is_blocked(self) -> bool:
        return self.task.state == TaskState.BLOCKED

    @property
    def note(self) -> str:
        """What is worth knowing where the state has a column of its own."""
        return _why_blocked(self.task) if self.is_blocked else _step_note(self.task)

    @property
    def is_unfinished(self) -> bool:
        return self.task.state in UNFINISHED


@dataclass(frozen=True)
class WeekHead:
    """How a person's week stands, in numbers: what is left, what he finished since Monday."""

    count: int
    finished: int
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
    later: int


def with_details(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related(
        "plan__region", "plan__wave", "step", "owner", "backup", "waits_for",
        "waits_for_ask",
    )  # fmt: skip


# Written out, since a tap on Done counts the week too, and Django's making of this one
# statement took a fifth of the whole tap. Says the same as `week_of`, row by row. Each half
# has an index of its own, and is counted before it is joined, so that neither what somebody
# has besides this week nor how much of it there is costs much.
WEEK_HEAD = """
    SELECT
        COALESCE(SUM(mine.waiting), 0),
        COALESCE(SUM(mine.finished), 0),
        COUNT(DISTINCT region.id) FILTER (WHERE mine.shown > 0),
        MIN(region.name) FILTER (WHERE mine.shown > 0)
    FROM (
        SELECT plan_id, COUNT(*) AS waiting, 0 AS finished, COUNT(*) AS shown
        FROM rollout_task
        WHERE owner_id = %(owner)s
            AND state IN ('open', 'started', 'blocked') AND due_date <= %(last)s
            AND id NOT IN (
                SELECT task_id FROM rollout_taskrequest
                WHERE kind = 'not_mine' AND state = 'open'
            )
        GROUP BY plan_id
        UNION ALL
        SELECT plan_id, 0, COUNT(*), COUNT(*) FILTER (WHERE finished_at >= %(midnight)s)
        FROM rollout_task
        WHERE owner_id = %(owner)s AND finished_at >= %(monday)s
        GROUP BY plan_id
    ) mine
    JOIN rollout_plan plan ON plan.id = mine.plan_id
    JOIN regions_region region ON region.id = plan.region_id
    JOIN regions_programme programme ON programme.id = plan.programme_id
    WHERE region.archived_at IS NULL AND programme.closed_at IS NULL
"""


def week_head(user: User, at: datetime) -> WeekHead:
    """Two queries at most, of this week's tasks alone, however many somebody has."""
    now = today(user, at)
    kept = connection.ops
    values = {
        "owner": user.pk,
        "last": kept.adapt_datefield_value(now + AHEAD),
        "midnight": kept.adapt_datetimefield_value(moment_of(now, time(), user.zone)),
        "monday": kept.adapt_datetimefield_value(
            moment_of(monday_of(now), time(), user.zone)
        ),
    }
    with connection.cursor() as cursor:
        cursor.execute(WEEK_HEAD, values)
        count, finished, regions, region = cursor.fetchone()
    return WeekHead(
        # PostgreSQL's sums are decimals.
        count=int(count),
        finished=int(finished),
        next_due=None if count else _next_due(user, at),
        region=region if regions == 1 else "",
    )


def _next_due(user: User, at: datetime) -> date | None:
    """What an empty week ends with."""
    return later_of(user, at).values_list("due_date", flat=True).first()


def week_of(user: User, at: datetime) -> Week:
    """Overdue, today and the next seven days of this person only. Five queries, and one
    more when nothing of it is due."""
    now = today(user, at)
    wanted = Q(state__in=UNFINISHED, due_date__lte=now + AHEAD)
    wanted |= Q(state__in=UNFINISHED) & _handed_back()
    done_today = Q(
        state=TaskState.DONE, finished_at__gte=moment_of(now, time(), user.zone)
    )
    mine = Task.objects.running().filter(wanted | done_today, owner=user)
    rows = list(with_details(mine).order_by("due_date", "id"))
    lines = own_lines(rows, now)
    left = [line for line in lines if not line.is_done]
    kept = [line for line in left if not line.is_handed_back]
    return Week(
        head=week_head(user, at),
        overdue=[line for line in kept if line.task.due_date < now],
        today=[line for line in kept if line.task.due_date == now],
        ahead=[line for line in kept if line.task.due_date > now],
        done=sorted(
            (line for line in lines if line.is_done), key=_finished, reverse=True
        ),
        not_mine=[line for line in left if line.is_handed_back],
        later=later_of(user, at).count(),
    )


def later_of(user: User, at: datetime) -> QuerySet[Task]:
    """What the week leaves out."""
    rows = Task.objects.running().filter(
        ~_handed_back(), owner=user, due_date__gt=today(user, at) + AHEAD
    )
    return with_details(rows.unfinished()).order_by("due_date", "id")


def _handed_back() -> Q:
    """Whose owner said that it is not his, and has no answer yet."""
    asked = TaskRequest.objects.filter(
        kind=RequestKind.NOT_MINE, state=RequestState.OPEN
    )
    return Q(pk__in=asked.values("task"))


def _finished(line: TaskLine) -> datetime:
    assert line.task.finished_at is not None, "done tasks say when"  # noqa: S101
    return line.task.finished_at


def task_line(
    task: Task,
    now: date,
    asked: TaskRequest | None = None,
    waiting: Sequence[str] = (),
) -> TaskLine:
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
        request=asked,
        asked=about_request(asked) if asked and unfinished else "",
        waiting=waiting_words(waiting) if unfinished else "",
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


def own_lines(rows: Collection[Task], now: date) -> list[TaskLine]:
    """As their owner sees them: with what he asked, and who waits. Two queries."""
    asked, names = asked_about(task.pk for task in rows), who_waits(rows)
    return [
        task_line(task, now, asked.get(task.pk), names.get(task.pk, ()))
        for task in rows
    ]


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


def may_take_back(task: Task, entry: HistoryEntry, user: User) -> Answer:
    """Whether somebody takes back the act of this entry: his own on this task alone, as a
    backup does; else whoever may by the history, which asks about all that the act did."""
    whole = HistoryEntry.objects.filter(act=entry.act)
    elsewhere = whole.exclude(model=entry.model, object_id=task.pk)
    if entry.by_id == user.pk and not elsewhere.exists():
        return ALLOWED
    return undo_answers([entry.act], user)[entry.act]


def liaison_for(task: Task, user: User) -> User | None:
    """Whom a blocked task waits for when its owner names nobody. One query."""
    region = task.plan.region_id
    held = on_duty(user.moment, Role.LIAISON, regions=[region])[Role.LIAISON, region]
    return next((one.user for one in held if one.user != user), None)


def _detail(task: Task) -> str:
    if task.state == TaskState.BLOCKED:
        return _("Blocked: %(why)s") % {"why": _why_blocked(task)}
    if task.state == TaskState.STARTED:
        return _("Started")
    return _step_note(task)


def _why_blocked(task: Task) -> str:
    why = task.block_note or task.get_block_reason_display()
    if task.waits_for is None:
        return why
    return _("%(why)s (%(who)s)") % {"why": why, "who": task.waits_for.name}


def _step_note(task: Task) -> str:
    return task.step.note if task.step else ""
