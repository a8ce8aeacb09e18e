"""Calendars that people subscribe to: adding one for a device, revoking it, its last use."""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User
from rollout.models import CalendarFeed

MOST = 10
# Programs ask every few minutes; more than the hour says nothing.
A_WHILE = timedelta(hours=1)


class CannotAddFeed(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """He has as many as anybody needs."""


@transaction.atomic
def add_feed(user: User, device: str, *, act: Act) -> CalendarFeed:
    """Raises CannotAddFeed."""
    history.lock(User.objects.all(), user.pk)
    if CalendarFeed.objects.standing().filter(user=user).count() >= MOST:
        full = _("You have %(n)d calendars. Revoke one that you do not use.")
        raise CannotAddFeed(full % {"n": MOST})
    row = CalendarFeed(user=user, device=device, created_at=act.at)
    return history.create(row, act)


@transaction.atomic
def revoke_feed(feed: CalendarFeed, *, act: Act) -> CalendarFeed:
    """Its address is dead from now on; nobody can bring it back."""
    row = history.lock(CalendarFeed.objects.all(), feed.pk)
    if row.revoked_at is None:
        history.change(row, {"revoked_at": act.at}, act)
    return row


def note_use(feed: CalendarFeed, *, at: datetime) -> None:
    """That a program asked, so that its owner sees which ones he still uses."""
    long_ago = Q(last_used_at=None) | Q(last_used_at__lt=at - A_WHILE)
    CalendarFeed.objects.filter(long_ago, pk=feed.pk).update(last_used_at=at)
