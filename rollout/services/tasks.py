"""What people do with tasks: start, finish, block, drop, take back.

A tap that is sent again, because its answer was lost on the way, does nothing more: the
version that it knew, and who did what came after it, tell it from a new one.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import Ask, HistoryEntry, User
from rollout.enums import LEFT_BEHIND, TASK_MOVES, BlockReason, TaskState
from rollout.models import Task
from rollout.services.asks import CannotLink, check_link, waiting_ask


class CannotMoveTask(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The task is in a state that does not allow this, or something is missing."""


@contextmanager
def locked_task(rows: QuerySet[Task], pk: int) -> Iterator[Task]:
    """One of the tasks, locked for the time of a `with`, in which it is asked who may.

    Raises DoesNotExist.
    """
    with transaction.atomic():
        yield _lock(rows, pk)


def complete_task(task: Task, *, version: int, act: Act) -> Task:
    with locked_task(Task.objects.all(), task.pk) as row:
        return complete(row, version=version, act=act)


def start_task(task: Task, *, version: int, act: Act) -> Task:
    with locked_task(Task.objects.all(), task.pk) as row:
        return start(row, version=version, act=act)


def reopen_task(task: Task, *, version: int, act: Act) -> Task:
    with locked_task(Task.objects.all(), task.pk) as row:
        return reopen(row, version=version, act=act)


def complete(row: Task, *, version: int, act: Act) -> Task:
    """Finish a locked task. What this person saw or made done already stays as it is."""
    if row.state == TaskState.DONE and _is_known(row, version, act):
        return row
    return _move(row, TaskState.DONE, version, act, finished_at=act.at)


def start(row: Task, *, version: int, act: Act) -> Task:
    if row.state == TaskState.STARTED and _is_known(row, version, act):
        return row
    return _move(row, TaskState.STARTED, version, act)


def reopen(row: Task, *, version: int, act: Act) -> Task:
    """Open again what was blocked, done or dropped."""
    return _move(row, TaskState.OPEN, version, act)


@transaction.atomic
def block_task(
    task: Task,
    *,
    reason: str,
    note: str = "",
    waits_for: User | None = None,
    waits_for_ask: Ask | None = None,
    knows_asks: bool = True,
    version: int,
    act: Act,
) -> Task:
    """Say that a task cannot go on, why, and whom or which ask it waits for.

    Who does not know the asks leaves the one that stands. Raises CannotMoveTask.
    """
    if reason not in BlockReason.values:
        raise CannotMoveTask(_("Choose why it is blocked."))
    values: dict[str, Any] = {
        "block_reason": reason,
        "block_note": note.strip(),
        "waits_for": waits_for,
        "waits_for_ask": _fitting(waits_for_ask, task),
    }
    row = _lock(Task.objects.select_related("waits_for_ask"), task.pk)
    if not knows_asks:
        values["waits_for_ask"] = row.waits_for_ask
    is_so = row.state == TaskState.BLOCKED and all(
        getattr(row, name) == value for name, value in values.items()
    )
    if is_so and _is_known(row, version, act):
        return row
    return _move(row, TaskState.BLOCKED, version, act, **values)


@transaction.atomic
def drop_task(task: Task, *, reason: str, version: int, act: Act) -> Task:
    """Say that a task is not done at all, and why. Raises CannotMoveTask."""
    if not reason.strip():
        raise CannotMoveTask(_("Say why it is dropped."))
    row = _lock(Task.objects.all(), task.pk)
    return _move(row, TaskState.DROPPED, version, act, drop_reason=reason.strip())


def _fitting(ask: Ask | None, task: Task) -> Ask | None:
    """The ask, locked before the task. Raises CannotMoveTask where it frees no such task."""
    if ask is None:
        return None
    try:
        row = waiting_ask(ask)
        check_link(row, task)
    except CannotLink as refusal:
        raise CannotMoveTask(str(refusal)) from None
    return row


def _lock(rows: QuerySet[Task], pk: int) -> Task:
    """With its plan, for the region of its history."""
    return history.lock(rows.select_related("plan"), pk)


def _is_known(row: Task, version: int, act: Act) -> bool:
    """Whether nothing happened to the row but what this person saw, or just did himself."""
    if row.version == version:
        return True
    newest = HistoryEntry.objects.of(row).order_by("-id").first()
    is_next = row.version == version + 1
    return is_next and newest is not None and newest.by == act.by


def _move(row: Task, state: TaskState, version: int, act: Act, **values: Any) -> Task:
    if row.version != version:
        raise history.EditedMeanwhile(row)
    check_move(row, state)
    history.change(row, {**LEFT_BEHIND, "state": state, **values}, act)
    return row


def check_move(row: Task, state: TaskState) -> None:
    """Raises CannotMoveTask where the table of moves has no such move."""
    if state not in TASK_MOVES[TaskState(row.state)] and state != row.state:
        raise CannotMoveTask(
            _("This task is %(state)s, so this is not possible now.")
            % {"state": row.get_state_display()}
        )
