"""When each region goes live, and in whose company."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.models import Procedure
from regions.enums import Change, Right
from regions.models import Programme, Region, User, Versioned


class WaveQuerySet(models.QuerySet["Wave"]):
    def visible_to(self, user: User) -> Self:
        standing = user.standing
        if standing.sees_all:
            return self
        plans = Plan.objects.filter(
            wave=models.OuterRef("pk"), region__in=standing.region_ids
        )
        return self.filter(models.Exists(plans))


class Wave(Versioned):
    """Regions that go live together."""

    undo_right = Right.ADMINISTER
    # It was opened, and against what: that stays for ever.
    undo_keeps = frozenset({"opened_at", "opened_by", "overruled_reason"})
    untold_fields = frozenset({"opened_by"})
    told_as = {
        "opened_at": pgettext_lazy("wave", "Opened"),
        "overruled_reason": pgettext_lazy(
            "wave", "Opened against what was missing: %(after)s"
        ),
    }

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="waves", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=60)
    kick_off_date = models.DateField(_("kick-off"), null=True, blank=True)
    go_live_date = models.DateField(_("go-live"))
    # Until then its plans are made, but not agreed.
    opened_at = models.DateTimeField(_("opened"), null=True, blank=True, editable=False)
    opened_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="opened_waves",
        verbose_name=_("opened by"),
    )
    overruled_reason = models.CharField(
        _("opened against what was missing, because"),
        max_length=300,
        blank=True,
        editable=False,
    )

    objects = WaveQuerySet.as_manager()

    class Meta:
        verbose_name = _("wave")
        verbose_name_plural = _("waves")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="wave_name_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(kick_off_date=None)
                | models.Q(kick_off_date__lte=models.F("go_live_date")),
                name="wave_kick_off_before_go_live",
            ),
            models.CheckConstraint(
                condition=models.Q(opened_at__isnull=False)
                | models.Q(opened_by=None, overruled_reason=""),
                name="wave_closed_is_opened_by_nobody",
            ),
            models.CheckConstraint(
                condition=models.Q(overruled_reason="")
                | models.Q(opened_by__isnull=False),
                name="wave_overruled_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class PlanQuerySet(models.QuerySet["Plan"]):
    def running(self) -> Self:
        """Not those of closed programmes, nor of archived regions."""
        return self.filter(programme__closed_at=None, region__archived_at=None)

    def visible_to(self, user: User) -> Self:
        standing = user.standing
        return (
            self if standing.sees_all else self.filter(region__in=standing.region_ids)
        )


class Plan(Versioned):
    """One region's preparation: its go-live, the first promise of it, and its tasks."""

    undo_right = Right.MOVE_GO_LIVE
    undo_keeps = frozenset({"agreed_at", "agreed_by"})
    untold_fields = frozenset({"agreed_by"})
    told_as = {
        "go_live_date": _("Go-live moved: %(before)s → %(after)s"),
        "wave": _("Wave changed: %(before)s → %(after)s"),
        "agreed_at=": _("Agreement taken back"),
        "agreed_at": _("Plan agreed"),
    }

    region = models.ForeignKey(
        Region, models.PROTECT, related_name="plans", verbose_name=_("region")
    )
    wave = models.ForeignKey(
        Wave, models.PROTECT, related_name="plans", verbose_name=_("wave")
    )
    # Repeats the wave's programme, so that one plan per region and programme is a constraint.
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="plans", verbose_name=_("programme")
    )
    kick_off_date = models.DateField(_("kick-off"), null=True, blank=True)
    first_go_live_date = models.DateField(_("first promise"))
    go_live_date = models.DateField(_("go-live"))
    # From then on slips are counted from the days that its tasks had.
    agreed_at = models.DateTimeField(_("agreed"), null=True, blank=True, editable=False)
    agreed_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="agreed_plans",
        verbose_name=_("agreed by"),
    )

    procedures = models.ManyToManyField(
        Procedure,
        through="rollout.PlanProcedure",
        related_name="plans",
        verbose_name=_("procedures"),
    )

    objects = PlanQuerySet.as_manager()

    class Meta:
        verbose_name = _("plan")
        verbose_name_plural = _("plans")
        constraints = [
            models.UniqueConstraint(fields=["programme", "region"], name="plan_once"),
            models.CheckConstraint(
                condition=models.Q(kick_off_date=None)
                | models.Q(kick_off_date__lte=models.F("go_live_date")),
                name="plan_kick_off_before_go_live",
            ),
            models.CheckConstraint(
                condition=models.Q(agreed_at=None, agreed_by=None)
                | models.Q(agreed_at__isnull=False, agreed_by__isnull=False),
                name="plan_agreed_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region} · {self.wave}"

    @property
    def slip_days(self) -> int:
        """Days by which go-live moved since the first promise; negative is earlier."""
        return (self.go_live_date - self.first_go_live_date).days

    def is_live(self, day: date) -> bool:
        return self.go_live_date <= day


class PlanProcedureQuerySet(models.QuerySet["PlanProcedure"]):
    def visible_to(self, user: User) -> Self:
        """As far as the plans themselves."""
        return self.filter(plan__in=Plan.objects.visible_to(user).values("pk"))


class PlanProcedure(Versioned):
    """Which version of a procedure the tasks of a plan were made from, or last follow."""

    undo_right = Right.PUSH_CHANGE
    told_as = {
        Change.CREATED: pgettext_lazy("procedure", "taken into the plan"),
        "procedure": pgettext_lazy("procedure", "Playbook: %(before)s → %(after)s"),
    }
    named_by = ("procedure", "plan__region", "plan__wave")

    plan = models.ForeignKey(
        Plan, models.PROTECT, related_name="versions", verbose_name=_("plan")
    )
    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="uses", verbose_name=_("procedure")
    )

    objects = PlanProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("version in a plan")
        verbose_name_plural = _("versions in plans")
        constraints = [
            models.UniqueConstraint(
                fields=["plan", "procedure"], name="plan_procedure_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.procedure} · {self.plan}"

    @property
    def history_region_id(self) -> int | None:
        return self.plan.region_id
