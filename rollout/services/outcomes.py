"""What each answer of a mail server leads to, committed under the lease.

Fenced: nothing is written when somebody else has taken the lease over meanwhile. The rows
of the table in `docs/rules.md` stand here as code.
"""

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, connection, transaction

from rollout.enums import DutyState, MailState
from rollout.models import Duty, Mail, MailEvent
from rollout.services.leases import LEASE, Lease
from rollout.services.statements import insert, update
from rollout.transport import BrokenOffError, InDoubtError, RefusedError

FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(minutes=15)
# While the database is away, what a server said is kept in mind for so long.
AWAY_SECONDS, AGAIN_SECONDS = LEASE.total_seconds() * 2, 1.0
# What may have arrived is sent again, the very same bytes, after these pauses.
DOUBT_PAUSES = (timedelta(minutes=5), timedelta(minutes=15), timedelta(minutes=60))
# "Mailbox full" may pass: three attempts within an hour.
FULL, FULL_PAUSE, FULL_ATTEMPTS = 552, timedelta(minutes=20), 3
Fault = RefusedError | BrokenOffError | InDoubtError

logger = logging.getLogger(__name__)


def commit(lease: Lease, at: datetime, answer: str, **values: Any) -> bool:
    """The one way out of a lease; False when it was no longer ours.

    A database that restarts is waited for: a mail that went would be sent again else.
    """
    ends = time.monotonic() + AWAY_SECONDS
    while True:
        try:
            return _write(lease, at, answer, **values)
        except (OperationalError, InterfaceError):
            if connection.in_atomic_block or time.monotonic() > ends:
                raise
            logger.exception("the outcome of mail %s is not written yet", lease.mail.pk)
            connection.close()
            time.sleep(AGAIN_SECONDS)


def _write(lease: Lease, at: datetime, answer: str, **values: Any) -> bool:
    mail, state, answer = lease.mail.pk, values["state"], answer[:300]
    ours = {"id": mail, "lease_token": lease.token}
    free = {"lease_token": None, "leased_until_at": None}
    with transaction.atomic():
        won = update(Mail, ours, {**free, "answer": answer, **values})
        if won:
            event = {"mail": mail, "at": at, "state": state, "answer": answer}
            insert(MailEvent, event)
        if won and state == MailState.SENT:
            told = {"mail": mail, "state": DutyState.OPEN}
            update(Duty, told, {"state": DutyState.MAILED})
    return bool(won)


def commit_sent(lease: Lease, answer: str, at: datetime) -> bool:
    return commit(
        lease, at, answer, state=MailState.SENT, sent_at=at, may_have_arrived=True
    )


def commit_failed(lease: Lease, answer: str, at: datetime) -> bool:
    """No further attempt. Its duties stay with it, so that they are shown as not told."""
    return commit(lease, at, answer, state=MailState.FAILED)


def commit_fault(lease: Lease, fault: Fault, at: datetime) -> bool:
    """Another attempt after a pause, or none, by what the server did."""
    if isinstance(fault, InDoubtError):
        return _commit_doubt(lease, str(fault), at)
    code = fault.code if isinstance(fault, RefusedError) else 0
    full_again = code == FULL and lease.mail.attempts < FULL_ATTEMPTS
    if code >= 500 and not full_again:
        return commit_failed(lease, str(fault), at)
    pause = FULL_PAUSE if full_again else _pause(lease)
    return commit(lease, at, str(fault), state=MailState.RETRY, next_try_at=at + pause)


def _commit_doubt(lease: Lease, answer: str, at: datetime) -> bool:
    doubts = lease.mail.doubts
    if doubts >= len(DOUBT_PAUSES):
        return commit(lease, at, answer, state=MailState.FAILED, may_have_arrived=True)
    return commit(
        lease,
        at,
        answer,
        state=MailState.RETRY,
        next_try_at=at + DOUBT_PAUSES[doubts],
        doubts=doubts + 1,
        may_have_arrived=True,
    )


def _pause(lease: Lease) -> timedelta:
    """Twice as long each time, up to a quarter of an hour, and never all at the same moment."""
    doublings = min(lease.mail.attempts - 1, 10)
    pause: timedelta = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
    return pause * (0.75 + lease.token.bytes[0] / 512)
