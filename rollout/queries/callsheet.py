"""What to say in a talk of 10 to 20 minutes, read for many CEOs in a fixed number of queries.

The page shows one sheet, the reminder mail a short form of up to five.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import FindingKind
from pilots.models import Finding
from regions.calendar import today
from regions.enums import AskKind, AskOf, AskState, Stage
from regions.models import Ask, HistoryEntry, Programme
from regions.queries import Engagement
from regions.wording import asked, capital, ceo_of, short_day
from rollout.enums import TaskState
from rollout.models import Plan, Task

T = TypeVar("T")
# Without a talk so far, "since the last talk" means these last days.
FIRST_LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True)
class Proposal:
    """What to ask for when nothing is open with this CEO."""

    kind: AskKind
    text: str


@dataclass(frozen=True)
class CallSheet:
    """The content of one sheet, ready to print: short sentences, no arithmetic left to do."""

    engagement: Engagement
    plan: Plan | None
    ask: Ask | None
    proposal: Proposal
    ask_text: str
    why: list[str]
    changed: list[str]
    by_us: list[str]
    by_him: list[str]
    offers: list[str]
    starters: list[str]

    @property
    def say(self) -> list[str]:
        """At most three points, the benefit to his company first."""
        return [*self.why[:1], *self.by_us[:1], *self.offers[:1]]


def call_sheets(
    programme: Programme, chosen: list[Engagement], at: datetime
) -> dict[int, CallSheet]:
    """A sheet per CEO, by the id of the rhythm. Five queries."""
    plans = {
        plan.region_id: plan
        for plan in Plan.objects.filter(programme=programme).select_related(
            "region", "wave"
        )
    }
    regions = {one.region.pk for one in chosen}
    asks = _grouped(_asks(programme, chosen, at), lambda ask: ask.ceo_id)
    tasks = _grouped(
        _tasks(programme, regions, chosen, at), lambda task: task.plan.region_id
    )
    moves = _grouped(_moves(regions, chosen, at), lambda entry: entry.region_id)
    why = _pilot_figures(programme, plans.values(), at)
    return {
        one.rhythm.pk: _sheet(
            one,
            at,
            plan=plans.get(one.region.pk),
            asks=asks[one.ceo.pk],
            tasks=tasks[one.region.pk],
            moves=moves[one.region.pk],
            why=why,
            offers=_offers(one, plans.values()),
        )
        for one in chosen
    }


def _sheet(
    one: Engagement,
    at: datetime,
    *,
    plan: Plan | None,
    asks: list[Ask],
    tasks: list[Task],
    moves: list[HistoryEntry],
    why: list[str],
    offers: list[str],
) -> CallSheet:
    since = _since(one, at)
    of_him = [ask for ask in asks if ask.of == AskOf.CEO]
    waiting = [ask for ask in of_him if ask.state in (AskState.OPEN, AskState.PROMISED)]
    proposal = proposed_ask(one)
    ask = waiting[0] if waiting else None
    return CallSheet(
        engagement=one,
        plan=plan,
        ask=ask,
        proposal=proposal,
        ask_text=asked(ask.text, ask.due_date, one.day) if ask else proposal.text,
        why=why,
        changed=_changed(one, tasks, moves, since),
        by_us=[
            _promise(ask, one)
            for ask in asks
            if ask.of == AskOf.US and ask.state != AskState.DONE
        ],
        by_him=[_his_promise(ask, one) for ask in of_him if ask.state != AskState.OPEN],
        offers=offers,
        starters=_starters() if one.state is None or one.state.is_first_talk else [],
    )


def proposed_ask(one: Engagement) -> Proposal:
    """One useful ask for each stage of the roll-out."""
    proposals = {
        Stage.BEFORE_KICK_OFF: Proposal(
            AskKind.KICK_OFF, _("agree the day of the kick-off")
        ),
        Stage.PREPARING: Proposal(
            AskKind.PEOPLE, _("name one person who decides open questions")
        ),
        Stage.LAST_SIX_WEEKS: Proposal(
            AskKind.PEOPLE, _("free the key people for the week of the go-live")
        ),
        Stage.AFTER_GO_LIVE: Proposal(
            AskKind.DIFFICULTY, _("name the biggest difficulty since the go-live")
        ),
    }
    return proposals[one.state.stage if one.state else Stage.PREPARING]


def _since(one: Engagement, at: datetime) -> datetime:
    last: datetime | None = one.rhythm.last_talk_at  # type: ignore[attr-defined]
    return last or at - FIRST_LOOK_BACK


def _asks(
    programme: Programme, chosen: list[Engagement], at: datetime
) -> Iterable[Ask]:
    return (
        Ask.objects.filter(programme=programme, ceo__in=[one.ceo.pk for one in chosen])
        .exclude(state=AskState.DECLINED)
        .order_by("due_date", "id")
    )


def _tasks(
    programme: Programme, regions: set[int], chosen: list[Engagement], at: datetime
) -> Iterable[Task]:
    earliest = min((_since(one, at) for one in chosen), default=at)
    return (
        Task.objects.filter(plan__programme=programme, plan__region__in=regions)
        .filter(
            Q(finished_at__gte=earliest)
            | Q(due_date__lte=at.date(), state__in=[TaskState.OPEN, TaskState.STARTED])
            | Q(state=TaskState.BLOCKED)
        )
        .select_related("plan")
        .order_by("due_date", "id")
    )


def _moves(
    regions: set[int], chosen: list[Engagement], at: datetime
) -> Iterable[HistoryEntry]:
    earliest = min((_since(one, at) for one in chosen), default=at)
    return HistoryEntry.objects.filter(
        model=Plan._meta.label_lower,
        field="go_live_date",
        region__in=regions,
        at__gte=earliest,
    ).order_by("at", "id")


def _pilot_figures(
    programme: Programme, plans: Iterable[Plan], at: datetime
) -> list[str]:
    """What was achieved where the system already runs: in a pilot or a live wave."""
    live = {plan.wave.name for plan in plans if plan.is_live(today(plan.region, at))}
    rows = (
        Finding.objects.adopted()
        .filter(programme=programme, kind=FindingKind.ACHIEVEMENT)
        .filter(Q(pilot__isnull=False) | Q(wave_name__in=live))
        .order_by("pilot_id", "id")[:2]
    )
    return [
        _("%(title)s: %(effect)s (%(source)s).")
        % {
            "title": row.title,
            "effect": row.effect,
            "source": row.source or row.wave_name,
        }
        for row in rows
    ]


def _changed(
    one: Engagement, tasks: list[Task], moves: list[HistoryEntry], since: datetime
) -> list[str]:
    done = [task for task in tasks if task.finished_at and task.finished_at >= since]
    late = [task for task in tasks if not task.finished_at and task.due_date < one.day]
    lines = [
        _("Go-live moved from %(from)s to %(to)s.") % _ends(move, one)
        for move in moves
        if move.at >= since
    ]
    if done:
        text = ngettext("%(n)d task finished.", "%(n)d tasks finished.", len(done))
        lines.append(text % {"n": len(done)})
    if late:
        text = ngettext(
            "%(n)d task overdue: %(title)s.",
            "%(n)d tasks overdue, the oldest: %(title)s.",
            len(late),
        )
        lines.append(text % {"n": len(late), "title": late[0].title})
    lines += [
        _("Waits for this CEO: %(title)s.") % {"title": task.title}
        for task in tasks
        if task.waits_for_id == one.person.pk
    ]
    return lines


def _ends(move: HistoryEntry, one: Engagement) -> dict[str, str]:
    def said(text: str) -> str:
        return short_day(datetime.fromisoformat(text).date(), one.day)

    return {"from": said(move.before), "to": said(move.after)}


def _promise(ask: Ask, one: Engagement) -> str:
    return capital(asked(ask.text, ask.due_date, one.day))


def _his_promise(ask: Ask, one: Engagement) -> str:
    if ask.state == AskState.DONE:
        return _("%(text)s: done, say thank you.") % {"text": capital(ask.text)}
    return _promise(ask, one)


def _offers(one: Engagement, plans: Iterable[Plan]) -> list[str]:
    """A talk with a CEO whose region is live, the one that went live last."""
    live = [
        plan
        for plan in plans
        if plan.region_id != one.region.pk
        and plan.is_live(one.day)
        and plan.slip_days <= 0
    ]
    if not live:
        return []
    last = max(live, key=lambda plan: (plan.go_live_date, -plan.pk))
    return [
        _("A talk with the %(ceo)s, live since %(day)s.")
        % {"ceo": ceo_of(last.region), "day": short_day(last.go_live_date, one.day)}
    ]


def _starters() -> list[str]:
    return [
        _(
            "What would have to be better in a year for this to be worth your people's time?"
        ),
        _("Who in your company decides fast, and whom do the others follow?"),
        _("Which weeks of the year must we keep free?"),
    ]


def _grouped(
    rows: Iterable[T], key: Callable[[T], int | None]
) -> dict[int | None, list[T]]:
    groups: dict[int | None, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
