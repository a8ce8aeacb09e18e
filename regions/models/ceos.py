"""Who leads a region, and how often we talk to him."""

from typing import Any, Self

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Audience, Caller, Right, Stage

from .history import Versioned
from .people import User
from .programme import Programme, Region


def engaged_regions(user: User, region: str = "ceo__region") -> models.Q:
    """Talks with CEOs concern headquarters and the region's liaison, not the region's staff."""
    standing = user.standing
    return (
        models.Q()
        if standing.may_everywhere(Right.SEE_TALKS)
        else models.Q(**{f"{region}__in": standing.places(Right.SEE_TALKS)})
    )


class RegionalCEOQuerySet(models.QuerySet["RegionalCEO"]):
    def visible_to(self, user: User) -> Self:
        standing = user.standing
        return (
            self
            if standing.may_everywhere(Right.SEE_TALKS)
            else self.filter(region__in=standing.places(Right.SEE_TALKS))
        )

    def current(self) -> Self:
        return self.filter(to_date=None)


class RegionalCEO(Versioned):
    """A person at the head of a region for a time. A region keeps its former ones."""

    audience = Audience.ENGAGED

    user = models.ForeignKey(
        User, models.PROTECT, related_name="ceo_of", verbose_name=_("person")
    )
    region = models.ForeignKey(
        Region, models.PROTECT, related_name="ceos", verbose_name=_("region")
    )
    from_date = models.DateField(_("from"))
    to_date = models.DateField(
        _("ends on"),
        null=True,
        blank=True,
        help_text=_("The first day of somebody else."),
    )
    address_as = models.CharField(
        _("how to address"),
        max_length=100,
        blank=True,
        help_text=_("As it is said, such as a title and a family name."),
    )
    careful_with = models.TextField(
        _("careful with"),
        blank=True,
        max_length=1000,
        help_text=_("Only the CIO and the liaison of the region can read it."),
    )

    objects = RegionalCEOQuerySet.as_manager()

    class Meta:
        verbose_name = _("regional CEO")
        verbose_name_plural = _("regional CEOs")
        constraints = [
            models.UniqueConstraint(
                fields=["region"],
                condition=models.Q(to_date=None),
                name="ceo_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(to_date=None)
                | models.Q(to_date__gte=models.F("from_date")),
                name="ceo_ends_after_start",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.region.name}: {self.user.name}"


class RhythmQuerySet(models.QuerySet["Rhythm"]):
    def running(self) -> Self:
        """Not those of closed programmes, nor of archived regions."""
        return self.filter(programme__closed_at=None, ceo__region__archived_at=None)

    def visible_to(self, user: User) -> Self:
        return self.filter(engaged_regions(user))


def _days(label: Any, default: int) -> Any:
    return models.PositiveSmallIntegerField(
        label,
        default=default,
        validators=[MinValueValidator(1), MaxValueValidator(365)],
    )


class Rhythm(Versioned):
    """How often one CEO is talked to in one programme: ideal and longest days by stage.

    Plans keep the three dates here up to date, so that the rhythm needs no plan to be read.
    """

    audience = Audience.ENGAGED
    undo_right = Right.MOVE_GO_LIVE
    undo_rights = {"caller": Right.SET_CALLER}

    ceo = models.ForeignKey(
        RegionalCEO,
        models.PROTECT,
        related_name="rhythms",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="rhythms", verbose_name=_("programme")
    )
    kick_off_date = models.DateField(_("kick-off"), null=True, blank=True)
    go_live_date = models.DateField(_("go-live"), null=True, blank=True)
    end_date = models.DateField(_("end"), null=True, blank=True)
    lead_weeks = models.PositiveSmallIntegerField(
        _("weeks of talks before kick-off"),
        default=6,
        validators=[MaxValueValidator(52)],
    )
    before_kick_off_ideal = _days(_("before kick-off: ideal days"), 14)
    before_kick_off_longest = _days(_("before kick-off: longest days"), 21)
    preparing_ideal = _days(_("preparing: ideal days"), 14)
    preparing_longest = _days(_("preparing: longest days"), 21)
    last_six_weeks_ideal = _days(_("last six weeks: ideal days"), 7)
    last_six_weeks_longest = _days(_("last six weeks: longest days"), 10)
    after_go_live_ideal = _days(_("after go-live: ideal days"), 7)
    after_go_live_longest = _days(_("after go-live: longest days"), 14)
    caller = models.CharField(
        _("who calls"),
        max_length=10,
        choices=Caller,
        default=Caller.USUAL,
        help_text=_("Where a region has no liaison, the CIO calls."),
    )

    objects = RhythmQuerySet.as_manager()

    class Meta:
        verbose_name = _("rhythm")
        verbose_name_plural = _("rhythms")
        constraints = [
            models.UniqueConstraint(fields=["ceo", "programme"], name="rhythm_once"),
            *(
                models.CheckConstraint(
                    condition=models.Q(**{f"{stage}_ideal__gte": 1})
                    & models.Q(**{f"{stage}_ideal__lt": models.F(f"{stage}_longest")}),
                    name=f"rhythm_{stage}_ideal_below_longest",
                )
                for stage in Stage.values
            ),
            models.CheckConstraint(
                condition=models.Q(kick_off_date=None)
                | models.Q(go_live_date=None)
                | models.Q(kick_off_date__lte=models.F("go_live_date")),
                name="rhythm_kick_off_before_go_live",
            ),
            models.CheckConstraint(
                condition=models.Q(caller__in=Caller.values),
                name="rhythm_caller_known",
            ),
        ]

    def __str__(self) -> str:
        return str(self.ceo)

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id

    def days(self, stage: str) -> tuple[int, int]:
        """Ideal and longest days between two talks in a stage."""
        return getattr(self, f"{stage}_ideal"), getattr(self, f"{stage}_longest")
