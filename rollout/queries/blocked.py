"""Tasks that cannot go on: whom they wait for, and the act that blocked them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet

from regions.enums import Change
from regions.models import HistoryEntry, User
from rollout.enums import TaskState
from rollout.models import Task


@dataclass(frozen=True)
class BlockedTask:
    """A task that waits for somebody who may sign in, since an act of the history.

    The entry names the block: blocking again, or passing it on and back, is another one.
    """

    task: Task
    person: User
    entry_id: int
    by_id: int | None
    since_at: datetime | None

    @property
    def is_own(self) -> bool:
        """Whoever lets a task wait for himself knows it."""
        return self.by_id == self.person.pk


def blocked_tasks(rows: QuerySet[Task]) -> list[BlockedTask]:
    """Those of these tasks that wait for somebody, the longest waiting first. Two queries."""
    waiting = rows.filter(state=TaskState.BLOCKED, waits_for__may_sign_in=True)
    tasks = list(waiting.select_related("plan__region", "plan__programme", "waits_for"))
    entries = _entries([task.pk for task in tasks]) if tasks else {}
    found = [
        _blocked(task, task.waits_for, entries.get(task.pk))
        for task in tasks
        if task.waits_for is not None
    ]
    return sorted(found, key=lambda one: (one.entry_id, one.task.pk))


def _blocked(task: Task, person: User, entry: HistoryEntry | None) -> BlockedTask:
    if entry is None:
        return BlockedTask(task, person, entry_id=0, by_id=None, since_at=None)
    return BlockedTask(task, person, entry.pk, entry.by_id, entry.at)


def _entries(task_ids: Collection[int]) -> dict[int, HistoryEntry]:
    """The last entry of each task that tells of its state or of whom it waits for."""
    told = Q(change=Change.CREATED) | Q(field__in=["state", "waits_for"])
    rows = HistoryEntry.objects.filter(
        told, model=Task._meta.label_lower, object_id__in=task_ids
    ).only("object_id", "by_id", "at")
    return {entry.object_id: entry for entry in rows.order_by("id")}
