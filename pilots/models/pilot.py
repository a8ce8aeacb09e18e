"""First go-lives, and what they had to prove."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import Direction
from regions.enums import Change, Right
from regions.models import Programme, User, Versioned


class PilotQuerySet(models.QuerySet["Pilot"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.roles else self.none()


class Pilot(Versioned):
    """A first go-live that the programme looks back on before it goes further."""

    undo_right = Right.KEEP_PILOTS

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="pilots", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=60)
    scope = models.TextField(_("scope"), max_length=1000, blank=True)
    from_date = models.DateField(_("first day"), null=True, blank=True)
    to_date = models.DateField(_("last day"), null=True, blank=True)

    objects = PilotQuerySet.as_manager()

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="pilot_name_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(from_date=None)
                | models.Q(to_date=None)
                | models.Q(from_date__lte=models.F("to_date")),
                name="pilot_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class SuccessCriterionQuerySet(models.QuerySet["SuccessCriterion"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.roles else self.none()


class SuccessCriterion(Versioned):
    """What a pilot had to reach, and what it did; `pilots.criteria` judges."""

    undo_right = Right.KEEP_PILOTS
    told_as = {Change.CREATED: pgettext_lazy("criterion", "added")}

    pilot = models.ForeignKey(
        Pilot, models.PROTECT, related_name="criteria", verbose_name=_("pilot")
    )
    metric = models.CharField(_("what is measured"), max_length=100)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    baseline = models.DecimalField(
        _("before the pilot"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    target = models.DecimalField(_("target"), max_digits=14, decimal_places=3)
    direction = models.CharField(
        _("direction"), max_length=10, choices=Direction, default=Direction.AT_LEAST
    )
    actual = models.DecimalField(
        _("reached"), max_digits=14, decimal_places=3, null=True, blank=True
    )
    evidence = models.CharField(_("evidence"), max_length=300, blank=True)
    is_mandatory = models.BooleanField(_("mandatory"), default=True)

    objects = SuccessCriterionQuerySet.as_manager()

    class Meta:
        verbose_name = _("success criterion")
        verbose_name_plural = _("success criteria")
        constraints = [
            models.UniqueConstraint(
                fields=["pilot", "metric"], name="criterion_metric_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(direction__in=Direction.values),
                name="criterion_direction_known",
            ),
        ]

    def __str__(self) -> str:
        return self.metric
