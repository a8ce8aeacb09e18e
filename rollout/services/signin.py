"""A link by mail that signs in, for those who keep no password."""

import uuid
from datetime import datetime

from django.db import transaction

from regions.models import User
from rollout.enums import DutyKind
from rollout.services.mail import mail_at_once


@transaction.atomic
def ask_for_link(email: str, *, at: datetime) -> None:
    """Mail a link to the person with this address; for any other nothing happens.

    The caller says the same in both cases, so that nobody learns who has an account.
    """
    person = User.objects.filter(email=email.strip().lower(), may_sign_in=True).first()
    if person is not None:
        mail_at_once(person, DutyKind.SIGN_IN, occurrence=uuid.uuid4().hex[:12], at=at)
