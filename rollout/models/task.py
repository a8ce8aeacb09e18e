"""The work of a plan."""

from datetime import date
from decimal import Decimal
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import TaskKind
from pilots.models import Step
from regions.enums import Right
from regions.models import Ask, User, Versioned
from rollout.enums import UNFINISHED, BlockReason, TaskState

from .plan import Plan


def _among(name: str, ids: frozenset[int]) -> models.Q:
    """Nearly everybody has one region and stands in for nobody; Django words an equation
    in half the time of a list, and every tap asks this."""
    if len(ids) == 1:
        return models.Q(**{name: next(iter(ids))})
    return models.Q(**{f"{name}__in": ids})


class TaskQuerySet(models.QuerySet["Task"]):
    def visible_to(self, user: User) -> Self:
        """Those of one's regions, and those that one owns, is the backup for or that wait
        for one, or for somebody whom one stands in for."""
        standing = user.standing
        if standing.sees_all:
            return self
        return self.filter(
            _among("plan__region", standing.region_ids)
            | _among("owner", user.acts_for)
            | _among("backup", user.acts_for)
            | _among("waits_for", user.acts_for)
        )

    def running(self) -> Self:
        """Not those of closed programmes, nor of archived regions."""
        return self.filter(
            plan__programme__closed_at=None, plan__region__archived_at=None
        )

    def unfinished(self) -> Self:
        return self.filter(state__in=UNFINISHED)


