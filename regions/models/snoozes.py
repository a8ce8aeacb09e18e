"""Calls that somebody puts off, from his own list only."""

from datetime import date
from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Audience, Change

from .ceos import Rhythm, engaged_regions
from .history import Versioned
from .people import User


class SnoozeQuerySet(models.QuerySet["Snooze"]):
    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user, "rhythm__ceo__region"))

    def holding(self, day: date) -> Self:
        """Hide an entry on that day."""
        return self.filter(lifted_at=None, until_date__gt=day)


class Snooze(Versioned):
    """One CEO is off one person's call list until a day, with a reason; the rhythm runs on."""

    audience = Audience.ENGAGED
    told_as = {
        Change.CREATED: pgettext_lazy("snooze", "put off"),
        "lifted_at": pgettext_lazy("snooze", "Back on the list"),
    }

    user = models.ForeignKey(
        User, models.PROTECT, related_name="snoozes", verbose_name=_("from whose list")
    )
    rhythm = models.ForeignKey(
        Rhythm, models.PROTECT, related_name="snoozes", verbose_name=_("rhythm")
    )
    # The first day on which the entry is back.
    until_date = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=200)
    at = models.DateTimeField(_("at"))
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)

    objects = SnoozeQuerySet.as_manager()

    class Meta:
        verbose_name = _("put-off call")
        verbose_name_plural = _("put-off calls")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="snooze_says_why"
            ),
            models.UniqueConstraint(
                fields=["user", "rhythm"],
                condition=models.Q(lifted_at=None),
                name="snooze_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.rhythm}, {self.until_date}"

    @property
    def history_region_id(self) -> int | None:
        return self.rhythm.ceo.region_id
