"""Which versions of the playbook were carried into plans, so that it can be taken back."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import Procedure
from regions.models import User

from .plan import Plan


class PushQuerySet(models.QuerySet["Push"]):
    def visible_to(self, user: User) -> Self:
        """Who sees all regions: a push tells of many of them."""
        return self if user.standing.sees_all else self.none()


class Push(models.Model):
    """A published version that somebody carried into plans, one or many at a time.

    Everybody who has work in them is told once. What it did stands in the history.
    """

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="pushes", verbose_name=_("procedure")
    )
    by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="pushes",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))

    objects = PushQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("playbook", "version carried into plans")
        verbose_name_plural = pgettext_lazy("playbook", "versions carried into plans")

    def __str__(self) -> str:
        return f"{self.procedure} · {self.at:%Y-%m-%d}"


class PushedPlanQuerySet(models.QuerySet["PushedPlan"]):
    def visible_to(self, user: User) -> Self:
        """As the pushes themselves."""
        return self if user.standing.sees_all else self.none()

    def lasting(self) -> Self:
        return self.filter(undone_at=None)


class PushedPlan(models.Model):
    """One plan of a push: an act of its own, so that each region can be taken back alone."""

    push = models.ForeignKey(
        Push, models.PROTECT, related_name="plans", verbose_name=_("push")
    )
    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="pushes", verbose_name=_("plan")
    )
    act = models.UUIDField(_("act"), unique=True, default=uuid.uuid4)
    undone_at = models.DateTimeField(_("taken back"), null=True, blank=True)

    objects = PushedPlanQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("playbook", "plan of a push")
        verbose_name_plural = pgettext_lazy("playbook", "plans of a push")
        constraints = [
            models.UniqueConstraint(fields=["push", "plan"], name="push_plan_once"),
        ]

    def __str__(self) -> str:
        return f"{self.push} · {self.plan}"