class Task(Versioned):
    """One thing to do in a region, with a person in charge and a time limit."""

    takes_files = True
    untold_fields = frozenset(
        {"finished_at", "block_reason=", "block_note=", "waits_for=", "waits_for_ask=",
         "drop_reason=", "step"}
    )  # fmt: skip
    # Asks are part of the talks with the CEO.
    engaged_fields = frozenset({"waits_for_ask"})
    undo_right = Right.WORK_ON_TASKS
    undo_rights = {"counts": Right.SET_COUNTS}
    undo_keeps = frozenset({"baseline_date"})
    undo_owner = "owner"
    undo_owner_fields = frozenset(
        {"state", "finished_at", "block_reason", "block_note", "waits_for",
         "waits_for_ask", "remaining_hours"}
    )  # fmt: skip
    told_as = {
        f"state={TaskState.OPEN}": pgettext_lazy("task", "Open again"),
        f"state={TaskState.STARTED}": pgettext_lazy("task", "Started"),
        f"state={TaskState.BLOCKED}": pgettext_lazy("task", "Blocked"),
        f"state={TaskState.DONE}": pgettext_lazy("task", "Done"),
        f"state={TaskState.DROPPED}": pgettext_lazy("task", "Dropped"),
        "block_reason": "%(after)s",
        "block_note": "%(after)s",
        "waits_for": pgettext_lazy("task", "waits for %(after)s"),
        "waits_for_ask=": pgettext_lazy("task", "waits for no ask any more"),
        "waits_for_ask": pgettext_lazy("task", "waits for the ask: %(after)s"),
        "drop_reason": "%(after)s",
        "due_date": pgettext_lazy("task", "Due moved: %(before)s → %(after)s"),
        "helper_ready=True": pgettext_lazy("task", "A helper can do it"),
        "helper_ready=False": pgettext_lazy("task", "No longer for a helper"),
        "counts=True": pgettext_lazy("task", "Counts in the appraisal"),
        "counts=False": pgettext_lazy("task", "No longer counts in the appraisal"),
        "baseline_date=": pgettext_lazy("task", "Agreed day taken back"),
        "baseline_date": pgettext_lazy("task", "Day agreed: %(after)s"),
    }
    named_by = ("plan",)

    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="tasks", verbose_name=_("plan")
    )
    step = models.ForeignKey(
        Step,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("step"),
    )
    title = models.CharField(_("title"), max_length=150)
    kind = models.CharField(
        _("kind"), max_length=10, choices=TaskKind, default=TaskKind.WORK
    )
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="tasks",
        verbose_name=_("person in charge"),
    )
    backup = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="backup_tasks",
        verbose_name=_("stands in for the person in charge"),
    )
    start_date = models.DateField(_("start"), null=True, blank=True)
    first_due_date = models.DateField(_("first due"))
    # What it was when the plan was agreed; none while that has not happened.
    baseline_date = models.DateField(
        _("agreed day"), null=True, blank=True, editable=False
    )
    due_date = models.DateField(_("due"))
    state = models.CharField(
        _("state"), max_length=10, choices=TaskState, default=TaskState.OPEN
    )
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)
    block_reason = models.CharField(
        _("why blocked"), max_length=10, choices=BlockReason, blank=True
    )
    block_note = models.CharField(_("what is missing"), max_length=300, blank=True)
    waits_for = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blocked_tasks",
        verbose_name=_("waits for"),
    )
    # The ask that frees it when it is kept.
    waits_for_ask = models.ForeignKey(
        Ask,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="waiting_tasks",
        verbose_name=_("waits for the ask"),
    )
    drop_reason = models.CharField(_("why dropped"), max_length=300, blank=True)
    effort_hours = models.DecimalField(
        _("effort in hours"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty: no estimate."),
    )
    remaining_hours = models.DecimalField(
        _("remaining hours"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty: as much as the effort."),
    )
    helper_ready = models.BooleanField(
        _("ready for a helper"),
        default=False,
        help_text=_("A helper, even a student, can do it as it stands."),
    )
    counts = models.BooleanField(
        _("counts in the appraisal"),
        default=False,
        help_text=_("Said by the region's manager."),
    )
    predecessors = models.ManyToManyField(
        "self",
        through="rollout.TaskLink",
        through_fields=("task", "before"),
        symmetrical=False,
        related_name="successors",
        verbose_name=_("comes after"),
    )

    objects = TaskQuerySet.as_manager()

    class Meta:
        verbose_name = _("task")
        verbose_name_plural = _("tasks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(state__in=TaskState.values), name="task_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TaskKind.values), name="task_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.DONE, finished_at__isnull=False)
                | (~models.Q(state=TaskState.DONE) & models.Q(finished_at=None)),
                name="task_done_has_day",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=TaskState.BLOCKED, block_reason__in=BlockReason.values
                )
                | (~models.Q(state=TaskState.BLOCKED) & models.Q(block_reason="")),
                name="task_blocked_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.BLOCKED)
                | models.Q(waits_for=None, waits_for_ask=None, block_note=""),
                name="task_waits_only_when_blocked",
            ),
            models.CheckConstraint(
                condition=models.Q(state=TaskState.DROPPED) & ~models.Q(drop_reason="")
                | ~models.Q(state=TaskState.DROPPED) & models.Q(drop_reason=""),
                name="task_dropped_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(effort_hours=None) | models.Q(effort_hours__gte=0),
                name="task_effort_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(remaining_hours=None)
                | models.Q(remaining_hours__gte=0),
                name="task_remaining_not_negative",
            ),
            models.CheckConstraint(
                condition=models.Q(backup=None)
                | models.Q(owner=None)
                | ~models.Q(backup=models.F("owner")),
                name="task_backup_is_another",
            ),
            models.UniqueConstraint(fields=["plan", "step"], name="task_step_once"),
        ]
        indexes = [
            models.Index(fields=["owner", "due_date"], name="task_of_owner"),
            models.Index(
                fields=["due_date"],
                condition=models.Q(state__in=UNFINISHED),
                name="task_unfinished",
            ),
            models.Index(
                fields=["owner", "finished_at"],
                condition=models.Q(finished_at__isnull=False),
                name="task_finished_by",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def promised_date(self) -> date:
        """The day that slips are counted from: as agreed, else as first counted."""
        return self.baseline_date or self.first_due_date

    @property
    def history_region_id(self) -> int | None:
        return self.plan.region_id

    @property
    def hours_left(self) -> Decimal | None:
        """What is left of the effort; none where nobody estimated it."""
        if self.remaining_hours is not None:
            return self.remaining_hours
        return self.effort_hours
