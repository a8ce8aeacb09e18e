"""Tasks that cannot go on: whom they wait for, and the act that blocked them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from regions.enums import Change
from regions.models import Absence, HistoryEntry, User
from regions.models.absences import absence_near, away_at
from regions.queries import OnDuty, on_duty_for
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
    # While the one it waits for is away, `person` is his deputy.
    absence: Absence | None = None

    @property
    def is_own(self) -> bool:
        """Whoever lets a task wait for himself knows it."""
        return self.by_id == self.person.pk


def blocked_tasks(rows: QuerySet[Task], at: datetime) -> list[BlockedTask]:
    """Those of these tasks that wait for somebody, the longest waiting first. Two queries."""
    if rows.query.is_empty():
        return []
    away = absence_near("waits_for", at)
    waiting: QuerySet[Any] = rows.filter(
        state=TaskState.BLOCKED, waits_for__may_sign_in=True
    ).annotate(absence=away)
    tasks = list(
        waiting.select_related(
            "plan__region", "plan__programme", "waits_for", "absence__deputy"
        )
    )
    entries = _entries([task.pk for task in tasks]) if tasks else {}
    found: dict[int, BlockedTask] = {}
    for task in tasks:
        # Two absences in a row are two rows of one task: the one that holds counts.
        absence = away_at(task, at, "waits_for")
        if task.waits_for is not None and (absence or task.pk not in found):
            helper = on_duty_for(task.waits_for, absence)
            found[task.pk] = _blocked(task, helper, entries.get(task.pk))
    return sorted(found.values(), key=lambda one: (one.entry_id, one.task.pk))


def _blocked(task: Task, helper: OnDuty, entry: HistoryEntry | None) -> BlockedTask:
    return BlockedTask(
        task,
        helper.user,
        entry_id=entry.pk if entry else 0,
        by_id=entry.by_id if entry else None,
        since_at=entry.at if entry else None,
        absence=helper.absence,
    )


def _entries(task_ids: Collection[int]) -> dict[int, HistoryEntry]:
    """The last entry of each task that tells of its state or of whom it waits for."""
    told = Q(change=Change.CREATED) | Q(field__in=["state", "waits_for"])
    rows = HistoryEntry.objects.filter(
        told, model=Task._meta.label_lower, object_id__in=task_ids
    ).only("object_id", "by_id", "at")
    return {entry.object_id: entry for entry in rows.order_by("id")}
