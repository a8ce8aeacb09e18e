"""Where a CEO stands towards the programme, and where he is wanted."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Attitude, Audience, Change, Right

from .ceos import RegionalCEO
from .history import Versioned
from .people import User
from .programme import Programme


class StanceQuerySet(models.QuerySet["Stance"]):
    def visible_to(self, user: User) -> Self:
        """Whoever may read what is private: the CIO, and the region's liaison."""
        standing, right = user.standing, Right.READ_NOTES
        if standing.may_everywhere(right):
            return self
        return self.filter(ceo__region__in=standing.places(right))

    def standing(self) -> Self:
        return self.filter(withdrawn_at=None)

    def newest(self, ceo: str, programme: str) -> dict[str, models.Subquery]:
        """What holds of the CEO of each row of another query, whose columns are named."""
        rows = self.standing().filter(
            ceo=models.OuterRef(ceo), programme=models.OuterRef(programme)
        )
        last = rows.order_by("-judged_at", "-id")
        return {
            f"stance_{name}": models.Subquery(last.values(name)[:1])
            for name in ("current", "wanted")
        }


class Stance(Versioned):
    """One judgement of where a CEO stands, with the sentence that says why.

    A new judgement is a new row; the newest that was not withdrawn holds.
    """

    audience = Audience.PRIVATE
    undo_right = Right.READ_NOTES
    told_as = {
        Change.CREATED: pgettext_lazy("stance", "judged"),
        "withdrawn_at": pgettext_lazy("stance", "Withdrawn"),
        "withdrawn_at=": pgettext_lazy("stance", "Counts again"),
    }

    ceo = models.ForeignKey(
        RegionalCEO,
        models.PROTECT,
        related_name="stances",
        verbose_name=_("regional CEO"),
    )
    programme = models.ForeignKey(
        Programme, models.PROTECT, related_name="stances", verbose_name=_("programme")
    )
    current = models.CharField(_("stands now"), max_length=10, choices=Attitude)
    wanted = models.CharField(_("wanted"), max_length=10, choices=Attitude)
    sentence = models.CharField(_("what shows it"), max_length=300)
    by = models.ForeignKey(
        User,
        models.PROTECT,
        related_name="stances_judged",
        verbose_name=_("judged by"),
    )
    judged_at = models.DateTimeField(_("judged"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = StanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("stance")
        verbose_name_plural = _("stances")
        constraints = [
            models.CheckConstraint(
                condition=models.Q(current__in=Attitude.values),
                name="stance_current_known",
            ),
            models.CheckConstraint(
                condition=models.Q(wanted__in=Attitude.values),
                name="stance_wanted_known",
            ),
            models.CheckConstraint(
                condition=~models.Q(sentence=""), name="stance_says_why"
            ),
        ]
        indexes = [
            models.Index(
                fields=["ceo", "programme", "-judged_at"], name="stance_of_ceo"
            )
        ]

    def __str__(self) -> str:
        return f"{self.ceo}, {self.judged_at:%Y-%m-%d}"

    @property
    def history_region_id(self) -> int | None:
        return self.ceo.region_id

    @property
    def gap(self) -> int:
        """Steps that are missing to where he is wanted; 0 when he is there or beyond."""
        return max(Attitude(self.wanted).rank - Attitude(self.current).rank, 0)
