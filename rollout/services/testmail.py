"""A mail that somebody sends to himself, to see that it arrives."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.models import User
from rollout.enums import DutyKind
from rollout.models import Duty, Mail
from rollout.services.mail import mail_at_once

PAUSE = timedelta(minutes=1)


class CannotSendTest(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The last test mail is less than a minute old."""


@transaction.atomic
def send_test(user: User, *, at: datetime) -> Mail:
    """With the next tick, at most one in a minute."""
    # Locked, so that two clicks at once are told apart.
    history.lock(User.objects.all(), user.pk)
    recent = Duty.objects.filter(
        recipient=user, kind=DutyKind.TEST, created_at__gt=at - PAUSE
    )
    if recent.exists():
        raise CannotSendTest(_("One test mail a minute. Try again in a moment."))
    return mail_at_once(
        user, DutyKind.TEST, occurrence=f"{at:%Y-%m-%dT%H:%M:%S}", at=at
    )
