"""What joins findings to the work that taught them."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import Finding
from regions.enums import Change
from regions.models import User, Versioned

from .task import Task


class TaskFindingQuerySet(models.QuerySet["TaskFinding"]):
    def visible_to(self, user: User) -> Self:
        """With the task. The finding itself has readers of its own."""
        if user.standing.sees_all:
            return self
        return self.filter(task__in=Task.objects.visible_to(user).values("pk"))


class TaskFinding(Versioned):
    """The task from which somebody recorded a finding."""

    told_as = {Change.CREATED: pgettext_lazy("finding", "a finding recorded")}

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="taught", verbose_name=_("task")
    )
    finding = models.OneToOneField(
        Finding, models.PROTECT, related_name="from_task", verbose_name=_("finding")
    )

    objects = TaskFindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding of a task")
        verbose_name_plural = _("findings of tasks")

    def __str__(self) -> str:
        # Not the finding: who sees the task need not see that.
        return str(self.task)

    @property
    def history_region_id(self) -> int | None:
        return self.task.history_region_id
