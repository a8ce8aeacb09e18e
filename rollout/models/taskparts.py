"""What hangs on a task: what comes before it, its checklist, and what is said about it."""

from typing import Self, TypeVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Change, Right
from regions.models import User, Versioned

from .task import Task

Part = TypeVar("Part", bound="TaskPart")


class TaskPartQuerySet(models.QuerySet[Part]):
    def visible_to(self, user: User) -> Self:
        """As far as the tasks themselves."""
        tasks = Task.objects.visible_to(user).values("pk")
        return self.filter(task__in=tasks).select_related("task__plan")


class TaskPart(Versioned):
    """Belongs to one task, and is seen and changed with it."""

    undo_right = Right.WORK_ON_TASKS

    task: "models.ForeignKey[Task, Task]"

    class Meta:
        abstract = True

    @property
    def history_region_id(self) -> int | None:
        return self.task.history_region_id

    @property
    def task_owner_id(self) -> int | None:
        return self.task.owner_id


class TaskLinkQuerySet(TaskPartQuerySet["TaskLink"]):
    """As all that hangs on tasks."""


class TaskLink(TaskPart):
    """A task that comes after another of the same plan; never in a circle.

    Both are checked by `rollout.services.taskedit`, which holds the plan locked meanwhile.
    """

    told_as = {
        Change.CREATED: pgettext_lazy("order of tasks", "comes first"),
        Change.DELETED: pgettext_lazy("order of tasks", "no longer comes first"),
    }

    named_by = ("task__plan", "before")

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="links_before", verbose_name=_("task")
    )
    before = models.ForeignKey(
        Task, models.PROTECT, related_name="links_after", verbose_name=_("comes first")
    )

    objects = TaskLinkQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("order of tasks", "order")
        verbose_name_plural = pgettext_lazy("order of tasks", "orders")
        constraints = [
            models.UniqueConstraint(fields=["task", "before"], name="tasklink_once"),
            models.CheckConstraint(
                condition=~models.Q(task=models.F("before")),
                name="tasklink_not_to_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.task}"


class ChecklistItemQuerySet(TaskPartQuerySet["ChecklistItem"]):
    """As all that hangs on tasks."""


class ChecklistItem(TaskPart):
    """One point of a task's checklist, and who ticked it."""

    undo_owner = "task_owner"
    undo_owner_fields = frozenset({"is_done", "done_at", "done_by"})
    untold_fields = frozenset({"done_by", "done_at"})
    told_as = {
        Change.CREATED: pgettext_lazy("checklist", "added"),
        Change.DELETED: pgettext_lazy("checklist", "taken off"),
        "is_done=True": pgettext_lazy("checklist", "ticked"),
        "is_done=False": pgettext_lazy("checklist", "not ticked any more"),
    }

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="checklist", verbose_name=_("task")
    )
    title = models.CharField(_("title"), max_length=150)
    position = models.PositiveIntegerField(_("position"), default=0)
    is_done = models.BooleanField(_("done"), default=False)
    done_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="ticked_items",
        verbose_name=_("done by"),
    )
    done_at = models.DateTimeField(_("done"), null=True, blank=True)

    objects = ChecklistItemQuerySet.as_manager()

    class Meta:
        verbose_name = _("point of the checklist")
        verbose_name_plural = _("points of the checklist")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(title=""), name="checklist_has_title"
            ),
            models.CheckConstraint(
                condition=models.Q(is_done=True, done_at__isnull=False)
                | models.Q(is_done=False, done_at=None, done_by=None),
                name="checklist_done_has_time",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class TaskCommentQuerySet(TaskPartQuerySet["TaskComment"]):
    """As all that hangs on tasks."""


class TaskComment(TaskPart):
    """What somebody said about a task. Its text never changes; its author takes it back."""

    undo_keeps = frozenset({"withdrawn_at"})
    told_as = {
        Change.CREATED: pgettext_lazy("comment", "written"),
        "withdrawn_at": pgettext_lazy("comment", "taken back"),
    }

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="comments", verbose_name=_("task")
    )
    text = models.CharField(_("comment"), max_length=1000)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="task_comments", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    withdrawn_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = TaskCommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""), name="taskcomment_has_text"
            ),
        ]

    def __str__(self) -> str:
        """The history keeps this for ever, so it says nothing of the text."""
        return self.task.title
