"""Asking everybody who took part in a pilot what it taught."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import Finding, Pilot
from regions.enums import Audience, Change
from regions.models import User, Versioned
from rollout.enums import CloseOutQuestion


class CloseOutQuerySet(models.QuerySet["CloseOut"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.sees_all else self.none()


class CloseOut(Versioned):
    """One round of five questions about a pilot. Who was asked, the mails say."""

    audience = Audience.ENGAGED
    told_as = {Change.CREATED: pgettext_lazy("close-out", "close-out started")}

    pilot = models.ForeignKey(
        Pilot, models.PROTECT, related_name="close_outs", verbose_name=_("pilot")
    )
    started_by = models.ForeignKey(
        User, models.PROTECT, related_name="close_outs", verbose_name=_("started by")
    )
    started_at = models.DateTimeField(_("started"))
    # How many people were asked.
    asked = models.PositiveIntegerField(_("people asked"))

    objects = CloseOutQuerySet.as_manager()

    class Meta:
        verbose_name = _("close-out")
        verbose_name_plural = _("close-outs")
        constraints = [
            # Of fewer, everybody would know who said what.
            models.CheckConstraint(
                condition=models.Q(asked__gte=3), name="close_out_asks_three"
            ),
        ]

    def __str__(self) -> str:
        return str(self.pilot)


class CloseOutReplyQuerySet(models.QuerySet["CloseOutReply"]):
    def visible_to(self, user: User) -> Self:
        """For nobody: the finding alone tells what was said."""
        return self.none()


class CloseOutReply(models.Model):
    """What came by one link to one question, so that it can be changed by the same link.

    It knows the link by a mark made with the secret key, and no person. It stands in no
    page, admin or history; what it says is the finding.
    """

    close_out = models.ForeignKey(
        CloseOut,
        models.PROTECT,
        related_name="replies",
        verbose_name=_("close-out"),
    )
    mark = models.CharField(_("mark of the link"), max_length=64)
    question = models.CharField(_("question"), max_length=10, choices=CloseOutQuestion)
    finding = models.OneToOneField(
        Finding, models.PROTECT, related_name="reply", verbose_name=_("finding")
    )

    objects = CloseOutReplyQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer of a close-out")
        verbose_name_plural = _("answers of close-outs")
        constraints = [
            models.UniqueConstraint(
                fields=["close_out", "mark", "question"], name="reply_once"
            ),
            models.CheckConstraint(
                condition=models.Q(question__in=CloseOutQuestion.values),
                name="reply_question_known",
            ),
        ]

    def __str__(self) -> str:
        return str(CloseOutQuestion(self.question).label)
