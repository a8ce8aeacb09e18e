"""Whom to call: one rule for the Today page, the call queue and the reminder."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet

from regions.calendar import Corrections
from regions.enums import RhythmStatus, Role
from regions.models import Ask, Rhythm, User
from regions.queries import Engagement, engagements, holders, next_asks
from regions.rhythm import RhythmState, call_weight
from rollout.enums import TaskState
from rollout.models import Task


@dataclass(frozen=True)
class Talk:
    """A talk that is due, late or booked for today, and who has it."""

    engagement: Engagement
    state: RhythmState
    callers: tuple[User, ...]


@dataclass(frozen=True)
class Call(Talk):
    """A CEO to be talked to today, with the facts that say why."""

    ask: Ask | None
    blocked_tasks: int

    @property
    def waits(self) -> bool:
        return self.blocked_tasks > 0


def talks_due(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Talk]:
    """The talks that are due, late, or booked for today. Three queries."""
    return _talks(engagements(rows, at, corrected), at)


def calls_due(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Call]:
    """The CEOs whose talk is due, late, or booked for today, most pressing first.

    Late before due, then by weight, then the older talk, then the region's code. Five
    queries, however many CEOs.
    """
    return calls_among(engagements(rows, at, corrected), at)


def calls_among(all_: list[Engagement], at: datetime) -> list[Call]:
    talks = _talks(all_, at)
    asks = next_asks({talk.engagement.ceo.pk for talk in talks})
    blocked = blocked_for({talk.engagement.person.pk for talk in talks})
    calls = []
    for talk in talks:
        one, programme = talk.engagement, talk.engagement.rhythm.programme_id
        calls.append(
            Call(
                engagement=one,
                state=talk.state,
                callers=talk.callers,
                ask=asks.get((one.ceo.pk, programme)),
                blocked_tasks=blocked[one.person.pk, programme],
            )
        )
    return sorted(calls, key=_order)


def own_first(calls: list[Call], user: User) -> list[Call]:
    """A person's own calls before those of others; the order is kept otherwise."""
    return sorted(calls, key=lambda call: user not in call.callers)


def blocked_for(person_ids: Collection[int]) -> Counter[tuple[int | None, int]]:
    """How many blocked tasks wait for each person in each programme."""
    rows = Task.objects.filter(state=TaskState.BLOCKED, waits_for__in=person_ids)
    return Counter(rows.values_list("waits_for", "plan__programme"))


def _talks(all_: list[Engagement], at: datetime) -> list[Talk]:
    due = [one for one in all_ if one.is_booked_today or _is_on_list(one)]
    if not due:
        return []
    places = {one.region.pk for one in due}
    held = holders(at, Role.LIAISON, Role.CIO, regions=places)
    return [
        Talk(
            engagement=one,
            state=one.state,
            callers=_callers(
                one.rhythm,
                one.state,
                liaisons=held[Role.LIAISON, one.region.pk],
                cios=held[Role.CIO, None],
            ),
        )
        for one in due
        if one.state is not None
    ]


def _is_on_list(one: Engagement) -> bool:
    return one.state is not None and one.state.is_on_call_list


def _callers(
    rhythm: Rhythm, state: RhythmState, *, liaisons: list[User], cios: list[User]
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
