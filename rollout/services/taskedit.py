"""What a task says: who does it, when, how much, after what. Its state moves elsewhere."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.ordering import all_before
from regions import history
from regions.history import Act
from regions.models import User
from rollout.enums import TaskState
from rollout.models import Plan, Task, TaskLink
from rollout.services.plans import why_not_running
from rollout.services.tasks import complete_task, drop_task, reopen_task, start_task

# Blocking needs a reason of its own, and dropping too.
MOVES = {
    TaskState.OPEN: reopen_task,
    TaskState.STARTED: start_task,
    TaskState.DONE: complete_task,
}


class CannotEditTask(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The values contradict each other, or a reason is missing."""


class CircleOfTasks(CannotEditTask):
    """A task would have to wait for itself. Names the two that contradict each other."""

    def __init__(self, task: Task, before: Task) -> None:
        self.task, self.before = task, before
        super().__init__(
            _(
                "“%(before)s” already comes after “%(task)s”, so it cannot come before it."
            )
            % {"before": before.title, "task": task.title}
        )


@transaction.atomic
def add_task(plan: Plan, values: Mapping[str, Any], *, act: Act) -> Task:
    """One more task of a plan, which comes from no step. Raises CannotEditTask."""
    if stop := why_not_running(plan.region, plan.programme):
        raise CannotEditTask(stop)
    task = Task(plan=plan, first_due_date=values["due_date"], **values)
    _check(task, {})
    return history.create(task, act)


@transaction.atomic
def edit_task(
    task: Task,
    values: Mapping[str, Any],
    *,
    version: int,
    act: Act,
    reason: str = "",
    after: Collection[Task] | None = None,
) -> Task:
    """Set fields of a task, and which tasks it comes after where `after` is given.

    Whoever moves the due day says why. The order of tasks is an act of its own, so that
    the rest can be taken back. Raises CannotEditTask and EditedMeanwhile.
    """
    if after is not None:
        # Nobody else changes the order meanwhile, so no circle closes unseen.
        Plan.objects.select_for_update().get(pk=task.plan_id)
    row = history.lock(
        Task.objects.select_related("plan", "owner", "backup"), task.pk, version
    )
    reason = reason.strip()
    if values.get("due_date", row.due_date) != row.due_date and not reason:
        raise CannotEditTask(_("Say why the day moves."))
    _check(row, values)
    history.change(row, values, replace(act, reason=reason))
    if after is not None:
        _set_order(row, after, replace(act, id=uuid4()))
    return row


@transaction.atomic
def change_row(
    task: Task,
    *,
    owner: User | None,
    due_date: date,
    state: str,
    reason: str,
    version: int,
    act: Act,
) -> Task:
    """Owner, day and state in one act, so that one undo takes all back.

    Raises CannotEditTask, CannotMoveTask and EditedMeanwhile.
    """
    values = {"owner": owner, "due_date": due_date}
    row = edit_task(task, values, version=version, act=act, reason=reason)
    if state == row.state:
        return row
    if state == TaskState.DROPPED:
        return drop_task(row, reason=reason, version=row.version, act=act)
    return MOVES[TaskState(state)](row, version=row.version, act=act)


def _check(row: Task, values: Mapping[str, Any]) -> None:
    """What the task would say with these values. Raises CannotEditTask."""
    names = ("start_date", "due_date", "owner", "backup")
    if not row._state.adding and not values.keys() & set(names):
        # A move of the go-live may have left it so; who only says his hours is not told.
        return
    start, due, owner, backup = (values.get(name, getattr(row, name)) for name in names)
    if start is not None and start > due:
        raise CannotEditTask(_("It would be due before it starts."))
    if backup is not None and backup == owner:
        raise CannotEditTask(_("Somebody else has to stand in."))


def _set_order(row: Task, after: Iterable[Task], act: Act) -> None:
    wanted = {task.pk: task for task in after}
    links = {link.before_id: link for link in row.links_before.select_for_update()}
    new = [task for pk, task in wanted.items() if pk not in links]
    gone = [link for pk, link in links.items() if pk not in wanted]
    _refuse_circles(row, new)
    for link in gone:
        history.delete(link, act)
    history.create_all([TaskLink(task=row, before=before) for before in new], act)
    if new or gone:
        history.touch(row)


def _refuse_circles(row: Task, new: Iterable[Task]) -> None:
    """By all links of the plan, in one query."""
    before: dict[int, set[int]] = defaultdict(set)
    links = TaskLink.objects.filter(task__plan=row.plan_id)
    for task_id, before_id in links.values_list("task", "before"):
        before[task_id].add(before_id)
    for task in new:
        if task.plan_id != row.plan_id:
            raise CannotEditTask(
                _("“%(title)s” belongs to another plan.") % {"title": task.title}
            )
        if row.pk in all_before(task.pk, before):
            raise CircleOfTasks(row, task)
