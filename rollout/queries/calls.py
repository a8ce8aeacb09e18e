"""Whom to call: one rule for the Today page, the call queue and the reminder."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from regions.calendar import Corrections, today
from regions.enums import AskOf, Caller, RhythmStatus, Role
from regions.models import Absence, Ask, RegionalCEO, Rhythm, Snooze, User
from regions.queries import Engagement, OnDuty, engagements, next_asks, on_duty
from regions.rhythm import RhythmState, call_weight
from regions.wording import day
from rollout.enums import BriefCall, TaskState
from rollout.models import Task
from rollout.queries.briefs import CallForBrief, calls_for_briefs, with_briefs

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Talk:
    """A talk with a CEO, who has it, and who else could."""

    engagement: Engagement
    state: RhythmState
    callers: tuple[User, ...]
    liaisons: tuple[User, ...]
    # For whom a caller stands in, by the caller.
    absences: Mapping[int, Absence] = field(default_factory=dict, kw_only=True)
    # Who put it off, by person.
    snoozes: Mapping[int, Snooze] = field(default_factory=dict, kw_only=True)
    # That he asked to be called, or did not answer a brief.
    brief: CallForBrief | None = field(default=None, kw_only=True)

    @property
    def is_for_today(self) -> bool:
        return self.engagement.is_booked_today or self.state.is_on_call_list

    def put_off_by(self, user: User) -> Snooze | None:
        """Off this person's list; a talk that is booked for today is on it in any case."""
        if self.engagement.is_booked_today:
            return None
        return self.snoozes.get(user.pk)

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
    # Those that wait for the CEO himself or for the ask, and of these for the ask.
    blocked_tasks: int
    ask_tasks: int = 0
    # What we promised him, where it is overdue.
    promise: Ask | None = None

    @property
    def waits(self) -> bool:
        return self.blocked_tasks > 0


def talks_due(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Talk]:
    """The talks that are due, late, or booked for today, and those for which a brief asks.
    Four queries, and one where there are briefs."""
    return _talks(engagements(with_briefs(rows), at, corrected), at)


def as_it_is(one: Engagement, at: datetime, corrected: Corrections) -> Engagement:
    """The same call read anew: a talk that was logged changes what is due next."""
    return engagements(Rhythm.objects.filter(pk=one.rhythm.pk), at, corrected)[0]


def talk_with(one: Engagement, at: datetime) -> Talk | None:
    """The talk with one CEO, due or not; none outside the time of talks. Two queries."""
    return next(iter(talks_of([one], at)), None)


def callers_of(all_: list[Engagement], at: datetime) -> dict[int, tuple[User, ...]]:
    """Who calls, by the number of the rhythm, be the talk due or not. One query."""
    places = {one.region.pk for one in all_}
    held = on_duty(at, Role.LIAISON, Role.CIO, regions=places)
    return {one.rhythm.pk: _people(_callers(one, held)) for one in all_}


def calls_due(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Call]:
    """The CEOs whose talk is due, late, or booked for today, most pressing first.

    Who asked to be called leads; then late before due, then by weight, then the older
    talk, then the region's code. Six queries, however many CEOs, and one more where
    there are briefs.
    """
    return calls_among(engagements(with_briefs(rows), at, corrected), at)


def snoozed_words(snooze: Snooze) -> str:
    """Until when somebody put a call off, and why."""
    said = {"day": day(snooze.until_date), "reason": snooze.reason}
    return _("Put off until %(day)s: %(reason)s") % said


def calls_among(all_: list[Engagement], at: datetime) -> list[Call]:
    return calls_from(_talks(all_, at))


def calls_from(talks: list[Talk]) -> list[Call]:
    """The same of talks that are to be held today. Two queries."""
    asks = next_asks({talk.engagement.ceo.pk for talk in talks})
    blocked = blocked_for({talk.engagement.ceo for talk in talks})
    calls = []
    for talk in talks:
        one, programme = talk.engagement, talk.engagement.rhythm.programme_id
        ask = asks.get((one.ceo.pk, programme, AskOf.CEO))
        promise = asks.get((one.ceo.pk, programme, AskOf.US))
        tasks = _blocked(one, blocked)
        calls.append(
            Call(
                engagement=one,
                state=talk.state,
                callers=talk.callers,
                liaisons=talk.liaisons,
                absences=talk.absences,
                snoozes=talk.snoozes,
                brief=talk.brief,
                ask=ask,
                blocked_tasks=len(tasks),
                ask_tasks=sum(ask is not None and of == ask.pk for of in tasks),
                promise=promise if promise and is_overdue(promise, one.day) else None,
            )
        )
    return sorted(calls, key=_order)


