"""Who was shown what is private."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _

from regions.enums import Right

from .people import User
from .programme import Region


class PrivateViewQuerySet(models.QuerySet["PrivateView"]):
    def visible_to(self, user: User) -> Self:
        """Those who may read what is private see who read it: CIO and liaison."""
        standing, right = user.standing, Right.READ_NOTES
        if standing.may_everywhere(right):
            return self
        return self.filter(region__in=standing.places(right))


class PrivateView(models.Model):
    """Somebody was shown a private field of one row. The only thing that a GET writes."""

    by = models.ForeignKey(
        User, models.PROTECT, related_name="private_views", verbose_name=_("who")
    )
    region = models.ForeignKey(
        Region,
        models.PROTECT,
        related_name="private_views",
        verbose_name=_("region"),
    )
    model = models.CharField(_("kind of row"), max_length=60)
    object_id = models.BigIntegerField(_("row"))
    field = models.CharField(_("field"), max_length=60)
    at = models.DateTimeField(_("at"))

    objects = PrivateViewQuerySet.as_manager()

    class Meta:
        verbose_name = _("view of a private text")
        verbose_name_plural = _("views of private texts")
        indexes = [
            models.Index(fields=["region", "-at"], name="private_view_of_region")
        ]

    def __str__(self) -> str:
        return f"{self.by.name}, {self.at:%Y-%m-%d %H:%M}"
