"""What one person handed over to another, so that it can be taken back."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.models import User


class HandoverQuerySet(models.QuerySet["Handover"]):
    def visible_to(self, user: User) -> Self:
        """Headquarters, CIO and auditors, as the people themselves."""
        return self if user.standing.sees_all else self.none()

    def of(self, user: User) -> Self:
        return self.filter(models.Q(giver=user) | models.Q(taker=user))


class Handover(models.Model):
    """One act that moved somebody's regions and tasks to somebody else.

    What it moved stands in the history under the id of the act; this is its label.
    """

    giver = models.ForeignKey(
        User, models.PROTECT, related_name="given", verbose_name=_("from")
    )
    taker = models.ForeignKey(
        User, models.PROTECT, related_name="taken", verbose_name=_("to")
    )
    act = models.UUIDField(_("act"), unique=True, default=uuid.uuid4)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="handovers",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = HandoverQuerySet.as_manager()

    class Meta:
        verbose_name = _("hand-over")
        verbose_name_plural = _("hand-overs")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(giver=models.F("taker")),
                name="handover_to_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.giver.name} → {self.taker.name}"
