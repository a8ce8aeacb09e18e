"""Whom to call: one rule for the Today page, the call queue and the reminder."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from regions.enums import RhythmStatus, Role
from regions.models import Ask, Programme, Rhythm, User
from regions.queries import Engagement, engagements, holders, waiting_asks
from regions.rhythm import RhythmState, call_weight
from rollout.enums import TaskState
from rollout.models import Task


@dataclass(frozen=True)
class Call:
    """A CEO to be talked to today, with the facts that say why."""

    engagement: Engagement
    state: RhythmState
    ask: Ask | None
    blocked_tasks: int
    callers: tuple[User, ...]

    @property
    def waits(self) -> bool:
        return self.blocked_tasks > 0


def calls_due(programme: Programme, rows: QuerySet[Rhythm], at: datetime) -> list[Call]:
    """The CEOs whose talk is due, late, or booked for today, most pressing first.

    Late before due, then by weight, then the older talk, then the region's code. Six
    queries, however many CEOs.
    """
    return calls_among(programme, engagements(rows.filter(programme=programme), at), at)


def calls_among(
    programme: Programme, all_: list[Engagement], at: datetime
) -> list[Call]:
    due = [one for one in all_ if one.state is not None and _is_due(one, one.state)]
    asks = waiting_asks({one.ceo.pk for one in due}, programme)
    blocked = blocked_for({one.person.pk for one in due}, programme)
    liaisons, cios = holders(Role.LIAISON, at), holders(Role.CIO, at)[None]
    calls = [
        Call(
            engagement=one,
            state=one.state,
            ask=next(iter(asks.get(one.ceo.pk, [])), None),
            blocked_tasks=blocked[one.person.pk],
            callers=_callers(
                one.rhythm, one.state, liaisons.get(one.region.pk, []), cios
            ),
        )
        for one in due
        if one.state is not None
    ]
    return sorted(calls, key=_order)


def own_first(calls: list[Call], user: User) -> list[Call]:
    """A person's own calls before those of others; the order is kept otherwise."""
    return sorted(calls, key=lambda call: user not in call.callers)


def blocked_for(person_ids: set[int], programme: Programme) -> Counter[int]:
    """How many blocked tasks wait for each person."""
    rows = Task.objects.filter(
        plan__programme=programme, state=TaskState.BLOCKED, waits_for__in=person_ids
    ).values_list("waits_for", flat=True)
    return Counter(row for row in rows if row is not None)


def _is_due(one: Engagement, state: RhythmState) -> bool:
    return one.is_booked_today or state.is_on_call_list


def _callers(
    rhythm: Rhythm, state: RhythmState, liaisons: list[User], cios: list[User]
) -> tuple[User, ...]:
    """The liaison; the CIO for the first talk, when set so, or where there is no liaison."""
    cio_calls = rhythm.cio_calls or state.is_first_talk or not liaisons
    return tuple(cios if cio_calls else liaisons)


def _order(call: Call) -> tuple[bool, float, int, str]:
    return (
        call.state.status != RhythmStatus.LATE,
        -call_weight(call.state, somebody_waits=call.waits),
        -call.state.age_days,
        call.engagement.region.code,
    )
