"""A link by mail that signs in, for those who keep no password."""

import uuid
from datetime import datetime

from django.db import models, transaction

from regions.models import User
from rollout.enums import DutyKind
from rollout.services.mail import mail_at_once


@transaction.atomic
def ask_for_link(email: str, *, at: datetime) -> None:
    """Mail a link to the person with this address; for any other nothing comes of it.

    The caller says the same in both cases, so that nobody learns who has an account. Nor
    by how long it takes: for a strange address the same is done for somebody else, and
    taken back.
    """
    meant = models.Q(email=email.strip().lower())
    people = User.objects.filter(may_sign_in=True).annotate(is_meant=meant)
    person = people.order_by("-is_meant", "id").first()
    if person is None:
        return
    mail_at_once(person, DutyKind.SIGN_IN, occurrence=uuid.uuid4().hex[:12], at=at)
    if not person.is_meant:
        transaction.set_rollback(True)
