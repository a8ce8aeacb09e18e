"""Whether mail goes out: what `/health` answers and the banner says, from two queries.

Each job leaves a heartbeat when it begins; delivery keeps a breaker while the mail server
refuses everybody. Neither is asked for: a process that is gone or deaf cannot answer.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Min, Q, Value

from rollout.enums import MailState
from rollout.models import Breaker, Heartbeat, Mail

JOBS = ("rollout.queue_due", "rollout.deliver")
SILENT_AFTER = timedelta(seconds=120)
WAITING_AFTER = timedelta(seconds=150)
REFUSED_AFTER = timedelta(seconds=60)
BREAKER = "breaker"


@dataclass(frozen=True)
class Refusal:
    """What the mail server has said to everybody, and since when."""

    since_at: datetime
    answer: str


@dataclass(frozen=True)
class Health:
    """The signs of delivery at a moment. `seen` has no entry for a job that never ran."""

    at: datetime
    seen: dict[str, datetime]
    refusal: Refusal | None
    oldest_due_at: datetime | None

    @property
    def silent(self) -> tuple[str, ...]:
        """The jobs that do not run, or do not hear their ticks."""
        return tuple(
            job
            for job in JOBS
            if job not in self.seen or self.at - self.seen[job] > SILENT_AFTER
        )

    @property
    def is_refused(self) -> bool:
        refusal = self.refusal
        return refusal is not None and self.at - refusal.since_at >= REFUSED_AFTER

    @property
    def oldest_unsent(self) -> timedelta:
        """For how long the mail has waited that should have gone first."""
        return self.at - self.oldest_due_at if self.oldest_due_at else timedelta(0)

    @property
    def is_waiting(self) -> bool:
        return self.oldest_unsent > WAITING_AFTER

    @property
    def is_delivering(self) -> bool:
        return not (self.silent or self.is_refused or self.is_waiting)


def health(at: datetime) -> Health:
    blank = Value("")
    beats = Heartbeat.objects.values_list("job", "at", blank)
    breakers = Breaker.objects.values_list(Value(BREAKER), "since_at", "answer")
    signs = list(beats.union(breakers, all=True))
    refusals = [Refusal(since, said) for job, since, said in signs if job == BREAKER]
    # A worker that is slow with one mail renews its lease: that one is at work.
    at_work = Q(state=MailState.LEASED, leased_until_at__gt=at)
    unsent = Mail.objects.unsent().filter(~at_work, next_try_at__lte=at)
    return Health(
        at=at,
        seen={job: seen for job, seen, _said in signs if job != BREAKER},
        refusal=min(refusals, key=lambda one: one.since_at, default=None),
        oldest_due_at=unsent.aggregate(oldest=Min("next_try_at"))["oldest"],
    )


def is_migrated() -> bool:
    """Whether the database has every migration that this code brings. One query."""
    applied = MigrationRecorder(connection).migration_qs.values_list("app", "name")
    return _newest_migrations() <= set(applied)


@lru_cache(maxsize=1)
def _newest_migrations() -> frozenset[tuple[str, str]]:
    return frozenset(MigrationLoader(None).graph.leaf_nodes())
