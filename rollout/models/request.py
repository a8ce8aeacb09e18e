"""What somebody asks about a task of his: another date, or another owner."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Change, Right
from regions.models import User, Versioned
from rollout.enums import UNFINISHED, RequestKind, RequestState

from .task import Task


class TaskRequestQuerySet(models.QuerySet["TaskRequest"]):
    def visible_to(self, user: User) -> Self:
        """Those about tasks that one sees."""
        if user.standing.sees_all:
            return self
        return self.filter(task__in=Task.objects.visible_to(user).values("pk"))

    def waiting(self) -> Self:
        """Not answered yet; whoever finished the task meanwhile asks no more, nor
        who asks in what is closed or archived."""
        return self.filter(
            state=RequestState.OPEN,
            task__state__in=UNFINISHED,
            task__plan__programme__closed_at=None,
            task__plan__region__archived_at=None,
        )


class TaskRequest(Versioned):
    """A wish about one task, until it is granted, declined or taken back.

    The task stays as it is until then: nobody loses a date or an owner by asking.
    """

    undo_right = Right.SETTLE_REQUESTS
    untold_fields = frozenset({"settled_at", "settled_by"})
    told_as = {
        Change.CREATED: pgettext_lazy("request", "asked"),
        f"state={RequestState.OPEN}": pgettext_lazy("request", "Open again"),
        f"state={RequestState.GRANTED}": pgettext_lazy("request", "Granted"),
        f"state={RequestState.DECLINED}": pgettext_lazy("request", "Declined"),
        f"state={RequestState.WITHDRAWN}": pgettext_lazy("request", "Taken back"),
        "answer": "%(after)s",
    }

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="requests", verbose_name=_("task")
    )
    kind = models.CharField(_("kind"), max_length=10, choices=RequestKind)
    wished_date = models.DateField(_("wished date"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="task_requests", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    state = models.CharField(
        _("state"), max_length=10, choices=RequestState, default=RequestState.OPEN
    )
    settled_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="settled_requests",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(_("settled"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=300, blank=True)

    objects = TaskRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("request")
        verbose_name_plural = _("requests")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind=RequestKind.DATE, wished_date__isnull=False)
                | models.Q(kind=RequestKind.NOT_MINE, wished_date=None),
                name="request_date_wishes_one",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=RequestState.values),
                name="request_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=RequestState.OPEN, settled_by=None, settled_at=None
                )
                | (
                    ~models.Q(state=RequestState.OPEN)
                    & models.Q(settled_by__isnull=False, settled_at__isnull=False)
                ),
                name="request_settled_says_by_whom",
            ),
            models.UniqueConstraint(
                fields=["task", "kind"],
                condition=models.Q(state=RequestState.OPEN),
                name="request_open_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.task}"

    @property
    def history_region_id(self) -> int | None:
        return self.task.history_region_id

    @property
    def is_open(self) -> bool:
        return self.state == RequestState.OPEN

    @property
    def is_date(self) -> bool:
        return self.kind == RequestKind.DATE
