"""What is read about tasks: one person's week, one region's state of things."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import connection
from django.db.models import Q, QuerySet

from regions.access import ALLOWED, Answer
from regions.calendar import moment_of, monday_of, today
from regions.enums import Role
from regions.models import HistoryEntry, Region, User
from regions.queries import on_duty
from regions.undoing import undo_answers
from rollout.enums import UNFINISHED, RequestKind, RequestState, TaskState
from rollout.models import Task, TaskRequest
from rollout.queries.tasklines import TaskLine, own_lines

AHEAD = timedelta(days=7)


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
