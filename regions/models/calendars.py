"""Where somebody lives, as far as his calendar goes, and what headquarters corrects in it."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Right
from regions.validators import validate_country, validate_subdivision

from .history import Versioned


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
