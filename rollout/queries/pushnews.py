"""What the owners of tasks are told of a version that was carried into their plans, and of
one that was taken back after they had read of it."""

import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from regions.enums import Change
from regions.models import HistoryEntry, User
from rollout.enums import UNFINISHED, DutyKind, DutyState, MailState, TaskState
from rollout.models import Duty, Plan, Push, PushedPlan, Task

# A step of another version is no news by itself.
UNTOLD = "step"
PUSH, PUSHED_PLAN = Push._meta.label_lower, PushedPlan._meta.label_lower
# What a duty is about: a push, or one plan of it that was taken back.
About = tuple[str, int]


@dataclass(frozen=True)
class Carried:
    """One task that a push added, changed or gave up, and what it was before; or what
    became of it when that was taken back.

    A task that was taken back with its push is not there any more.
    """

    about: About
    task: Task
    is_new: bool
    was_due: date | None
    was_called: str
    is_back: bool = False
    is_gone: bool = False
    is_open_again: bool = False

    @property
    def is_dropped(self) -> bool:
        return self.task.state == TaskState.DROPPED

    @property
    def key(self) -> tuple[About, int]:
        """What it is about, and who is told of it: always somebody."""
        return self.about, self.task.owner_id or 0


def carried(duties: Iterable[Duty]) -> list[Carried]:
    """What pushes did to tasks, as far as it lasts, by region and day; four queries.

    Nothing of what was taken back, nor of tasks that were finished since; of what was taken
    back after it was told, what that did to them, in four more.
    """
    told = [duty for duty in duties if duty.kind == DutyKind.CARRIED]
    pushes = {duty.object_id for duty in told if duty.model == PUSH}
    back = {duty.object_id for duty in told if duty.model == PUSHED_PLAN}
    return [*_lasting(pushes), *taken_back(back)]


def _lasting(pks: Collection[int]) -> list[Carried]:
    if not pks:
        return []
    rows = PushedPlan.objects.lasting().filter(
        push__in=pks, plan__in=Plan.objects.running()
    )
    pushes = dict(rows.values_list("act", "push"))
    entries = HistoryEntry.objects.filter(act__in=pushes)
    return _told(entries, lambda entry: (PUSH, pushes[entry.act]), _carried)


def taken_back(pks: Collection[int]) -> list[Carried]:
    """What taking back these plans of pushes did to their tasks."""
    if not pks:
        return []
    rows = PushedPlan.objects.exclude(undone_at=None).filter(
        pk__in=pks, plan__in=Plan.objects.running()
    )
    undone: dict[UUID | None, int] = dict(rows.values_list("act", "pk"))
    entries = HistoryEntry.objects.filter(undoes__in=undone)
    return _told(entries, lambda entry: (PUSHED_PLAN, undone[entry.undoes]), _back)


def already_told(pushes: Collection[int]) -> set[tuple[int, int]]:
    """Which pushes whom was told of, or is being told of at the moment."""
    on_its_way = Q(mail__may_have_arrived=True) | Q(mail__state=MailState.LEASED)
    rows = Duty.objects.filter(
        Q(state=DutyState.MAILED) | Q(on_its_way, state=DutyState.OPEN),
        kind=DutyKind.CARRIED,
        model=PUSH,
        object_id__in=pushes,
    )
    return set(rows.values_list("object_id", "recipient"))


def _told(
    entries: QuerySet[HistoryEntry],
    about: Callable[[HistoryEntry], About],
    of: Callable[[About, Task, list[HistoryEntry]], Carried | None],
) -> list[Carried]:
    """Act by act and task by task; tasks that are gone come back from the history."""
    by_task: dict[int, dict[About, list[HistoryEntry]]] = defaultdict(dict)
    of_tasks = entries.filter(model=Task._meta.label_lower).exclude(field=UNTOLD)
    for entry in of_tasks.order_by("id"):
        by_task[entry.object_id].setdefault(about(entry), []).append(entry)
    rows = Task.objects.filter(pk__in=by_task, owner__may_sign_in=True)
    rows = rows.select_related("plan__region", "plan__programme")
    tasks = [*rows, *_gone(by_task)]
    tasks.sort(key=lambda task: (task.plan.region.code, task.due_date, task.pk))
    found = [
        of(one, task, mine) for task in tasks for one, mine in by_task[task.pk].items()
    ]
    return [one for one in found if one is not None]


def _gone(by_task: Mapping[int, Mapping[About, list[HistoryEntry]]]) -> list[Task]:
    """As far as anything is told of them: whose they were, and what they were called."""
    last = [
        entry
        for acts in by_task.values()
        for entries in acts.values()
        if (entry := entries[-1]).change == Change.DELETED
    ]
    said = {entry.object_id: json.loads(entry.before) for entry in last}
    plans = Plan.objects.select_related("region", "programme").in_bulk(
        {int(one["plan_id"]) for one in said.values()}
    )
    owners = User.objects.filter(may_sign_in=True).in_bulk(
        {int(one["owner_id"]) for one in said.values() if one["owner_id"].isdigit()}
    )
    return [
        Task(
            pk=pk,
            plan=plans[int(one["plan_id"])],
            title=one["title"],
            owner=owners[int(one["owner_id"])],
            due_date=date.fromisoformat(one["due_date"]),
        )
        for pk, one in said.items()
        if one["owner_id"].isdigit() and int(one["owner_id"]) in owners
    ]


def _carried(about: About, task: Task, entries: list[HistoryEntry]) -> Carried | None:
    became = {entry.field: entry for entry in entries}
    was_given_up = "state" in became and became["state"].after == TaskState.DROPPED
    still_so = (
        task.state == TaskState.DROPPED if was_given_up else task.state in UNFINISHED
    )
    if not still_so:
        return None
    is_new = entries[0].change == Change.CREATED
    return Carried(about, task, is_new=is_new, **_was(became))


def _back(about: About, task: Task, entries: list[HistoryEntry]) -> Carried | None:
    became = {entry.field: entry for entry in entries}
    is_gone = entries[-1].change == Change.DELETED
    if not is_gone and task.state not in UNFINISHED:
        return None
    return Carried(
        about,
        task,
        is_new=False,
        is_back=True,
        is_gone=is_gone,
        is_open_again="state" in became,
        **_was(became),
    )


def _was(became: Mapping[str, HistoryEntry]) -> dict[str, Any]:
    """What a task was due and called before, where that changed."""
    due, title = became.get("due_date"), became.get("title")
    return {
        "was_due": date.fromisoformat(due.before) if due else None,
        "was_called": title.before if title else "",
    }
