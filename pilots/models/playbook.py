"""The playbook: procedures in numbered versions, and the steps that become tasks."""

import uuid
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import OffsetUnit, StepRole, TaskKind
from regions.enums import Change, Right
from regions.models import Programme, User, Versioned


class ProcedureQuerySet(models.QuerySet["Procedure"]):
    def visible_to(self, user: User) -> Self:
        """Published ones for everybody with a role; drafts for who sees everything."""
        standing = user.standing
        if standing.sees_all:
            return self
        return self.published() if standing.roles else self.none()

    def published(self) -> Self:
        return self.filter(published_at__isnull=False)

    def drafts(self) -> Self:
        return self.filter(published_at=None)

    def newest(self) -> Self:
        """Of each procedure the version that plans are made from now."""
        later = Procedure.objects.published().filter(
            programme=models.OuterRef("programme"),
            name=models.OuterRef("name"),
            number__gt=models.OuterRef("number"),
        )
        return self.published().filter(~models.Exists(later))


class Procedure(Versioned):
    """One version of a standard way of doing one part of the roll-out.

    The playbook is the newest published version of each. A version that is published never
    changes, nor do its steps; the next one begins as a draft of the same name.
    """

    undo_right = Right.KEEP_PLAYBOOK
    undo_keeps = frozenset({"published_at", "published_by"})
    untold_fields = frozenset({"published_by"})
    told_as = {"published_at": pgettext_lazy("procedure", "Published")}
    name_unseen = _("a version that is not published")

    programme = models.ForeignKey(
        Programme,
        models.PROTECT,
        related_name="procedures",
        verbose_name=_("programme"),
    )
    name = models.CharField(_("name"), max_length=100)
    number = models.PositiveIntegerField(_("version of the procedure"), default=1)
    position = models.PositiveIntegerField(_("position"), default=0)
    # From then on it stays as it is.
    published_at = models.DateTimeField(
        _("published"), null=True, blank=True, editable=False
    )
    published_by = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="published_procedures",
        verbose_name=_("published by"),
    )

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
            models.UniqueConstraint(
                fields=["programme", "name"],
                condition=models.Q(published_at=None),
                name="procedure_one_draft",
            ),
            models.CheckConstraint(
                condition=models.Q(published_at__isnull=False)
                | models.Q(published_by=None),
                name="procedure_draft_is_published_by_nobody",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def told_name(self) -> str:
        """As the history names it where something else points to it."""
        return f"{self.name} {self.number}"

    @property
    def is_draft(self) -> bool:
        return self.published_at is None


class StepQuerySet(models.QuerySet["Step"]):
    def visible_to(self, user: User) -> Self:
        """As far as the procedures themselves."""
        seen = Procedure.objects.visible_to(user).values("pk")
        return self.filter(procedure__in=seen)


class Step(Versioned):
    """One step of a procedure; in each plan it becomes a task, counted back from go-live."""

    undo_right = Right.KEEP_PLAYBOOK
    name_unseen = _("a step that is not published")

    procedure = models.ForeignKey(
        Procedure, models.PROTECT, related_name="steps", verbose_name=_("procedure")
    )
    # The same in every version of the procedure, whatever becomes of its title.
    key = models.UUIDField(_("key"), default=uuid.uuid4, editable=False)
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
    how_to = models.TextField(
        _("how to do it"),
        max_length=600,
        blank=True,
        help_text=_("At most three short steps, each on a line."),
    )
    effort_hours = models.DecimalField(
        _("effort in hours"),
        max_digits=6,
        decimal_places=2,
        null=True,
        blank=True,
        help_text=_("Empty: no estimate."),
    )
    helper_ready = models.BooleanField(
        _("ready for a helper"),
        default=False,
        help_text=_("A helper, even a student, can do it as it stands."),
    )
    needs_confirmation = models.BooleanField(
        _("needs confirmation"),
        default=False,
        help_text=_("A named person of the region confirms what was agreed."),
    )
    position = models.PositiveIntegerField(_("position"), default=0)
    predecessors = models.ManyToManyField(
        "self",
        through="pilots.StepLink",
        through_fields=("step", "before"),
        symmetrical=False,
        related_name="successors",
        verbose_name=_("comes after"),
    )

    objects = StepQuerySet.as_manager()

    class Meta:
        verbose_name = _("step")
        verbose_name_plural = _("steps")
        constraints = [
            models.UniqueConstraint(
                fields=["procedure", "title"], name="step_title_unique"
            ),
            models.UniqueConstraint(
                fields=["procedure", "key"], name="step_key_unique"
            ),
            models.CheckConstraint(
                condition=models.Q(effort_hours=None) | models.Q(effort_hours__gte=0),
                name="step_effort_not_negative",
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


class StepLinkQuerySet(models.QuerySet["StepLink"]):
    def visible_to(self, user: User) -> Self:
        """As far as the steps themselves."""
        seen = Procedure.objects.visible_to(user).values("pk")
        return self.filter(step__procedure__in=seen)


class StepLink(Versioned):
    """A step that comes after another of the same version; never in a circle.

    Both are checked by `pilots.services.playbook`, which holds the version locked meanwhile.
    """

    undo_right = Right.KEEP_PLAYBOOK
    told_as = {
        Change.CREATED: pgettext_lazy("order of tasks", "comes first"),
        Change.DELETED: pgettext_lazy("order of tasks", "no longer comes first"),
    }

    step = models.ForeignKey(
        Step, models.PROTECT, related_name="links_before", verbose_name=_("step")
    )
    before = models.ForeignKey(
        Step, models.PROTECT, related_name="links_after", verbose_name=_("comes first")
    )

    objects = StepLinkQuerySet.as_manager()

    class Meta:
        verbose_name = pgettext_lazy("order of tasks", "order")
        verbose_name_plural = pgettext_lazy("order of tasks", "orders")
        constraints = [
            models.UniqueConstraint(fields=["step", "before"], name="steplink_once"),
            models.CheckConstraint(
                condition=~models.Q(step=models.F("before")),
                name="steplink_not_to_itself",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.step}"
