"""Pilots, what they taught, and the playbook of procedures and steps made of it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import (
    Area,
    FindingKind,
    FindingState,
    OffsetUnit,
    StepRole,
    TaskKind,
)
from regions.enums import Change, Right
from regions.models import Programme, User, Versioned


class PilotQuerySet(models.QuerySet["Pilot"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.roles else self.none()


class Pilot(Versioned):
    """A first go-live that the programme looks back on before it goes further."""

    undo_right = Right.ADMINISTER

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="pilots", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=60)

    objects = PilotQuerySet.as_manager()

    class Meta:
        verbose_name = _("pilot")
        verbose_name_plural = _("pilots")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name"], name="pilot_name_unique"
            )
        ]

    def __str__(self) -> str:
        return self.name


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.roles else self.none()


class Procedure(Versioned):
    """A standard way of doing one part of the roll-out; the playbook is all of them."""

    undo_right = Right.ADMINISTER

    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        related_name="procedures",
        verbose_name=_("programme"),
    )
    name = models.CharField(_("name"), max_length=100)
    number = models.PositiveIntegerField(_("version of the procedure"), default=1)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = ProcedureQuerySet.as_manager()

    class Meta:
        verbose_name = _("procedure")
        verbose_name_plural = _("procedures")
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "name", "number"], name="procedure_version_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(number__gte=1), name="procedure_number_positive"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, user: User) -> Self:
        return self if user.standing.roles else self.none()


class Step(Versioned):
    """One step of a procedure; in each plan it becomes a task, counted back from go-live."""

    undo_right = Right.ADMINISTER

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="steps", verbose_name=_("procedure")
    )
    title = models.CharField(_("title"), max_length=150)
    kind = models.CharField(
        _("kind"), max_length=10, choices=TaskKind, default=TaskKind.WORK
    )
    role = models.CharField(
        _("who does it"), max_length=10, choices=StepRole, default=StepRole.REGION
    )
    function = models.CharField(
        _("function"),
        max_length=60,
        blank=True,
        help_text=_(
            "Whose job it is in the region, for example payroll or data helper."
        ),
    )
    offset_days = models.SmallIntegerField(
        _("days from go-live"), help_text=_("Negative before go-live.")
    )
    offset_unit = models.CharField(
        _("counted in"),
        max_length=12,
        choices=OffsetUnit,
        default=OffsetUnit.DAY,
        help_text=_(
            "Days stay on their day, also on a Sunday. Working days are those of the region."
        ),
    )
    needs_region = models.BooleanField(
        _("needs the region"),
        default=False,
        help_text=_(
            "Moved off its holidays, weekends and blackouts: before go-live to the free day "
            "before, after it to the next."
        ),
    )
    note = models.CharField(_("note"), max_length=300, blank=True)
    position = models.PositiveIntegerField(_("position"), default=0)

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "title"], name="step_title_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=TaskKind.values), name="step_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=StepRole.values), name="step_role_known"
            ),
            models.CheckConstraint(
                condition=models.Q(offset_days__range=(-1500, 1500)),
                name="step_offset_sane",
            ),
            models.CheckConstraint(
                condition=models.Q(offset_unit__in=OffsetUnit.values),
                name="step_unit_known",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        """Adopted ones for everybody; the rest for those who weigh them and who wrote them."""
        standing = user.standing
        if standing.sees_all or standing.liaison_of:
            return self
        if not standing.roles:
            return self.none()
        return self.filter(models.Q(state=FindingState.ADOPTED) | models.Q(author=user))

    def adopted(self) -> Self:
        return self.filter(state=FindingState.ADOPTED)


class Finding(Versioned):
    """An achievement, problem, experience or lesson, of a pilot or of a wave by its name.

    Adopting it ties it to the step whose tasks it concerns; from then on it shows on them.
    """

    takes_files = True
    undo_right = Right.DECIDE_FINDING
    told_as = {
        Change.CREATED: pgettext_lazy("finding", "recorded"),
        f"state={FindingState.PROPOSED}": pgettext_lazy("finding", "Proposed again"),
        f"state={FindingState.REVIEWED}": pgettext_lazy("finding", "Reviewed"),
        f"state={FindingState.ADOPTED}": pgettext_lazy("finding", "Adopted"),
        f"state={FindingState.REJECTED}": pgettext_lazy("finding", "Rejected"),
        f"state={FindingState.RETIRED}": pgettext_lazy("finding", "Retired"),
    }

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="findings", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=FindingKind)
    area = models.CharField(_("area"), max_length=12, choices=Area)
    title = models.CharField(_("what happened"), max_length=150)
    effect = models.CharField(_("effect"), max_length=300, blank=True)
    recommendation = models.CharField(_("do differently"), max_length=300, blank=True)
    pilot = models.ForeignKey(
        Pilot,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("pilot"),
    )
    wave_name = models.CharField(_("wave"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=100, blank=True)
    step = models.ForeignKey(
        Step,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("step"),
    )
    state = models.CharField(
        _("state"), max_length=10, choices=FindingState, default=FindingState.PROPOSED
    )
    decision_reason = models.CharField(_("reason"), max_length=300, blank=True)
    author = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="findings",
        verbose_name=_("recorded by"),
    )

    objects = FindingQuerySet.as_manager()

    class Meta:
        verbose_name = _("finding")
        verbose_name_plural = _("findings")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=FindingKind.values),
                name="finding_kind_known",
            ),
            models.CheckConstraint(
                condition=models.Q(area__in=Area.values), name="finding_area_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=FindingState.values),
                name="finding_state_known",
            ),
            models.CheckConstraint(
                condition=models.Q(pilot=None) | models.Q(wave_name=""),
                name="finding_of_pilot_or_wave",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=FindingState.ADOPTED)
                | models.Q(step__isnull=False),
                name="finding_adopted_has_step",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=FindingState.REJECTED)
                | ~models.Q(decision_reason=""),
                name="finding_rejected_has_reason",
            ),
            models.UniqueConstraint(
                fields=["programme", "title"], name="finding_title_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.title