def own_first(calls: list[Call], user: User) -> list[Call]:
    """A person's own calls before those of others; the order is kept otherwise."""
    return sorted(calls, key=lambda call: user not in call.callers)


def is_overdue(ask: Ask, day: date) -> bool:
    return ask.due_date is not None and ask.due_date < day


# By whom a task waits for, a person or a CEO, and by programme: the task and its ask.
Blocked = Mapping[tuple[str, int, int], Mapping[int, int | None]]


def blocked_for(ceos: Collection[RegionalCEO]) -> Blocked:
    """The blocked tasks that wait for these people, or for an ask of one of these CEOs.
    One query."""
    to_him = Q(waits_for__in={ceo.user_id for ceo in ceos})
    to_ask = Q(waits_for_ask__ceo__in=ceos, waits_for_ask__of=AskOf.CEO)
    rows = Task.objects.running().filter(to_him | to_ask, state=TaskState.BLOCKED)
    found = rows.values_list(
        "pk", "plan__programme", "waits_for", "waits_for_ask__ceo", "waits_for_ask"
    )
    blocked: dict[tuple[str, int, int], dict[int, int | None]] = defaultdict(dict)
    for pk, programme, person, ceo, ask in found:
        for kind, number in (("person", person), ("ceo", ceo)):
            if number is not None:
                blocked[kind, number, programme][pk] = ask
    return blocked


def _blocked(one: Engagement, blocked: Blocked) -> list[int | None]:
    """Of each task that waits for one CEO its ask, if it has one."""
    keys = (("person", one.person.pk), ("ceo", one.ceo.pk))
    programme = one.rhythm.programme_id
    found: dict[int, int | None] = {}
    for kind, number in keys:
        found |= blocked.get((kind, number, programme), {})
    return list(found.values())


def _talks(all_: list[Engagement], at: datetime) -> list[Talk]:
    briefs = calls_for_briefs(all_)
    due = [
        one
        for one in all_
        if one.is_booked_today or _is_on_list(one) or one.rhythm.pk in briefs
    ]
    talks = talks_of(due, at) if due else []
    return [
        replace(talk, brief=briefs.get(talk.engagement.rhythm.pk)) for talk in talks
    ]


def talks_of(chosen: list[Engagement], at: datetime) -> list[Talk]:
    """Who talks with each of these CEOs, and who put it off. Two queries."""
    places = {one.region.pk for one in chosen}
    held = on_duty(at, Role.LIAISON, Role.CIO, regions=places)
    off = _put_off(chosen, at)
    talks = []
    for one in chosen:
        if one.state is None:
            continue
        callers = _callers(one, held)
        liaisons = held[Role.LIAISON, one.region.pk]
        talks.append(
            Talk(
                engagement=one,
                state=one.state,
                callers=_people(callers),
                liaisons=_people(liaisons),
                absences=_absences(callers),
                snoozes=off[one.rhythm.pk],
            )
        )
    return talks


def _callers(
    one: Engagement, held: Mapping[tuple[str, int | None], list[OnDuty]]
) -> list[OnDuty]:
    """The liaison; the CIO where there is none, when set so, and for the first talk unless
    set otherwise."""
    liaisons = held[Role.LIAISON, one.region.pk]
    is_usual = one.rhythm.caller == Caller.USUAL
    is_first = one.state is not None and one.state.is_first_talk
    is_for_cio = one.rhythm.caller == Caller.CIO or (is_usual and is_first)
    return held[Role.CIO, None] if is_for_cio or not liaisons else liaisons


def _put_off(
    chosen: list[Engagement], at: datetime
) -> Mapping[int, Mapping[int, Snooze]]:
    """By rhythm and person. It holds by the days of that person, and for the one talk
    that was due: what is due after the next talk is another."""
    rhythms = {
        one.rhythm.pk: getattr(one.rhythm, "last_talk_at", None) for one in chosen
    }
    # Somewhere it may still be the day before.
    rows = Snooze.objects.holding(at.date() - ONE_DAY).filter(rhythm__in=rhythms)
    found: dict[int, dict[int, Snooze]] = defaultdict(dict)
    for row in rows.select_related("user"):
        talked_at = rhythms[row.rhythm_id]
        is_over = talked_at is not None and talked_at > row.at
        if row.until_date > today(row.user, at) and not is_over:
            found[row.rhythm_id][row.user_id] = row
    return found


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


def _order(call: Call) -> tuple[bool, bool, float, int, str]:
    return (
        not call.is_asked_for,
        call.state.status != RhythmStatus.LATE,
        -call_weight(
            call.state,
            somebody_waits=call.waits,
            is_to_be_won=call.engagement.is_to_be_won,
        ),
        -call.state.age_days,
        call.engagement.region.code,
    )
