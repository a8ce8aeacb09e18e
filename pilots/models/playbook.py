"""The playbook: procedures, and the steps that become tasks."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from pilots.enums import OffsetUnit, StepRole, TaskKind
from regions.enums import Right
from regions.models import Programme, User, Versioned


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
