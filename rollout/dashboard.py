"""The Today page: whom to call, what to decide, what got worse, and all regions below.

One function, one frozen dataclass, a fixed number of queries. What the page says is
worded here; templates only place it.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.access import can_log_contact
from regions.calendar import monday_of, today
from regions.enums import RhythmStatus, Role
from regions.models import Programme, Region, Snooze, User
from regions.queries import Engagement, holders
from regions.services.snoozes import days_to_choose
from regions.wording import (
    capital,
    ceo_of,
    day,
    days,
    listed,
    local_time,
    long_day,
    number,
    sentences,
    short_day,
)
from rollout.enums import RegionState
from rollout.models import Task
from rollout.placing import call_reasons, standing_in
from rollout.queries.calls import Call, calls_among, own_first, snoozed_words
from rollout.queries.callsheet import ask_words
from rollout.queries.progress import blocked_on
from rollout.queries.proposals import proposed_ask
from rollout.queries.regions import (
    Facts,
    RegionLine,
    WaveLine,
    region_facts,
    region_lines,
    wave_lines,
)
from rollout.queries.requests import RequestLine, open_requests

FOLDED = (RegionState.ON_TRACK, RegionState.NOT_STARTED, RegionState.LIVE)


@dataclass(frozen=True)
class CallLine:
    """One line of the call list: who, why, the one ask, and how to reach him."""

    region: Region
    who: str
    reasons: list[str]
    ask: str
    phone: str
    there: str
    is_late: bool
    is_booked_today: bool
    may_log: bool
    rhythm_id: int
    # By the reader himself, from his own list.
    put_off: Snooze | None

    @property
    def put_off_words(self) -> str:
        return snoozed_words(self.put_off) if self.put_off else ""

    @property
    def may_put_off(self) -> bool:
        return self.may_log and not self.put_off and not self.is_booked_today


@dataclass(frozen=True)
class DecideLine:
    """A blocked task that waits for the reader."""

    task: Task
    what: str
    reason: str


@dataclass(frozen=True)
class WorseLine:
    """A region that stands worse than on Monday."""

    region: Region
    state: RegionState
    what: list[str]


@dataclass(frozen=True)
class Today:
    """All that the page shows. A sentence is text parts, each emphasised or not."""

    programme: Programme
    sentence: list[tuple[str, bool]]
    under: str
    calls: list[CallLine]
    put_off: list[CallLine]
    # The first and the last day that a call is put off to.
    put_off_to: tuple[date, date]
    decisions: list[DecideLine]
    requests: list[RequestLine]
    worse: list[WorseLine]
    next_call: str
    waves: list[WaveLine]
    regions: list[RegionLine]
    folded: list[RegionLine]
    folded_text: str


def today_page(programme: Programme, user: User, *, at: datetime) -> Today:
    """Everything for one person at one moment; fourteen queries, however many regions."""
    facts = region_facts(programme, user, at)
    engaged = [one.engagement for one in facts if one.engagement is not None]
    every = own_first(calls_among(engaged, at), user)
    calls = [_call_line(one, user, at) for one in every if not one.put_off_by(user)]
    put_off = [_call_line(one, user, at) for one in every if one.put_off_by(user)]
    decisions = _decisions(programme, user, at)
    worse = [line for one in facts if (line := _worse(one, at)) is not None]
    lines = region_lines(facts)
    folded = [line for line in lines if line.state in FOLDED]
    return Today(
        programme=programme,
        sentence=_sentence(len(calls), len(decisions), len(worse)),
        under=_under(programme, facts, user, at),
        calls=calls,
        put_off=put_off,
        put_off_to=days_to_choose(today(user, at)),
        decisions=decisions,
        requests=open_requests(user, programme),
        worse=worse,
        next_call=_no_call(engaged, put_off) if not calls else "",
        waves=wave_lines(facts),
        regions=[line for line in lines if line.state not in FOLDED],
        folded=folded,
        folded_text=_folded_text(folded),
    )


def _call_line(call: Call, user: User, at: datetime) -> CallLine:
    one = call.engagement
    ask = ask_words(call.ask or proposed_ask(one), one)
    reasons = call_reasons(call)
    if one.is_booked_today:
        reasons.insert(0, _("Booked for today."))
    reasons += standing_in(call.absences.get(user.pk))
    if user not in call.callers:
        names = listed(_caller(caller, call) for caller in call.callers)
        reasons.append(_("Caller: %(who)s.") % {"who": names})
    reasons += _put_off_by_others(call, user)
    return CallLine(
        region=one.region,
        who=ceo_of(one.region),
        reasons=reasons,
        ask=_("Ask: %(ask)s") % {"ask": ask},
        phone=one.person.phone,
        there=local_time(one.region, at),
        is_late=call.state.status == RhythmStatus.LATE,
        is_booked_today=one.is_booked_today,
        may_log=bool(can_log_contact(user, one.region)),
        rhythm_id=one.rhythm.pk,
        put_off=call.put_off_by(user),
    )


def _put_off_by_others(call: Call, user: User) -> list[str]:
    """What callers put off is still on the lists of others, where it is noted."""
    return [
        _("%(who)s: %(put_off)s.")
        % {"who": caller.name, "put_off": snoozed_words(snooze).rstrip(".。")}
        for caller in call.callers
        if caller != user and (snooze := call.put_off_by(caller)) is not None
    ]


def _caller(caller: User, call: Call) -> str:
    absence = call.absences.get(caller.pk)
    if absence is None:
        return caller.name
    said = {"deputy": caller.name, "person": absence.user.name}
    return _("%(deputy)s for %(person)s") % said


def _decisions(programme: Programme, user: User, at: datetime) -> list[DecideLine]:
    """Blocked tasks that wait for the reader or somebody he stands in for; for headquarters and auditors, for the CIO."""
    people = user.acts_for
    if user.standing.is_hq or Role.AUDITOR in user.standing.roles:
        people |= {cio.pk for cio in holders(at, Role.CIO)[Role.CIO, None]}
    return [
        DecideLine(
            task=task,
            what=_("%(region)s: %(title)s")
            % {"region": task.plan.region.name, "title": task.title},
            reason=task.block_note or task.get_block_reason_display(),
        )
        for task in blocked_on(people, programme)
    ]


def _worse(facts: Facts, at: datetime) -> WorseLine | None:
    """What happened in a region since Monday: go-live moved, tasks newly overdue."""
    monday = monday_of(facts.day)
    begin = datetime.combine(monday, time(0), tzinfo=facts.region.zone).astimezone(UTC)
    what = []
    for move in facts.moves_since(begin):
        ends = [
            datetime.fromisoformat(text).date() for text in (move.before, move.after)
        ]
        shift = (ends[1] - ends[0]).days
        if shift > 0:
            text = _("Go-live moved by %(days)s to %(day)s: %(reason)s")
            said = {"days": days(shift), "day": short_day(ends[1], facts.day)}
            what.append(text % {**said, "reason": move.reason})
    if new := facts.newly_overdue:
        text = ngettext(
            "%(n)d task newly overdue: %(title)s",
            "%(n)d tasks newly overdue, first: %(title)s",
            len(new),
        )
        what.append(text % {"n": len(new), "title": new[0].title})
    return WorseLine(facts.region, facts.state, what) if what else None


def _sentence(calls: int, decisions: int, worse: int) -> list[tuple[str, bool]]:
    """Three calls, one decision. <Two regions got worse> since Monday."""
    first = _("%(calls)s, %(decisions)s.") % {
        "calls": ngettext("%(n)s call", "%(n)s calls", calls) % {"n": number(calls)},
        "decisions": ngettext("%(n)s decision", "%(n)s decisions", decisions)
        % {"n": number(decisions)},
    }
    first = capital(first)
    if worse == 0:
        return [(sentences([first, _("Nothing got worse since Monday.")]), False)]
    text = _("%(first)s <%(worse)s> since Monday.") % {
        "first": first,
        "worse": capital(
            ngettext("%(n)s region got worse", "%(n)s regions got worse", worse)
            % {"n": number(worse)}
        ),
    }
    before, rest = text.split("<")
    emphasised, after = rest.split(">")
    return [(before, False), (emphasised, True), (after, False)]


def _under(programme: Programme, facts: list[Facts], user: User, at: datetime) -> str:
    live = sum(1 for one in facts if one.state == RegionState.LIVE)
    on_track = sum(1 for one in facts if one.state == RegionState.ON_TRACK)
    text = ngettext(
        "%(day)s. %(programme)s, %(regions)d regions, %(live)d live. "
        "%(on_track)d of the other %(rest)d is on track.",
        "%(day)s. %(programme)s, %(regions)d regions, %(live)d live. "
        "%(on_track)d of the other %(rest)d are on track.",
        on_track,
    )
    return text % {
        "day": long_day(today(user, at)),
        "programme": programme.name,
        "regions": len(facts),
        "live": live,
        "on_track": on_track,
        "rest": len(facts) - live,
    }


def _no_call(engaged: list[Engagement], put_off: list[CallLine]) -> str:
    if put_off:
        return _("No call is due but those that you put off.")
    return _next_call(engaged)


def _next_call(engaged: list[Engagement]) -> str:
    """What the empty call list says instead."""
    ahead = [
        (one.state.booked_date or one.state.next_due_date, one.region.code, one)
        for one in engaged
        if one.state is not None
    ]
    if not ahead:
        return _("No call is due, and none is planned.")
    when, _code, one = min(ahead, key=lambda entry: entry[:2])
    return _("No call is due. Next: %(day)s, %(ceo)s.") % {
        "day": day(when),
        "ceo": ceo_of(one.region),
    }


def _folded_text(folded: list[RegionLine]) -> str:
    counts = {
        state: sum(1 for line in folded if line.state == state) for state in FOLDED
    }
    return listed(
        _("%(n)d %(state)s") % {"n": n, "state": state.count_label}
        for state, n in counts.items()
        if n
    )
