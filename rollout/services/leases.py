"""Keeps a lease for as long as its holder works on it.

A mail server may take minutes for one mail. The lease is short all the same, so that what
a killed worker leaves is taken over soon: a thread renews it while the worker lives.
"""

import logging
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from types import TracebackType
from typing import Self

from django.db import DatabaseError, connection
from django.db.models.functions import Now

from rollout.models import Mail

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
RENEW_SECONDS = LEASE.total_seconds() / 4


class LeaseKeeper:
    """`with keeper.keeping(token)`: that lease does not run out inside."""

    def __init__(self, every: float = RENEW_SECONDS) -> None:
        self._every = every
        self._token: uuid.UUID | None = None
        self._over = threading.Event()
        self._thread = threading.Thread(
            target=self._renew, name="lease keeper", daemon=True
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

    @contextmanager
    def keeping(self, token: uuid.UUID) -> Iterator[None]:
        self._token = token
        if not self._thread.is_alive():
            self._thread.start()
        try:
            yield
        finally:
            self._token = None

    def _renew(self) -> None:
        while not self._over.wait(self._every):
            if token := self._token:
                renew(token)
        connection.close()


def renew(token: uuid.UUID) -> None:
    """A database that is away may be back the next time."""
    try:
        Mail.objects.filter(lease_token=token).update(leased_until_at=Now() + LEASE)
    except DatabaseError:
        logger.exception("a lease could not be renewed")
        connection.close()
