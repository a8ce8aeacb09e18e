"""Forms that were sent: what makes a double click and a reload one act."""

import uuid
from typing import TYPE_CHECKING, Self

from django.db import models
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from .people import User


class SendingQuerySet(models.QuerySet["Sending"]):
    def visible_to(self, user: "User") -> Self:
        return self if user.standing.sees_all else self.none()


class Sending(models.Model):
    """A form that was sent and saved, and the row that it made.

    Written first in the transaction that saves: of two at once, one waits for the other.
    """

    key = models.UUIDField(_("key"), default=uuid.uuid4)
    digest = models.CharField(_("digest of what was sent"), max_length=64)
    by = models.ForeignKey(
        "regions.User",
        models.PROTECT,
        related_name="sendings",
        verbose_name=_("by"),
    )
    at = models.DateTimeField(_("at"))
    model = models.CharField(_("kind of row"), max_length=60, blank=True)
    object_id = models.BigIntegerField(_("row"), null=True, blank=True)

    objects = SendingQuerySet.as_manager()

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="sending_once"),
        ]

    def __str__(self) -> str:
        return f"{self.model} {self.object_id}"
