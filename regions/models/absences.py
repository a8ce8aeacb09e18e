"""When people are away, and who stands in for them meanwhile.

Leave is counted in days of the person who is away, so whether it is that day yet depends
on where he is: queries take every absence near a moment, `away_at` decides.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Audience, Change

from .history import Versioned

if TYPE_CHECKING:
    from .people import User

A_DAY = timedelta(days=1)


def is_within(first: date, last: date, at: datetime, zone: ZoneInfo) -> bool:
    """Whether a moment is on one of these days in a zone."""
    return first <= at.astimezone(zone).date() <= last


def absence_near(person: str, at: datetime) -> models.FilteredRelation:
    """The absences of the person behind a relation that may hold at a moment, to join."""
    path = f"{person}__absences"
    day = at.date()
    return models.FilteredRelation(
        path,
        condition=models.Q(
            **{
                f"{path}__from_date__lte": day + A_DAY,
                f"{path}__last_date__gte": day - A_DAY,
            }
        ),
    )


def away_at(row: Any, at: datetime, person: str = "user") -> "Absence | None":
    """The absence joined to a row, if it holds where the row's person is."""
    # Where nothing was joined, Django leaves the name out.
    absence: Absence | None = getattr(row, "absence", None)
    if absence is None:
        return None
    absence.user = getattr(row, person)
    return absence if absence.holds_at(at) else None


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def visible_to(self, user: "User") -> Self:
        """All for headquarters; else one's own, and those in which one stands in."""
        if user.standing.sees_all:
            return self
        return self.filter(models.Q(user=user) | models.Q(deputy=user))

    def over(self, first: date, last: date) -> Self:
        """Those that share a day with a time."""
        return self.filter(from_date__lte=last, last_date__gte=first)


class Absence(Versioned):
    """Days on which somebody is away, in his own zone, and who stands in for him."""

    audience = Audience.ENGAGED
    told_as = {Change.CREATED: pgettext_lazy("absence", "planned")}

    user = models.ForeignKey(
        "regions.User",
        models.PROTECT,
        related_name="absences",
        verbose_name=_("person"),
    )
    from_date = models.DateField(_("first day away"))
    last_date = models.DateField(_("last day away"))
    deputy = models.ForeignKey(
        "regions.User",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="deputyships",
        verbose_name=_("deputy"),
    )

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(last_date__gte=models.F("from_date")),
                name="absence_ends_after_start",
            ),
            models.CheckConstraint(
                condition=models.Q(deputy=None) | ~models.Q(deputy=models.F("user")),
                name="absence_deputy_is_another",
            ),
            models.UniqueConstraint(
                fields=["user", "from_date"], name="absence_once_from_a_day"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}, {self.from_date} - {self.last_date}"

    def holds_at(self, at: datetime) -> bool:
        """Whether it is one of these days where the person is."""
        return is_within(self.from_date, self.last_date, at, self.user.zone)
