"""What pilots and later waves taught."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from pilots.enums import (
    TRIGGERS,
    UNDECIDED,
    Area,
    Effect,
    FindingKind,
    FindingState,
    Severity,
    triggers,
)
from regions.enums import Change, Right
from regions.models import Programme, User, Versioned

from .pilot import Pilot
from .playbook import Step


class FindingQuerySet(models.QuerySet["Finding"]):
    def visible_to(self, user: User) -> Self:
        """Adopted ones for everybody, with what was merged into them; the rest for those
        who weigh them, wrote them or have them in charge."""
        standing = user.standing
        if standing.sees_all or standing.liaison_of:
            return self
        if not standing.roles:
            return self.none()
        adopted = models.Q(state=FindingState.ADOPTED)
        merged = models.Q(merged_into__state=FindingState.ADOPTED)
        return self.filter(
            adopted | merged | models.Q(author=user) | models.Q(owner=user)
        )

    def adopted(self) -> Self:
        return self.filter(state=FindingState.ADOPTED)

    def undecided(self) -> Self:
        """Neither adopted nor put aside."""
        return self.filter(state__in=UNDECIDED)

    def running(self) -> Self:
        """Not those of closed programmes."""
        return self.filter(programme__closed_at=None)


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
        f"state={FindingState.MERGED}": pgettext_lazy("finding", "Merged"),
    }

    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="findings", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind"), max_length=12, choices=FindingKind)
    area = models.CharField(_("area"), max_length=12, choices=Area)
    title = models.CharField(_("what happened"), max_length=150)
    cause = models.CharField(_("cause"), max_length=300, blank=True)
    effect = models.CharField(_("effect"), max_length=300, blank=True)
    effect_amount = models.DecimalField(
        _("how much"), max_digits=14, decimal_places=2, null=True, blank=True
    )
    effect_of = models.CharField(
        _("of what"), max_length=10, choices=Effect, blank=True
    )
    effect_currency = models.CharField(_("currency"), max_length=10, blank=True)
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
    # When it is to be thought of: at a stage, before a gate, with a kind of task.
    trigger = models.CharField(
        _("when it matters"), max_length=25, choices=triggers, blank=True
    )
    severity = models.CharField(
        _("severity"), max_length=10, choices=Severity, blank=True
    )
    owner = models.ForeignKey(
        User,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="owned_findings",
        verbose_name=_("in charge"),
    )
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
    # Always one that is not merged itself.
    merged_into = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="merged",
        verbose_name=_("merged into"),
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
            models.CheckConstraint(
                condition=models.Q(effect_amount=None, effect_of="")
                | models.Q(effect_amount__isnull=False, effect_of__in=Effect.values),
                name="finding_effect_says_of_what",
            ),
            models.CheckConstraint(
                condition=models.Q(effect_of=Effect.MONEY)
                ^ models.Q(effect_currency=""),
                name="finding_money_has_currency",
            ),
            models.CheckConstraint(
                condition=models.Q(trigger__in=["", *TRIGGERS]),
                name="finding_trigger_known",
            ),
            models.CheckConstraint(
                condition=models.Q(severity__in=["", *Severity.values]),
                name="finding_severity_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state=FindingState.MERGED, merged_into__isnull=False)
                | (~models.Q(state=FindingState.MERGED) & models.Q(merged_into=None)),
                name="finding_merged_says_into_which",
            ),
            models.UniqueConstraint(
                fields=["programme", "title"], name="finding_title_unique"
            ),
        ]

    def __str__(self) -> str:
        return self.title
