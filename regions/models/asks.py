"""What is asked of a CEO, and what he asks of us."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import (
    SETTLED_ASKS,
    AskKind,
    AskOf,
    AskState,
    Audience,
    Change,
    Right,
)

from .ceos import RegionalCEO, engaged_regions
from .history import Versioned
from .people import User
from .programme import Programme


class AskQuerySet(models.QuerySet["Ask"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user))

    def waiting(self) -> Self:
        return self.filter(state__in=[AskState.OPEN, AskState.PROMISED])

    def running(self) -> Self:
        """Not those of closed programmes, nor of archived regions."""
        return self.filter(programme__closed_at=None, ceo__region__archived_at=None)

    def by_due(self) -> Self:
        """The longest overdue first; what has no day comes last, in every database."""
        return self.order_by(models.F("due_date").asc(nulls_last=True), "id")


class Ask(Versioned):
    """One concrete thing that the CEO owes the programme, or the programme him."""

    audience = Audience.ENGAGED
    undo_right = Right.LOG_TALK
    untold_fields = frozenset({"settled_at"})
    told_as = {
        Change.CREATED: pgettext_lazy("ask", "asked"),
        f"state={AskState.OPEN}": pgettext_lazy("ask", "Open again"),
        f"state={AskState.PROMISED}": pgettext_lazy("ask", "Promised"),
        f"state={AskState.DONE}": pgettext_lazy("ask", "Done"),
        f"state={AskState.DECLINED}": pgettext_lazy("ask", "Declined"),
    }

    ceo = models.ForeignKey(
        RegionalCEO, models.PROTECT, related_name="asks", verbose_name=_("regional CEO")
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="asks", verbose_name=_("programme")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=AskKind)
    of = models.CharField(_("of whom"), max_length=10, choices=AskOf, default=AskOf.CEO)
    text = models.CharField(_("what is asked"), max_length=200)
    due_date = models.DateField(_("due"), null=True, blank=True)
    first_due_date = models.DateField(_("first due"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=AskState, default=AskState.OPEN
    )
    # When it became done or declined, as far as known; a kept ask is evidence for a time.
    settled_at = models.DateTimeField(
        _("settled"), null=True, blank=True, editable=False
    )

    objects = AskQuerySet.as_manager()

    class Meta:
        verbose_name = _("ask")
        verbose_name_plural = _("asks")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(kind__in=AskKind.values), name="ask_kind_known"
            ),
            models.CheckConstraint(
                condition=models.Q(of__in=AskOf.values), name="ask_of_known"
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=AskState.values), name="ask_state_known"
            ),
            models.CheckConstraint(condition=~models.Q(text=""), name="ask_says_what"),
            models.CheckConstraint(
                condition=models.Q(settled_at=None) | models.Q(state__in=SETTLED_ASKS),
                name="ask_settled_only_at_an_end",
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id

    @property
    def is_waiting(self) -> bool:
        return self.state not in SETTLED_ASKS

    @property
    def is_of_ceo(self) -> bool:
        return self.of == AskOf.CEO
