"""Where somebody lives, as far as his calendar goes, and what headquarters says of days."""

from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Right
from regions.validators import validate_country, validate_subdivision

from .history import Versioned

if TYPE_CHECKING:
    from .people import User


class Located(models.Model):
    """Has the public holidays of a country, and of a state or province of it."""

    country = models.CharField(
        _("country"),
        max_length=2,
        blank=True,
        validators=[validate_country],
        help_text=_("For its public holidays: DE, CN, US. Empty: none are kept."),
    )
    subdivision = models.CharField(
        _("state or province"),
        max_length=3,
        blank=True,
        validators=[validate_subdivision],
        help_text=_("For holidays that only it keeps: BY, WA."),
    )

    class Meta:
        abstract = True


class HolidayQuerySet(models.QuerySet["Holiday"]):
    def visible_to(self, user: models.Model) -> Self:
        """Everybody: a calendar is no secret."""
        return self


class Holiday(Versioned):
    """What headquarters corrects in the public holidays: a day off, or one worked after all.

    Holds in the whole country, or in one state or province where that is given; the
    narrower correction goes before the wider.
    """

    undo_right = Right.ADMINISTER

    country = models.CharField(
        _("country"), max_length=2, validators=[validate_country]
    )
    subdivision = models.CharField(
        _("state or province"),
        max_length=3,
        blank=True,
        validators=[validate_subdivision],
    )
    day_date = models.DateField(_("day"))
    name = models.CharField(_("name"), max_length=100)
    is_worked = models.BooleanField(
        _("is worked"),
        default=False,
        help_text=_("Worked although it is a holiday or a weekend, as in China."),
    )

    objects = HolidayQuerySet.as_manager()

    class Meta:
        verbose_name = _("holiday")
        verbose_name_plural = _("holidays")
        constraints = [
            models.UniqueConstraint(
                fields=["country", "subdivision", "day_date"], name="holiday_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(country=""), name="holiday_has_country"
            ),
            models.CheckConstraint(
                condition=~models.Q(name=""), name="holiday_has_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.day_date}"


class BlackoutQuerySet(models.QuerySet["Blackout"]):
    def visible_to(self, user: "User") -> Self:
        """Those of all regions for everybody with a role, the others as the region is."""
        standing = user.standing
        if standing.sees_all:
            return self
        if not standing.roles:
            return self.none()
        return self.filter(
            models.Q(region=None) | models.Q(region__in=standing.region_ids)
        )


class Blackout(Versioned):
    """Days on which a programme asks nothing of a region, or of any: the closing of a year.

    They are worked all the same; what needs the region is only not put on them, and who
    lets it go live on one of them says why.
    """

    undo_right = Right.ADMINISTER

    programme = models.ForeignKey(
        "regions.Programme",
        models.PROTECT,
        related_name="blackouts",
        verbose_name=_("programme"),
    )
    region = models.ForeignKey(
        "regions.Region",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="blackouts",
        verbose_name=_("region"),
        help_text=_("Empty: it holds in all regions."),
    )
    first_date = models.DateField(_("first day"))
    last_date = models.DateField(_("last day"))
    reason = models.CharField(_("reason"), max_length=200)

    objects = BlackoutQuerySet.as_manager()

    class Meta:
        verbose_name = _("blackout")
        verbose_name_plural = _("blackouts")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(first_date__lte=models.F("last_date")),
                name="blackout_ends_after_start",
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""), name="blackout_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.first_date}"
