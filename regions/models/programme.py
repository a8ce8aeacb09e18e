"""The programme that is rolled out, and the companies that it goes to."""

from typing import Self
from zoneinfo import ZoneInfo

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Right
from regions.validators import validate_code, validate_weekdays, validate_zone

from .calendars import Located
from .history import Versioned
from .people import User


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def running_first(self) -> Self:
        """In the order they came, closed ones behind."""
        return self.order_by(models.F("closed_at").asc(nulls_first=True), "id")

    def visible_to(self, user: User) -> Self:
        """Everybody with a role sees which programmes run."""
        return self if user.standing.roles else self.none()


class Programme(Versioned):
    """One system that is brought to many regional companies."""

    undo_right = Right.ADMINISTER
    undo_keeps = frozenset({"closed_at"})
    told_as = {"closed_at=": _("Opened again"), "closed_at": _("Closed")}

    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[validate_code]
    )
    name = models.CharField(_("name"), max_length=100)
    # Since then nothing is due in it and nobody is reminded; all of it can be read.
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)
    date_shift_weeks = models.IntegerField(
        _("weeks by which its dates are shifted"),
        default=0,
        help_text=_(
            "A sample of a past roll-out is moved by whole weeks to lie around today."
        ),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name=""), name="programme_has_name"
            )
        ]

    def __str__(self) -> str:
        return self.name


class RegionQuerySet(models.QuerySet["Region"]):
    def visible_to(self, user: User) -> Self:
        standing = user.standing
        return self if standing.sees_all else self.filter(pk__in=standing.region_ids)


class Region(Versioned, Located):
    """A regional company that the system is brought to."""

    undo_right = Right.ADMINISTER
    undo_keeps = frozenset({"archived_at"})
    told_as = {"archived_at=": _("Taken up again"), "archived_at": _("Archived")}

    code = models.CharField(
        _("code"), max_length=20, unique=True, validators=[validate_code]
    )
    name = models.CharField(_("name"), max_length=100)
    # Since then nothing is due there and nobody is reminded; all of it can be read.
    archived_at = models.DateTimeField(
        _("archived"), null=True, blank=True, editable=False
    )
    time_zone = models.CharField(
        _("time zone"), max_length=50, default="UTC", validators=[validate_zone]
    )
    working_days = models.CharField(
        _("working days"), max_length=7, default="12345", validators=[validate_weekdays]
    )

    objects = RegionQuerySet.as_manager()

    class Meta:
        verbose_name = _("region")
        verbose_name_plural = _("regions")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(name=""), name="region_has_name"
            ),
            models.CheckConstraint(
                condition=~models.Q(working_days=""), name="region_works"
            ),
            models.CheckConstraint(
                condition=models.Q(subdivision="") | ~models.Q(country=""),
                name="region_subdivision_has_country",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def history_region_id(self) -> int | None:
        return self.pk
