"""Freezing: a mail is composed once, from the duties that are open at that moment.

Called inside the transaction that leases the mails. What is frozen is what every attempt
sends, byte for byte.
"""

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import Model

from regions.calendar import Corrections
from rollout.composing import write
from rollout.enums import MailState
from rollout.links import key_in_use
from rollout.models import Duty, Mail, MailEvent
from rollout.placing.writing import Letter
from rollout.queries.letters import Facts, read

logger = logging.getLogger(__name__)

Told = list[tuple[Mail, list[Duty]]]
FROZEN = [
    "language", "message_id", "thread", "dated_at", "key_mark", "sender_name",
    "reply_to", "subject", "body_text", "body_html", "body_calendar",
]  # fmt: skip


def freeze(told: Told, at: datetime, corrected: Corrections) -> set[int]:
    """Compose these mails and keep their texts, dates and ids. Returns whose was frozen.

    One that cannot be composed fails, and one with nothing to tell is superseded; neither
    holds up the others.
    """
    facts = _facts([duty for _mail, duties in told for duty in duties], at, corrected)
    frozen = [
        mail for mail, duties in told if _freeze(mail, duties, facts, at, corrected)
    ]
    carried = [duty for mail, duties in told for duty in _carry(mail, duties)]
    _keep(Mail, frozen, FROZEN)
    _keep(Duty, carried, ["mail"])
    return {mail.pk for mail in frozen}


def _keep(model: type[Model], rows: Sequence[Model], fields: Sequence[str]) -> None:
    """Save these fields of rows in one statement; mails and duties are never deleted.

    As an insertion of known keys: the statement of `bulk_update` has a case for each row
    and field, which took longer to build than the mails to compose.
    """
    model._default_manager.bulk_create(
        rows, update_conflicts=True, unique_fields=["pk"], update_fields=fields
    )


def _carry(mail: Mail, duties: list[Duty]) -> list[Duty]:
    """The duties that this mail carries from now on."""
    new = [duty for duty in duties if duty.mail_id != mail.pk]
    for duty in new:
        duty.mail = mail
    return new


def _facts(duties: list[Duty], at: datetime, corrected: Corrections) -> Facts | None:
    """What all these letters are made of; none when one of them cannot be read about."""
    if not duties:
        return None
    try:
        # A query that fails in here must not take the leases with it.
        with transaction.atomic():
            return read(duties, at, corrected)
    except Exception:  # whatever it is, each mail is now tried by itself
        logger.exception("%d duties cannot be read about together", len(duties))
        return None


def _freeze(
    mail: Mail,
    duties: list[Duty],
    facts: Facts | None,
    at: datetime,
    corrected: Corrections,
) -> bool:
    if not duties:
        return close(mail, MailState.SUPERSEDED, at)
    try:
        if facts is None:
            with transaction.atomic():
                facts = read(duties, at, corrected)
        letter = write(mail.recipient, duties, facts)
    except Exception as fault:  # any fault of one mail must leave the others alone
        logger.exception("mail %s cannot be composed", mail.pk)
        return close(mail, MailState.FAILED, at, f"{type(fault).__name__}: {fault}")
    if letter is None:
        return close(mail, MailState.SUPERSEDED, at)
    _fill(mail, letter, at)
    return True


def _fill(mail: Mail, letter: Letter, at: datetime) -> None:
    mail.language = mail.recipient.language
    mail.message_id = message_id(mail)
    mail.thread = thread_id(letter.thread) if letter.thread else ""
    mail.dated_at = at.replace(microsecond=0)
    mail.key_mark = key_in_use()
    # Two long names may be longer than what is kept of them.
    mail.sender_name = letter.sender_name[:100]
    mail.reply_to = letter.reply_to
    mail.subject = letter.subject[:250]
    mail.body_text, mail.body_html = letter.text, letter.html
    mail.body_calendar = letter.calendar


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
    """End a leased mail without sending it. False, as it is not ready to be sent."""
    Mail.objects.filter(pk=mail.pk).update(
        state=state, answer=answer[:300], lease_token=None, leased_until_at=None
    )
    MailEvent.objects.create(mail=mail, at=at, state=state, answer=answer[:300])
    return False
