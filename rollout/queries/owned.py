"""Tasks that their owner, or whoever stands in for him, is told of by mail."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from regions.calendar import Calendar, Corrections, NoWorkingDay, today
from regions.enums import Change, Via
from regions.models import Absence, HistoryEntry, User
from regions.models.absences import absence_near, away_at
from regions.queries import OnDuty, on_duty_for
from rollout.enums import RequestState, TaskState
from rollout.models import Plan, PlanProcedure, Task, TaskRequest

# So many working days of its owner a task is late before he is written to.
GRACE = 2
# Who is given a task that is due within these days learns of it at once; what was given
# longer ago than a week is news no more.
SOON, RECENT = timedelta(days=2), timedelta(days=7)
# So long a plan is news to who becomes an owner in it.
PLAN_IS_NEWS = timedelta(days=30)
# Who says why a task stands still is not reminded of it.
REMINDED = (TaskState.OPEN, TaskState.STARTED)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class OwnTask:
    """A task, and who is told of it. The occurrence makes telling it again another duty."""

    task: Task
    person: User
    occurrence: str
    # While its owner is away, `person` is his deputy.
    absence: Absence | None = None


def overdue_tasks(
    rows: QuerySet[Task], at: datetime, corrected: Corrections
) -> list[OwnTask]:
    """Those of these tasks whose owner has to be reminded, the oldest first. One query.

    Not while he waits for an answer to what he asked about it.
    """
    if rows.query.is_empty():
        return []
    asked = TaskRequest.objects.filter(task=OuterRef("pk"), state=RequestState.OPEN)
    late = rows.filter(~Exists(asked), due_date__lt=at.date())
    return [
        OwnTask(task, one.user, task.due_date.isoformat(), one.absence)
        for task, one in _with_owners(late, at)
        if _is_overdue(task, at, corrected)
    ]


def _is_overdue(task: Task, at: datetime, corrected: Corrections) -> bool:
    assert task.owner is not None, "only tasks with an owner are read"  # noqa: S101
    calendar = Calendar.of(task.owner, corrected)
    try:
        return calendar.add_working(task.due_date, GRACE) <= today(task.owner, at)
    except NoWorkingDay:
        return False


def assigned_tasks(rows: QuerySet[Task], at: datetime) -> list[OwnTask]:
    """Those that somebody else gave to their owner and that were due at once then.

    Not what came with a plan, a version of the playbook, an import or an undo. Three queries.
    """
    if rows.query.is_empty():
        return []
    soon = rows.filter(due_date__lte=at.date() + SOON + A_DAY)
    owned = _with_owners(soon, at)
    given = _given([task.pk for task, _one in owned], at) if owned else {}
    return [
        OwnTask(task, one.user, str(entry.pk), one.absence)
        for task, one in owned
        if (entry := given.get(task.pk)) and _is_short_notice(task, entry)
    ]


def just_given(at: datetime) -> QuerySet[Task]:
    """Every task that has a new owner of late, whoever named him."""
    return Task.objects.running().filter(pk__in=_namings(at).values("object_id"))


def _is_short_notice(task: Task, entry: HistoryEntry) -> bool:
    assert task.owner is not None, "only tasks with an owner are read"  # noqa: S101
    is_due = task.due_date <= today(task.owner, entry.at) + SOON
    return is_due and entry.by_id != task.owner_id


def _given(task_ids: Collection[int], at: datetime) -> dict[int, HistoryEntry]:
    """The act that named the present owner of each task, where it is one to be told."""
    rows = _namings(at).filter(object_id__in=task_ids)
    newest = {entry.object_id: entry for entry in rows.order_by("id")}
    acts = {entry.act for entry in newest.values()}
    # Both have a mail of their own.
    new_plan = Q(model=Plan._meta.label_lower, change=Change.CREATED)
    push = Q(model=PlanProcedure._meta.label_lower)
    made = HistoryEntry.objects.filter(new_plan | push, act__in=acts)
    of_plans = set(made.values_list("act", flat=True)) if acts else set()
    return {
        key: entry
        for key, entry in newest.items()
        if entry.act not in of_plans
        and entry.undoes is None
        and entry.via != Via.IMPORT
    }


def _namings(at: datetime) -> QuerySet[HistoryEntry]:
    return HistoryEntry.objects.filter(
        Q(field="owner") | Q(field="", change=Change.CREATED),
        model=Task._meta.label_lower,
        at__gt=at - RECENT,
    )


def _with_owners(rows: QuerySet[Task], at: datetime) -> list[tuple[Task, OnDuty]]:
    """Tasks in somebody's hands with who is told of them, the oldest first. One query."""
    away = absence_near("owner", at)
    open_: QuerySet[Any] = rows.filter(
        state__in=REMINDED, owner__may_sign_in=True
    ).annotate(absence=away)
    found: dict[int, tuple[Task, OnDuty]] = {}
    for task in open_.select_related(
        "plan__region", "plan__programme", "step", "owner", "absence__deputy"
    ).order_by("due_date", "id"):
        # Two absences in a row are two rows of one task: the one that holds counts.
        absence = away_at(task, at, "owner")
        if absence or task.pk not in found:
            found[task.pk] = task, on_duty_for(task.owner, absence)
    return list(found.values())


# --- A plan that is new to its people ------------------------------------------------


def new_plans(rows: QuerySet[Plan], at: datetime) -> dict[int, int | None]:
    """Those of these plans that are news, with who made each. Not what was imported."""
    made = HistoryEntry.objects.filter(
        model=Plan._meta.label_lower,
        field="",
        change=Change.CREATED,
        at__gt=at - PLAN_IS_NEWS,
        object_id__in=rows.values("pk"),
    ).exclude(via=Via.IMPORT)
    return dict(made.values_list("object_id", "by_id"))


def plan_tasks(plans: Any) -> QuerySet[Task]:
    """The work of plans that somebody with a login has in hand."""
    return Task.objects.unfinished().filter(plan__in=plans, owner__may_sign_in=True)


def plan_owners(rows: QuerySet[Plan], at: datetime) -> list[tuple[int, int]]:
    """Plan and person for everybody who has work in a new plan of somebody else's making.

    Two queries.
    """
    if rows.query.is_empty() or not (makers := new_plans(rows, at)):
        return []
    pairs = plan_tasks(makers).order_by("plan", "owner").values_list("plan", "owner")
    return [(plan, owner) for plan, owner in pairs.distinct() if makers[plan] != owner]


def tasks_of_plans(plans: QuerySet[Plan]) -> list[Task]:
    """What letters about new plans are made of, by day."""
    if plans.query.is_empty():
        return []
    rows = plan_tasks(plans.values("pk")).select_related(
        "plan__region", "plan__programme"
    )
    return list(rows.order_by("due_date", "id"))
