"""Delivery: lease, compose and freeze, send with no transaction open, fenced commit.

A worker that dies at any point leaves a lease that runs out; whoever takes the row over
sends the very same bytes, or commits nothing when the first one was only slow.
"""

import logging
import threading
import time
from collections.abc import Callable
from contextlib import closing
from datetime import datetime

from django.db import transaction
from django.db.models import Model

from regions.models import User
from regions.queries import corrections
from rollout.enums import CAPS, UNASKED, DutyKind, MailCap
from rollout.envelope import Envelope
from rollout.links import PAUSE, with_links
from rollout.models import Duty, Mail
from rollout.services.breaker import close_breaker, may_connect, open_breaker
from rollout.services.enclosing import enclosed_in
from rollout.services.leases import (
    LEASE,
    RENEW_SECONDS,
    SMALLEST,
    Lease,
    LeaseKeeper,
    claim,
    give_back,
    holds,
    is_due,
    next_size,
)
from rollout.services.outcomes import commit_failed, commit_fault, commit_sent
from rollout.services.readiness import make_ready
from rollout.services.seldom import WANTED, insist_on_seldom
from rollout.transport import (
    BrokenOffError,
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
# Only the mail at work is renewed: well before a lease ends, the others of its batch are
# given back.
FRESH_SECONDS = LEASE.total_seconds() / 3
# When each delivery of this process, by its thread, last went on.
STUCK_SECONDS = RENEW_SECONDS
_went_on: dict[int, float] = {}


def deliver(*, clock: Clock) -> int:
    """Send what is due, one mail after the other. Returns how many were handed over.

    One delivery in a process is enough as long as it goes on: more would only wait for
    each other. While a mail server is slow with one mail, the next tick sends the others.
    """
    now = time.monotonic()
    if any(now - went_on < STUCK_SECONDS for went_on in list(_went_on.values())):
        return 0
    post = transport()
    try:
        with LeaseKeeper() as keeper:
            return _deliver(post, keeper, clock)
    finally:
        _went_on.pop(threading.get_ident(), None)
        post.close()


def _deliver(post: Transport, keeper: LeaseKeeper, clock: Clock) -> int:
    sent, size, ends = 0, SMALLEST, time.monotonic() + RUN_SECONDS
    while time.monotonic() < ends and _is_open(post, clock):
        begun = _goes_on()
        leases = take_leases(clock(), size)
        if not leases:
            break
        sent += _send_all(leases, post, keeper, clock)
        size = next_size(len(leases), time.monotonic() - begun)
    return sent


def _goes_on() -> float:
    """Note that this delivery gets on with its work; gives the moment."""
    now = _went_on[threading.get_ident()] = time.monotonic()
    return now


def _send_all(
    leases: list[Lease], post: Transport, keeper: LeaseKeeper, clock: Clock
) -> int:
    """Send a batch while its leases are fresh; what is left then is given back."""
    sent, ends = 0, time.monotonic() + FRESH_SECONDS
    with closing(keeper.hand_out(leases)) as handed_out:
        for lease in handed_out:
            _goes_on()
            # Taken over meanwhile, say because a clock was set: then another sends it.
            if holds(lease):
                sent += send(lease, post, clock)
            if time.monotonic() > ends or not post.is_connected:
                break
    return sent


def _is_open(post: Transport, clock: Clock) -> bool:
    """Whether the next mail can be handed over: connected, or just made so."""
    if post.is_connected:
        return True
    if not Mail.objects.filter(is_due(clock())).exists() or not may_connect():
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


def take_leases(at: datetime, size: int = SMALLEST) -> list[Lease]:
    """Claim the next mails that are due, and make them ready to be sent.

    Empty when there is nothing to do. Those with nothing left to tell are closed on the
    way, so that they hold up nobody behind them.
    """
    corrected = corrections()
    while True:
        with transaction.atomic():
            claimed = claim(at, size)
            ready = make_ready([lease.mail for lease in claimed], at, corrected)
        if ready or not claimed:
            return [lease for lease in claimed if lease.mail.pk in ready]


# --- Send ----------------------------------------------------------------------------


def send(lease: Lease, post: Transport, clock: Clock) -> bool:
    """Hand one mail over and commit the outcome under the lease. Returns whether it went."""
    try:
        letter = envelope(lease.mail)
        message = letter.to_bytes()
    except Exception as fault:  # `email` has many ways to refuse a header
        logger.exception("mail %s cannot be written", lease.mail.pk)
        commit_failed(lease, f"{type(fault).__name__}: {fault}", clock())
        return False
    try:
        answer = post.send(message, letter)
    except ServerDownError as fault:
        logger.warning("the mail server is down: %s", fault)
        give_back([lease], str(fault))
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
    stop = PAUSE if mail.cap == MailCap.PLANNED else ""
    text, html, stop_url = with_links(mail, mail.body_text, mail.body_html, stop)
    return Envelope(
        message_id=mail.message_id,
        dated_at=mail.dated_at,
        sender_name=mail.sender_name,
        reply_to=mail.reply_to,
        recipient_name=mail.recipient.name,
        recipient=mail.recipient.email,
        subject=mail.subject,
        text=text,
        html=html,
        calendar=mail.body_calendar,
        thread=mail.thread,
        unsubscribe_url=stop_url,
        enclosed=enclosed_in(mail),
    )


@transaction.atomic
def mail_at_once(
    recipient: User,
    kind: DutyKind,
    *,
    occurrence: str,
    at: datetime,
    about: Model | None = None,
    is_wanted: bool = False,
    not_before: datetime | None = None,
) -> Mail:
    """A mail of an act that mails at once: no slot, with the next tick or a little later.

    Where it is about nothing else, it is about its recipient. What he has not just asked
    for himself may come too soon to a CEO: raises WrittenLately.
    """
    row, when = about or recipient, max(at, not_before or at)
    if kind in UNASKED and not is_wanted:
        insist_on_seldom(recipient, when)
    mail = Mail.objects.create(
        recipient=recipient,
        slot=f"{kind} {WANTED} {occurrence}" if is_wanted else f"{kind} {occurrence}",
        cap=CAPS[kind],
        planned_at=when,
        next_try_at=when,
    )
    Duty.objects.create(
        kind=kind,
        model=row._meta.label_lower,
        object_id=row.pk,
        occurrence=occurrence,
        recipient=recipient,
        created_at=at,
        mail=mail,
    )
    return mail
