"""What the owners of tasks are told of a version that was carried into their plans."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from regions.enums import Change
from regions.models import HistoryEntry
from rollout.enums import UNFINISHED, DutyKind, TaskState
from rollout.models import Duty, Plan, PushedPlan, Task

# A step of another version is no news by itself.
UNTOLD = "step"


@dataclass(frozen=True)
class Carried:
    """One task that a push added, changed or gave up, and what it was before."""

    push_id: int
    task: Task
    is_new: bool
    was_due: date | None
    was_called: str

    @property
    def is_dropped(self) -> bool:
        return self.task.state == TaskState.DROPPED


def carried(duties: Iterable[Duty]) -> list[Carried]:
    """What pushes did to tasks, as far as it lasts, by region and day; four queries.

    Nothing of what was taken back, nor of tasks that were finished since.
    """
    pks = {duty.object_id for duty in duties if duty.kind == DutyKind.CARRIED}
    if not pks:
        return []
    rows = PushedPlan.objects.lasting().filter(
        push__in=pks, plan__in=Plan.objects.running()
    )
    pushes = dict(rows.values_list("act", "push"))
    by_task = _entries(pushes)
    tasks = Task.objects.filter(pk__in=by_task, owner__may_sign_in=True)
    found = [
        _carried(pushes[entries[0].act], task, entries)
        for task in tasks.select_related("plan__region", "plan__programme").order_by(
            "plan__region__code", "due_date", "id"
        )
        for entries in by_task[task.pk].values()
    ]
    return [one for one in found if one is not None]


def _entries(acts: Iterable[Any]) -> dict[int, dict[Any, list[HistoryEntry]]]:
    """By task and act."""
    entries = HistoryEntry.objects.filter(
        act__in=list(acts), model=Task._meta.label_lower
    ).exclude(field=UNTOLD)
    found: dict[int, dict[Any, list[HistoryEntry]]] = defaultdict(dict)
    for entry in entries.order_by("id"):
        found[entry.object_id].setdefault(entry.act, []).append(entry)
    return found


def _carried(push_id: int, task: Task, entries: list[HistoryEntry]) -> Carried | None:
    became = {entry.field: entry for entry in entries}
    was_given_up = "state" in became and became["state"].after == TaskState.DROPPED
    still_so = (
        task.state == TaskState.DROPPED if was_given_up else task.state in UNFINISHED
    )
    if not still_so:
        return None
    due, title = became.get("due_date"), became.get("title")
    return Carried(
        push_id=push_id,
        task=task,
        is_new=entries[0].change == Change.CREATED,
        was_due=date.fromisoformat(due.before) if due else None,
        was_called=title.before if title else "",
    )
