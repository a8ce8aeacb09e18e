"""Delivery: lease, compose and freeze, send with no transaction open, fenced commit.

A worker that dies at any point leaves a lease that runs out; whoever takes the row over
sends the very same bytes, or commits nothing when the first one was only slow.
"""

import hashlib
import logging
import smtplib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import F, Q
from django.db.models.functions import Now

from regions.models import User
from rollout.composing import compose
from rollout.enums import CAPS, DutyKind, DutyState, MailCap, MailState, kinds_of
from rollout.links import with_links
from rollout.models import Duty, Mail
from rollout.services.duties import still_open
from rollout.transport import Envelope, Transport, transport

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
BATCH = 50


@dataclass(frozen=True)
class Lease:
    """A mail that this process may send until its lease runs out."""

    mail: Mail
    token: uuid.UUID


def deliver(*, at: datetime) -> int:
    """Send what is due, at most one batch. Returns how many mails were handed over."""
    sent = 0
    post = transport()
    try:
        for _number in range(BATCH):
            lease = take_lease(at)
            if lease is None:
                break
            sent += send(lease, post, at)
    finally:
        post.close()
    return sent


@transaction.atomic
def take_lease(at: datetime) -> Lease | None:
    """Claim the next mail that is due, or one whose lease ran out; freeze it at first.

    None when there is nothing to do. A mail with nothing left to tell is closed here.
    """
    # The database's clock decides on leases, so workers with skewed clocks agree.
    for pk in _claimable(at):
        token = uuid.uuid4()
        mail = _claim(pk, token, at)
        if mail is None:
            continue
        if mail.message_id or _freeze(mail, at):
            return Lease(mail, token)
    return None


def _claimable(at: datetime) -> list[int]:
    rows = Mail.objects.filter(_is_due(at)).order_by("next_try_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return list(rows.values_list("pk", flat=True)[:5])


def _is_due(at: datetime) -> Q:
    waiting = Q(state__in=[MailState.PLANNED, MailState.RETRY], next_try_at__lte=at)
    orphaned = Q(state=MailState.LEASED, leased_until_at__lt=Now())
    return waiting | orphaned


def _claim(pk: int, token: uuid.UUID, at: datetime) -> Mail | None:
    """Compare and swap: only one process turns a due row into its own."""
    won = Mail.objects.filter(_is_due(at), pk=pk).update(
        state=MailState.LEASED,
        lease_token=token,
        leased_until_at=Now() + LEASE,
        attempts=F("attempts") + 1,
    )
    return Mail.objects.select_related("recipient").get(pk=pk) if won else None


def _freeze(mail: Mail, at: datetime) -> bool:
    """Compose from the duties still open; the texts, the date and the id never change again."""
    duties = _duties(mail, at)
    letter = compose(mail.recipient, duties, at) if duties else None
    if letter is None:
        _close(mail, MailState.SUPERSEDED)
        return False
    mail.language = mail.recipient.language
    mail.message_id = message_id(mail)
    mail.dated_at = at.replace(microsecond=0)
    mail.sender_name = letter.sender_name
    mail.reply_to = letter.reply_to
    mail.subject = letter.subject[:250]
    mail.body_text, mail.body_html = letter.text, letter.html
    mail.save(
        update_fields=[
            "language", "message_id", "dated_at", "sender_name", "reply_to", "subject",
            "body_text", "body_html",
        ]
    )  # fmt: skip
    Duty.objects.filter(pk__in=[duty.pk for duty in duties]).update(mail=mail)
    return True


def _duties(mail: Mail, at: datetime) -> list[Duty]:
    if asked_for := list(mail.duties.open().filter(kind__in=kinds_of(MailCap.AT_ONCE))):
        return asked_for
    return still_open(mail.recipient, MailCap(mail.cap), at)


def message_id(mail: Mail) -> str:
    """Derived from the row's unique key, so a restored backup repeats no mail unseen."""
    key = f"{settings.SITE_URL}|{mail.recipient_id}|{mail.slot}|{mail.number}"
    digest = hashlib.sha256(key.encode()).hexdigest()[:24]
    return f"<{digest}@{settings.DEFAULT_FROM_EMAIL.rpartition('@')[2]}>"


def send(lease: Lease, post: Transport, at: datetime) -> bool:
    """Hand one mail over and commit the outcome under the lease. Returns whether it went."""
    try:
        answer = post.send(envelope(lease.mail))
    except (OSError, smtplib.SMTPException) as fault:
        post.close()
        logger.warning("mail %s was not taken: %s", lease.mail.pk, fault)
        commit_failure(lease, str(fault), at)
        return False
    return commit_sent(lease, answer, at)


def envelope(mail: Mail) -> Envelope:
    assert mail.dated_at is not None, "a mail is frozen before it is sent"  # noqa: S101
    return Envelope(
        message_id=mail.message_id,
        dated_at=mail.dated_at,
        sender_name=mail.sender_name,
        reply_to=mail.reply_to,
        recipient_name=mail.recipient.name,
        recipient=mail.recipient.email,
        subject=mail.subject,
        text=with_links(mail.body_text, mail),
        html=with_links(mail.body_html, mail),
    )


@transaction.atomic
def commit_sent(lease: Lease, answer: str, at: datetime) -> bool:
    """Fenced: nothing is written when somebody else has taken the lease over."""
    won = Mail.objects.filter(pk=lease.mail.pk, lease_token=lease.token).update(
        state=MailState.SENT,
        sent_at=at,
        answer=answer[:300],
        lease_token=None,
        leased_until_at=None,
    )
    if won:
        lease.mail.duties.open().update(state=DutyState.MAILED)
    return bool(won)


def commit_failure(lease: Lease, answer: str, at: datetime) -> None:
    """Try again after a pause that doubles."""
    pause = min(FIRST_PAUSE * 2 ** (lease.mail.attempts - 1), LONGEST_PAUSE)
    Mail.objects.filter(pk=lease.mail.pk, lease_token=lease.token).update(
        state=MailState.RETRY,
        next_try_at=at + pause,
        answer=answer[:300],
        lease_token=None,
        leased_until_at=None,
    )


def _close(mail: Mail, state: MailState) -> None:
    Mail.objects.filter(pk=mail.pk).update(
        state=state, lease_token=None, leased_until_at=None
    )


@transaction.atomic
def mail_at_once(
    recipient: User, kind: DutyKind, *, occurrence: str, at: datetime
) -> Mail:
    """A mail that somebody has just asked for: no slot, no cap, with the next tick."""
    mail = Mail.objects.create(
        recipient=recipient,
        slot=f"{kind} {occurrence}",
        cap=CAPS[kind],
        planned_at=at,
        next_try_at=at,
    )
    Duty.objects.create(
        kind=kind,
        model=User._meta.label_lower,
        object_id=recipient.pk,
        occurrence=occurrence,
        recipient=recipient,
        created_at=at,
        mail=mail,
    )
    return mail
