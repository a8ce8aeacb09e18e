"""Lessons at the point of use: what was done with one on a task, and what came of it."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import Finding
from regions.enums import Change
from regions.models import User
from rollout.enums import LessonAnswer, LessonOutcome, SkipReason

from .task import Task
from .taskparts import TaskPart, TaskPartQuerySet

# Whoever left a lesson out can only tell that its problem came.
OUTCOMES_OF = {
    LessonAnswer.USED: tuple(LessonOutcome),
    LessonAnswer.ADAPTED: tuple(LessonOutcome),
    LessonAnswer.SKIPPED: (LessonOutcome.CAME_BACK,),
}


class LessonUseQuerySet(TaskPartQuerySet["LessonUse"]):
    """As all that hangs on tasks."""


class LessonUse(TaskPart):
    """What the people of one task did with one lesson; no row while nobody said.

    The answer never changes: it is taken back and given anew. The outcome comes later.
    """

    undo_owner = "task_owner"
    undo_owner_fields = frozenset({"outcome", "outcome_by", "outcome_at"})
    untold_fields = frozenset({"outcome_by", "outcome_at"})
    told_as = {
        Change.CREATED: pgettext_lazy("lesson", "answered"),
        Change.DELETED: pgettext_lazy("lesson", "answer taken back"),
        "outcome=": pgettext_lazy("lesson", "Outcome taken back"),
        f"outcome={LessonOutcome.HELPED}": pgettext_lazy("lesson", "Helped"),
        f"outcome={LessonOutcome.DID_NOT}": pgettext_lazy("lesson", "Did not help"),
        f"outcome={LessonOutcome.CAME_BACK}": _("The problem came back"),
    }

    task = models.ForeignKey(
        Task, models.PROTECT, related_name="lesson_uses", verbose_name=_("task")
    )
    finding = models.ForeignKey(
        Finding, models.PROTECT, related_name="uses", verbose_name=_("lesson")
    )
    answer = models.CharField(_("answer"), max_length=10, choices=LessonAnswer)
    skip_reason = models.CharField(
        _("why skipped"), max_length=10, choices=SkipReason, blank=True
    )
    skip_note = models.CharField(_("note"), max_length=300, blank=True)
    by = models.ForeignKey(
        User, models.PROTECT, related_name="lesson_answers", verbose_name=_("by")
    )
    at = models.DateTimeField(_("at"))
    outcome = models.CharField(
        _("outcome"), max_length=10, choices=LessonOutcome, blank=True
    )
    outcome_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="lesson_outcomes",
        verbose_name=_("outcome told by"),
    )
    outcome_at = models.DateTimeField(_("outcome told"), null=True, blank=True)

    objects = LessonUseQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer to a lesson")
        verbose_name_plural = _("answers to lessons")
        constraints = [
            models.UniqueConstraint(fields=["task", "finding"], name="lessonuse_once"),
            models.CheckConstraint(
                condition=models.Q(answer__in=LessonAnswer.values),
                name="lessonuse_answer_known",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    answer=LessonAnswer.SKIPPED, skip_reason__in=SkipReason.values
                )
                | ~models.Q(answer=LessonAnswer.SKIPPED)
                & models.Q(skip_reason="", skip_note=""),
                name="lessonuse_skipped_has_reason",
            ),
            models.CheckConstraint(
                condition=models.Q(outcome="", outcome_by=None, outcome_at=None)
                | models.Q(
                    outcome__in=LessonOutcome.values,
                    outcome_by__isnull=False,
                    outcome_at__isnull=False,
                ),
                name="lessonuse_outcome_says_by_whom",
            ),
            models.CheckConstraint(
                condition=~models.Q(answer=LessonAnswer.SKIPPED)
                | models.Q(outcome__in=["", LessonOutcome.CAME_BACK]),
                name="lessonuse_skipped_did_not_help",
            ),
        ]

    def __str__(self) -> str:
        return self.finding.title
