"""What to say in a talk of 10 to 20 minutes, read for many CEOs in a fixed number of queries.

The page shows one sheet, the reminder mail a short form of up to five.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import FindingKind
from pilots.models import Finding
from regions.enums import AskKind, AskOf, AskState, Stage
from regions.models import Ask, HistoryEntry
from regions.queries import Engagement
from regions.wording import asked, capital, ceo_of, short_day
from rollout.enums import TaskState
from rollout.models import Plan, Task

T = TypeVar("T")
K = TypeVar("K")
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


@dataclass(frozen=True)
class SheetFacts:
    """What the sheets of some CEOs are written from, in no language yet."""

    at: datetime
    plans: dict[tuple[int, int], Plan]
    asks: dict[int, list[Ask]]
    tasks: dict[int, list[Task]]
    moves: dict[int | None, list[HistoryEntry]]
    # By programme: regions that went live in time, the last ones first, and what was achieved.
    live: dict[int, list[Plan]]
    achieved: dict[int, list[Finding]]


def sheet_facts(chosen: list[Engagement], at: datetime) -> SheetFacts:
    """Four queries and two per programme, however many CEOs and other regions there are."""
    programmes = sorted({one.rhythm.programme_id for one in chosen})
    regions = {one.region.pk for one in chosen}
    since = min((_since(one, at) for one in chosen), default=at)
    day = min((one.day for one in chosen), default=at.date())
    plans = list(Plan.objects.filter(programme__in=programmes, region__in=regions))
    return SheetFacts(
        at=at,
        plans={(plan.programme_id, plan.region_id): plan for plan in plans},
        asks=_grouped(_asks(programmes, chosen), lambda ask: ask.ceo_id),
        tasks=_grouped(_tasks(plans, since, at), lambda task: task.plan_id),
        moves=_grouped(_moves(regions, since), lambda entry: entry.region_id),
        live={one: list(_live(one, day)) for one in programmes},
        achieved={one: list(_achieved(one, day)) for one in programmes},
    )


def call_sheet_of(one: Engagement, facts: SheetFacts) -> CallSheet:
    """The sheet of one CEO, in the active language."""
    programme = one.rhythm.programme_id
    plan = facts.plans.get((programme, one.region.pk))
    asks = [ask for ask in facts.asks[one.ceo.pk] if ask.programme_id == programme]
    of_him = [ask for ask in asks if ask.of == AskOf.CEO]
    waiting = [ask for ask in of_him if ask.state in (AskState.OPEN, AskState.PROMISED)]
    proposal = proposed_ask(one)
    ask = waiting[0] if waiting else None
    return CallSheet(
        engagement=one,
        ask=ask,
        proposal=proposal,
        ask_text=asked(ask.text, ask.due_date, one.day) if ask else proposal.text,
        why=_pilot_figures(facts.achieved[programme]),
        changed=_changed(
            one,
            facts.tasks[plan.pk] if plan else [],
            facts.moves[one.region.pk],
            since=_since(one, facts.at),
        ),
        by_us=[
            _promise(ask, one)
            for ask in asks
            if ask.of == AskOf.US and ask.state != AskState.DONE
        ],
        by_him=[_his_promise(ask, one) for ask in of_him if ask.state != AskState.OPEN],
        offers=_offers(one, facts.live[programme]),
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


def _asks(programmes: list[int], chosen: list[Engagement]) -> Iterable[Ask]:
    return (
        Ask.objects.filter(
            programme__in=programmes, ceo__in=[one.ceo.pk for one in chosen]
        )
        .exclude(state=AskState.DECLINED)
        .by_due()
    )


def _tasks(plans: list[Plan], since: datetime, at: datetime) -> Iterable[Task]:
    return (
        Task.objects.filter(plan__in=plans)
        .filter(
            Q(finished_at__gte=since)
            | Q(due_date__lte=at.date(), state__in=[TaskState.OPEN, TaskState.STARTED])
            | Q(state=TaskState.BLOCKED)
        )
        .order_by("due_date", "id")
    )


def _moves(regions: set[int], since: datetime) -> Iterable[HistoryEntry]:
    return (
        HistoryEntry.objects.lasting()
        .filter(
            model=Plan._meta.label_lower,
            field="go_live_date",
            region__in=regions,
            at__gte=since,
        )
        .order_by("at", "id")
    )


def _live(programme: int, day: date) -> Iterable[Plan]:
    """Two, since none is offered to itself."""
    return (
        Plan.objects.filter(programme=programme, go_live_date__lte=day)
        .filter(go_live_date__lte=F("first_go_live_date"))
        .select_related("region")
        .order_by("-go_live_date", "id")[:2]
    )


def _achieved(programme: int, day: date) -> Iterable[Finding]:
    """What was achieved where the system already runs: in a pilot or a live wave."""
    live = Plan.objects.filter(
        programme=programme, wave__name=OuterRef("wave_name"), go_live_date__lte=day
    )
    return (
        Finding.objects.adopted()
        .filter(programme=programme, kind=FindingKind.ACHIEVEMENT)
        .filter(Q(pilot__isnull=False) | Exists(live))
        .order_by("pilot_id", "id")[:2]
    )


def _pilot_figures(achieved: list[Finding]) -> list[str]:
    return [
        _("%(title)s: %(effect)s (%(source)s).")
        % {
            "title": row.title,
            "effect": row.effect,
            "source": row.source or row.wave_name,
        }
        for row in achieved
    ]


def _changed(
    one: Engagement, tasks: list[Task], moves: list[HistoryEntry], *, since: datetime
) -> list[str]:
    done = [task for task in tasks if task.finished_at and task.finished_at >= since]
    late = [task for task in tasks if not task.finished_at and task.due_date < one.day]
    lines = [
        _("Go-live moved from %(from)s to %(to)s: %(reason)s") % _ends(move, one)
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

    ends = {"from": said(move.before), "to": said(move.after)}
    return {**ends, "reason": move.reason or "–"}


def _promise(ask: Ask, one: Engagement) -> str:
    return capital(asked(ask.text, ask.due_date, one.day))


def _his_promise(ask: Ask, one: Engagement) -> str:
    if ask.state == AskState.DONE:
        return _("%(text)s: done, say thank you.") % {"text": capital(ask.text)}
    return _promise(ask, one)


def _offers(one: Engagement, live: list[Plan]) -> list[str]:
    """A talk with a CEO whose region is live, the one that went live last."""
    last = next((plan for plan in live if plan.region_id != one.region.pk), None)
    if last is None:
        return []
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


def _grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
