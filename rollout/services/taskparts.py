"""What hangs on a task: points of its checklist, and comments."""

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User
from rollout.models import ChecklistItem, Task, TaskComment


class CannotWithdrawComment(Exception):  # noqa: N818 - told to the user as it stands
    """It is somebody else's, or taken back already."""


@transaction.atomic
def add_item(task: Task, title: str, *, act: Act) -> ChecklistItem:
    """One more point, at the end of the checklist."""
    last = task.checklist.aggregate(last=Max("position"))["last"] or 0
    item = ChecklistItem(task=task, title=title.strip(), position=last + 1)
    return history.create(item, act)


@transaction.atomic
def tick_item(item: ChecklistItem, *, is_done: bool, act: Act) -> ChecklistItem:
    """Tick a point, or take the tick away. What stands so already stays as it is."""
    row = history.lock(ChecklistItem.objects.select_related("task__plan"), item.pk)
    if row.is_done != is_done:
        done = {"done_at": act.at, "done_by": act.by}
        nobody = {"done_at": None, "done_by": None}
        values = {"is_done": is_done, **(done if is_done else nobody)}
        history.change(row, values, act)
    return row


@transaction.atomic
def remove_item(item: ChecklistItem, *, act: Act) -> None:
    row = history.lock(ChecklistItem.objects.select_related("task__plan"), item.pk)
    history.delete(row, act)


@transaction.atomic
def comment_on(task: Task, text: str, *, by: User, act: Act) -> TaskComment:
    comment = TaskComment(task=task, text=text.strip(), by=by, at=act.at)
    return history.create(comment, act)


@transaction.atomic
def withdraw_comment(comment: TaskComment, *, act: Act) -> TaskComment:
    """Its author takes it back; that there was one stays. Raises CannotWithdrawComment."""
    row = history.lock(TaskComment.objects.select_related("task__plan"), comment.pk)
    if row.by != act.by:
        raise CannotWithdrawComment(_("Only who wrote a comment takes it back."))
    if row.withdrawn_at is None:
        history.change(row, {"withdrawn_at": act.at}, act)
    return row
