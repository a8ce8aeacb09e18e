"""Freezing: a mail is composed once, from the duties that are open at that moment.

Called inside the transaction that leases the mail. What is frozen is what every attempt
sends, byte for byte.
"""

import hashlib
import logging
from datetime import datetime

from django.conf import settings
from django.db import transaction

from regions.calendar import Corrections
from rollout.composing import compose
from rollout.enums import MailState
from rollout.models import Duty, Mail, MailEvent

logger = logging.getLogger(__name__)


def freeze(
    mail: Mail, at: datetime, duties: list[Duty], corrected: Corrections
) -> bool:
    """Compose and keep the texts, the date and the id; sent they never change again."""
    if not duties:
        return close(mail, MailState.SUPERSEDED, at)
    try:
        # A query that fails in here must not take the lease with it.
        with transaction.atomic():
            letter = compose(mail.recipient, duties, at, corrected)
    except Exception as fault:  # any fault of one mail must leave the others alone
        logger.exception("mail %s cannot be composed", mail.pk)
        answer = f"{type(fault).__name__}: {fault}"[:300]
        Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(mail=mail)
        return close(mail, MailState.FAILED, at, answer)
    if letter is None:
        return close(mail, MailState.SUPERSEDED, at)
    mail.language = mail.recipient.language
    mail.message_id = message_id(mail)
    mail.thread = thread_id(letter.thread) if letter.thread else ""
    mail.dated_at = at.replace(microsecond=0)
    mail.sender_name = letter.sender_name
    mail.reply_to = letter.reply_to
    mail.subject = letter.subject[:250]
    mail.body_text, mail.body_html = letter.text, letter.html
    mail.save(
        update_fields=[
            "language", "message_id", "thread", "dated_at", "sender_name", "reply_to",
            "subject", "body_text", "body_html",
        ]
    )  # fmt: skip
    Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(mail=mail)
    return True


def message_id(mail: Mail) -> str:
    """Derived from the row's unique key, so a restored backup repeats no mail unseen."""
    return _id(f"{settings.SITE_URL}|{mail.recipient_id}|{mail.slot}|{mail.number}")


def thread_id(thread: str) -> str:
    """What all mails about one region refer to, so that mail programs show them together."""
    return _id(f"{settings.SITE_URL}|thread|{thread}")


def _id(key: str) -> str:
    digest = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"


def close(mail: Mail, state: MailState, at: datetime, answer: str = "") -> bool:
    """End a mail without sending it; always False, as it is not ready to be sent."""
    Mail.objects.filter(pk=mail.pk).update(
        state=state, answer=answer, lease_token=None, leased_until_at=None
    )
    MailEvent.objects.create(mail=mail, at=at, state=state, answer=answer)
    return False
