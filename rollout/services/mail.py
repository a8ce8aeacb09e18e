"""Delivery: lease, compose and freeze, send with no transaction open, fenced commit.

A worker that dies at any point leaves a lease that runs out; whoever takes the row over
sends the very same bytes, or commits nothing when the first one was only slow.
"""

import logging
import time
import uuid
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from regions.calendar import Corrections
from regions.models import User
from regions.queries import corrections
from rollout.enums import CAPS, DutyKind, DutyState, MailCap, MailState
from rollout.links import SIGN_IN_LASTS, pause_url, with_links
from rollout.models import Duty, Mail
from rollout.queries.duties import still_due
from rollout.services.breaker import close_breaker, may_connect, open_breaker
from rollout.services.duties import still_open
from rollout.services.freezing import close, freeze
from rollout.services.leases import LEASE, LeaseKeeper
from rollout.services.outcomes import (
    Lease,
    commit_failed,
    commit_fault,
    commit_sent,
    give_back,
)
from rollout.slots import open_slot
from rollout.transport import (
    BrokenOffError,
    Envelope,
    InDoubtError,
    RefusedError,
    ServerDownError,
    Transport,
    transport,
)

logger = logging.getLogger(__name__)

Clock = Callable[[], datetime]
# A tick ends after this long, however much is left: the next one goes on.
RUN_SECONDS = 50.0


def deliver(*, clock: Clock) -> int:
    """Send what is due, one mail after the other. Returns how many were handed over.

    While a mail server is slow with one mail, the ticks after this one send the others.
    """
    sent, ends = 0, time.monotonic() + RUN_SECONDS
    post = transport()
    try:
        with LeaseKeeper() as keeper:
            while time.monotonic() < ends and _is_open(post, clock):
                lease = take_lease(clock())
                if lease is None:
                    break
                with keeper.keeping(lease.token):
                    sent += send(lease, post, clock)
    finally:
        post.close()
    return sent


def _is_open(post: Transport, clock: Clock) -> bool:
    """Whether the next mail can be handed over: connected, or just made so."""
    if post.is_connected:
        return True
    if not Mail.objects.filter(_is_due(clock())).exists() or not may_connect():
        return False
    try:
        post.connect()
    except ServerDownError as fault:
        logger.warning("the mail server is down: %s", fault)
        open_breaker(str(fault), clock())
        return False
    close_breaker()
    return True


# --- Lease ---------------------------------------------------------------------------


def take_lease(at: datetime) -> Lease | None:
    """Claim the next mail that is due, or one whose lease ran out, and make it ready.

    None when there is nothing to do. A mail with nothing left to tell is closed on the
    way, a few in one transaction, so that it holds up nobody behind it.
    """
    corrected = corrections()
    while True:
        with transaction.atomic():
            found = _claimable(at)
            for pk in found:
                token = uuid.uuid4()
                mail = _claim(pk, token, at)
                if mail is not None and _is_ready(mail, at, corrected):
                    return Lease(mail, token)
        if not found:
            return None


def _claimable(at: datetime) -> list[int]:
    rows = Mail.objects.filter(_is_due(at)).order_by("next_try_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    return list(rows.values_list("pk", flat=True)[:5])


def _is_due(at: datetime) -> Q:
    waiting = Q(state__in=[MailState.PLANNED, MailState.RETRY], next_try_at__lte=at)
    # The database's clock decides on leases, so workers with skewed clocks agree.
    orphaned = Q(state=MailState.LEASED, leased_until_at__lt=Now())
    return waiting | orphaned


def _claim(pk: int, token: uuid.UUID, at: datetime) -> Mail | None:
    """Compare and swap: only one process turns a due row into its own.

    Nobody knows how far the holder of an orphaned lease got, so its mail may have arrived.
    """
    orphaned = When(state=MailState.LEASED, then=Value(value=True))
    won = Mail.objects.filter(_is_due(at), pk=pk).update(
        may_have_arrived=Case(orphaned, default=F("may_have_arrived")),
        state=MailState.LEASED,
        lease_token=token,
        leased_until_at=Now() + LEASE,
        attempts=F("attempts") + 1,
    )
    return Mail.objects.select_related("recipient").get(pk=pk) if won else None


def _is_ready(mail: Mail, at: datetime, corrected: Corrections) -> bool:
    """Whether the leased mail is to be sent now; else its lease is given up here."""
    cap = MailCap(mail.cap)
    if cap == MailCap.AT_ONCE:
        if mail.planned_at + SIGN_IN_LASTS < at and not mail.sent_at:
            return close(mail, MailState.SUPERSEDED, at)
        return bool(mail.message_id) or freeze(
            mail, at, list(mail.duties.open()), corrected
        )
    slot = open_slot(mail.recipient, cap, at, corrected)
    if slot is None or (slot.key != mail.slot and not mail.may_have_arrived):
        return _wait_for_slot(mail, at)
    if mail.sent_at:
        return True  # headquarters wants it sent once more
    if mail.message_id:
        return _recheck(mail, at, corrected)
    duties = still_open(mail.recipient, cap, at, corrected)
    return freeze(mail, at, duties, corrected)


def _recheck(mail: Mail, at: datetime, corrected: Corrections) -> bool:
    """Before a repeat: what was met since need not be told any more."""
    duties = list(mail.duties.open())
    due = still_due(duties, at, corrected)
    if not due:
        Duty.objects.filter(mail=mail, state=DutyState.OPEN).update(state=DutyState.MET)
        return close(mail, MailState.SUPERSEDED, at)
    if len(due) == len(duties) or mail.may_have_arrived:
        return True
    met = {duty.pk for duty in duties} - {duty.pk for duty in due}
    Duty.objects.filter(pk__in=met).update(state=DutyState.MET, mail=None)
    return freeze(mail, at, due, corrected)


def _wait_for_slot(mail: Mail, at: datetime) -> bool:
    """His slot has closed: the next one's mail tells what is still open then.

    What may have arrived is never told by another mail; it waits for the next slot itself.
    """
    if mail.may_have_arrived:
        Mail.objects.filter(pk=mail.pk).update(
            state=MailState.RETRY,
            next_try_at=at + timedelta(minutes=15),
            attempts=F("attempts") - 1,
            lease_token=None,
            leased_until_at=None,
        )
        return False
    mail.duties.open().update(mail=None)
    return close(mail, MailState.SUPERSEDED, at)


# --- Send ----------------------------------------------------------------------------


def send(lease: Lease, post: Transport, clock: Clock) -> bool:
    """Hand one mail over and commit the outcome under the lease. Returns whether it went."""
    try:
        letter = envelope(lease.mail)
        message = letter.to_bytes()
    except (
        Exception
    ) as fault:  # whatever a header cannot hold, `email` says in its own way
        logger.exception("mail %s cannot be written", lease.mail.pk)
        commit_failed(lease, f"{type(fault).__name__}: {fault}", clock())
        return False
    try:
        answer = post.send(message, letter)
    except ServerDownError as fault:
        logger.warning("the mail server is down: %s", fault)
        give_back(lease, str(fault), clock())
        open_breaker(str(fault), clock())
        post.close()
        return False
    except (RefusedError, BrokenOffError, InDoubtError) as fault:
        logger.warning("mail %s was not taken: %s", lease.mail.pk, fault)
        commit_fault(lease, fault, clock())
        return False
    return commit_sent(lease, answer, clock())


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
        thread=mail.thread,
        unsubscribe_url=pause_url(mail) if mail.cap == MailCap.PLANNED else "",
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
