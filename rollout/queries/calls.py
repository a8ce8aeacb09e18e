"""Whom to call: one rule for the Today page, the call queue and the reminder."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from django.db.models import QuerySet

from regions.calendar import Corrections
from regions.enums import Caller, RhythmStatus, Role
from regions.models import Absence, Ask, Rhythm, User
from regions.queries import Engagement, OnDuty, engagements, next_asks, on_duty
from regions.rhythm import RhythmState, call_weight
from rollout.enums import BriefCall, TaskState
from rollout.models import Task
from rollout.queries.briefs import CallForBrief, calls_for_briefs, with_briefs


@dataclass(frozen=True)
class Talk:
    """A talk with a CEO, who has it, and who else could."""

    engagement: Engagement
    state: RhythmState
    callers: tuple[User, ...]
    liaisons: tuple[User, ...]
    # For whom a caller stands in, by the caller.
    absences: Mapping[int, Absence] = field(default_factory=dict, kw_only=True)
    # That he asked to be called, or did not answer a brief.
    brief: CallForBrief | None = field(default=None, kw_only=True)

    @property
    def is_due(self) -> bool:
        """By the rhythm or a booking, and so not for a brief alone."""
        return self.engagement.is_booked_today or _is_on_list(self.engagement)

    @property
    def is_asked_for(self) -> bool:
        return self.brief is not None and self.brief.why == BriefCall.CALL_ME

    def can_go_to_liaison(self, user: User) -> bool:
        """This caller is the CIO, and there is somebody else who could call."""
        others = bool(self.liaisons) and user not in self.liaisons
        return others and user in self.callers

    def can_come_back(self, user: User) -> bool:
        """The liaison calls because it was set so, and this person does not."""
        is_set = self.engagement.rhythm.caller == Caller.LIAISON
        return is_set and user not in self.callers


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
    """The talks that are due, late, or booked for today, and those for which a brief asks.
    Three queries, and one where there are briefs."""
    return _talks(engagements(with_briefs(rows), at, corrected), at)


def talk_with(one: Engagement, at: datetime) -> Talk | None:
    """The talk with one CEO, due or not; none outside the time of talks. One query."""
    return next(iter(_with_callers([one], at)), None)


def calls_due(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Call]:
    """The CEOs whose talk is due, late, or booked for today, most pressing first.

    Who asked to be called leads; then late before due, then by weight, then the older
    talk, then the region's code. Five queries, however many CEOs, and one more where
    there are briefs.
    """
    return calls_among(engagements(with_briefs(rows), at, corrected), at)


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
                liaisons=talk.liaisons,
                absences=talk.absences,
                brief=talk.brief,
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
    rows = Task.objects.running().filter(
        state=TaskState.BLOCKED, waits_for__in=person_ids
    )
    return Counter(rows.values_list("waits_for", "plan__programme"))


def _talks(all_: list[Engagement], at: datetime) -> list[Talk]:
    briefs = calls_for_briefs(all_)
    due = [
        one
        for one in all_
        if one.is_booked_today or _is_on_list(one) or one.rhythm.pk in briefs
    ]
    talks = _with_callers(due, at) if due else []
    return [
        replace(talk, brief=briefs.get(talk.engagement.rhythm.pk)) for talk in talks
    ]


def _with_callers(chosen: list[Engagement], at: datetime) -> list[Talk]:
    places = {one.region.pk for one in chosen}
    held = on_duty(at, Role.LIAISON, Role.CIO, regions=places)
    talks = []
    for one in chosen:
        if one.state is None:
            continue
        liaisons = held[Role.LIAISON, one.region.pk]
        is_for_cio = not liaisons or _is_for_cio(one.rhythm, one.state)
        callers = held[Role.CIO, None] if is_for_cio else liaisons
        talks.append(
            Talk(
                engagement=one,
                state=one.state,
                callers=_people(callers),
                liaisons=_people(liaisons),
                absences=_absences(callers),
            )
        )
    return talks


def _people(ones: list[OnDuty]) -> tuple[User, ...]:
    """Once each: a deputy may hold the role himself."""
    return tuple(dict.fromkeys(one.user for one in ones))


def _absences(ones: list[OnDuty]) -> dict[int, Absence]:
    own = {one.user.pk for one in ones if one.absence is None}
    return {
        one.user.pk: one.absence
        for one in ones
        if one.absence is not None and one.user.pk not in own
    }


def _is_on_list(one: Engagement) -> bool:
    return one.state is not None and one.state.is_on_call_list


def _is_for_cio(rhythm: Rhythm, state: RhythmState) -> bool:
    """The liaison calls; the CIO when set so, and for the first talk unless set otherwise."""
    is_usual = rhythm.caller == Caller.USUAL
    return rhythm.caller == Caller.CIO or (is_usual and state.is_first_talk)


def _order(call: Call) -> tuple[bool, bool, float, int, str]:
    return (
        not call.is_asked_for,
        call.state.status != RhythmStatus.LATE,
        -call_weight(call.state, somebody_waits=call.waits),
        -call.state.age_days,
        call.engagement.region.code,
    )
