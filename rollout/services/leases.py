"""Who may send a mail: for a minute at a time, one process and no other.

Rows are claimed by compare and swap. The lease is short, so that what a killed worker
leaves is taken over soon; while its holder waits for a slow mail server, a thread renews
it.
"""

import logging
import threading
import uuid
from collections.abc import Generator
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Self

from django.db import DatabaseError, connection
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from rollout.enums import MailState
from rollout.models import Mail
from rollout.services.statements import exists, update

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
# By the database's clock, so workers with skewed clocks agree.
LEASED_UNTIL = Now() + LEASE
# Until then the one at work is renewed several times.
SURE_UNTIL = Now() + LEASE / 2
RENEW_SECONDS = LEASE.total_seconds() / 12
# A batch is what the mail server takes in about a second, so that few mails wait behind
# a slow one; but enough to read once what they are made of.
SMALLEST, LARGEST = 10, 250


@dataclass(frozen=True)
class Lease:
    """A mail that this process may send until its lease runs out."""

    mail: Mail
    token: uuid.UUID


def is_due(at: datetime) -> Q:
    """Mails whose moment has come, and those whose holder has died."""
    waiting = Q(state__in=[MailState.PLANNED, MailState.RETRY], next_try_at__lte=at)
    orphaned = Q(state=MailState.LEASED, leased_until_at__lt=Now())
    return waiting | orphaned


def next_size(sent: int, seconds: float) -> int:
    """How many mails to claim after so many took so long."""
    return max(SMALLEST, min(LARGEST, int(sent / max(seconds, 0.01))))


def claim(at: datetime, size: int = SMALLEST) -> list[Lease]:
    """Lease the next mails that are due. Only inside a transaction.

    Nobody knows how far the holder of an orphaned lease got, so its mail may have arrived.
    """
    rows = Mail.objects.filter(is_due(at)).order_by("next_try_at", "id")
    if connection.features.has_select_for_update_skip_locked:
        rows = rows.select_for_update(skip_locked=True)
    found = list(rows.values_list("pk", flat=True)[:size])
    if not found:
        return []
    token = uuid.uuid4()
    orphaned = When(state=MailState.LEASED, then=Value(value=True))
    Mail.objects.filter(is_due(at), pk__in=found).update(
        may_have_arrived=Case(orphaned, default=F("may_have_arrived")),
        state=MailState.LEASED,
        lease_token=token,
        leased_until_at=LEASED_UNTIL,
        attempts=F("attempts") + 1,
    )
    won = Mail.objects.filter(pk__in=found, lease_token=token)
    mails = won.select_related("recipient").order_by("next_try_at", "id")
    return [Lease(mail, token) for mail in mails]


def give_back(leases: list[Lease], answer: str = "") -> None:
    """As if these leases had never been: no attempt was made."""
    held = Q()
    for lease in leases:
        held |= Q(pk=lease.mail.pk, lease_token=lease.token)
    if held:
        Mail.objects.filter(held).update(
            state=MailState.RETRY,
            attempts=F("attempts") - 1,
            answer=answer[:300],
            lease_token=None,
            leased_until_at=None,
        )


class LeaseKeeper:
    """Hands the leases of a batch out one by one; the one at work does not run out.

    When the mail server takes its time with one, those behind it are given back, to be
    sent by others. A lease is either handed out or given back, never both.
    """

    def __init__(self, every: float = RENEW_SECONDS) -> None:
        self._every = every
        self._lock = threading.Lock()
        self._waiting: list[Lease] = []
        self._at_work: Lease | None = None
        self._seen: Lease | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._keep, name="lease keeper", daemon=True
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        if self._thread.is_alive():
            self._thread.join()

    def hand_out(self, leases: list[Lease]) -> Generator[Lease]:
        """Each of the batch in turn, as long as it is not given back."""
        self._waiting = list(leases)
        if not self._thread.is_alive():
            self._thread.start()
        try:
            while lease := self._next():
                yield lease
        finally:
            self._at_work = None
            give_back(self._take_waiting())

    def _next(self) -> Lease | None:
        with self._lock:
            self._at_work = self._waiting.pop(0) if self._waiting else None
            return self._at_work

    def _take_waiting(self) -> list[Lease]:
        with self._lock:
            taken, self._waiting = self._waiting, []
            return taken

    def _keep(self) -> None:
        while not self._over.wait(self._every):
            self._look()
        connection.close()

    def _look(self) -> None:
        """A database that is away may be back the next time."""
        lease = self._at_work
        is_slow, self._seen = lease is self._seen, lease
        if lease is None:
            return
        try:
            renew(lease)
            if is_slow:
                give_back(self._take_waiting())
        except DatabaseError:
            logger.exception("a lease could not be renewed")
            connection.close()


def holds(lease: Lease) -> bool:
    """Whether the mail is surely ours while it is handed over; renewed when it is not.

    As a rule it is only looked at: a write for each mail would wait for the disk.
    """
    return exists(Mail, _ours(lease), {"leased_until_at": SURE_UNTIL}) or renew(lease)


def renew(lease: Lease) -> bool:
    """Make it last again; False when somebody else has taken the mail over."""
    return bool(update(Mail, _ours(lease), {"leased_until_at": LEASED_UNTIL}))


def _ours(lease: Lease) -> dict[str, Any]:
    return {"id": lease.mail.pk, "lease_token": lease.token}
