"""A calendar that one person's device subscribes to."""

from typing import Self

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Audience, Change
from regions.models import User, Versioned


class CalendarFeedQuerySet(models.QuerySet["CalendarFeed"]):
    def visible_to(self, user: User) -> Self:
        """One's own: the address of a feed is a key."""
        return self.filter(user=user)

    def standing(self) -> Self:
        return self.filter(revoked_at=None)


class CalendarFeed(Versioned):
    """A private calendar by its owner's own view, one for each device, until he revokes it.

    Its address is signed over its number (`rollout.links`): no key is kept here.
    """

    audience = Audience.ENGAGED
    # Written by whatever program asks, each hour at most.
    silent_fields = Versioned.silent_fields | {"last_used_at"}
    told_as = {
        Change.CREATED: pgettext_lazy("calendar feed", "added"),
        "revoked_at": pgettext_lazy("calendar feed", "Revoked"),
    }

    user = models.ForeignKey(
        User, models.PROTECT, related_name="calendar_feeds", verbose_name=_("person")
    )
    device = models.CharField(_("device"), max_length=60)
    created_at = models.DateTimeField(_("made"))
    last_used_at = models.DateTimeField(_("last use"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)

    objects = CalendarFeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("calendar feed")
        verbose_name_plural = _("calendar feeds")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(device=""), name="calendar_feed_named"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user.name}: {self.device}"
