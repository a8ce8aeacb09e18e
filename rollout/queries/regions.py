"""One line per region and per wave: where it stands, since when, and the facts that say so."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import monday_of, today
from regions.enums import RhythmStatus, Stage
from regions.models import HistoryEntry, Programme, Region, Rhythm, User
from regions.queries import Engagement, corrections, engagements
from regions.rhythm import stage_on
from regions.wording import (
    days,
    listed,
    sentences,
    short_day,
    since_last_talk,
    talk_mark,
)
from regions.wording import stage as stage_words
from rollout.enums import RegionState
from rollout.models import Plan, Task
from rollout.queries.briefs import with_briefs
from rollout.queries.golives import GoLive, go_live_of
from rollout.queries.progress import (
    done_weeks,
    go_live_moves,
    overdue_tasks,
    plans_of,
    talk_weeks,
)

ONE_DAY = timedelta(days=1)
# Within this many days of go-live an overdue task is no longer only watched.
HELP_DAYS = 28
DEFAULT_LEAD_WEEKS = 6
# So many letters of a reason stand in a line of a wave; all of it on the region's page.
REASON_SHOWN = 60


@dataclass(frozen=True)
class Facts:
    """What one region is judged by on a day of its own."""

    plan: Plan
    day: date
    engagement: Engagement | None
    overdue: list[Task]
    moves: list[HistoryEntry]
    talks: list[str]
    done: list[int]

    @property
    def region(self) -> Region:
        return self.plan.region

    @property
    def days_to_go_live(self) -> int:
        return (self.plan.go_live_date - self.day).days

    @property
    def newly_overdue(self) -> list[Task]:
        """Overdue today and not yet before this week's Monday."""
        return [
            task
            for task in self.overdue
            if task.due_date >= monday_of(self.day) - ONE_DAY
        ]

    @property
    def is_ceo_late(self) -> bool:
        state = self.engagement.state if self.engagement else None
        return (
            state is not None
            and state.status == RhythmStatus.LATE
            and not state.is_held_by_booking
        )

    @property
    def state(self) -> RegionState:
        """The first that fits; until the gates are there, from overdue tasks and the rhythm."""
        if self.plan.is_live(self.day):
            return RegionState.LIVE
        if self.overdue and self.days_to_go_live <= HELP_DAYS:
            return RegionState.NEEDS_HELP
        if self.overdue or self.is_ceo_late:
            return RegionState.WATCH
        return RegionState.ON_TRACK if self.stage else RegionState.NOT_STARTED

    @property
    def stage(self) -> Stage | None:
        """By the plan's own dates, so that it needs no knowledge of talks."""
        return stage_on(
            self.day,
            kick_off=self.plan.kick_off_date,
            go_live=self.plan.go_live_date,
            end=None,
            lead_weeks=DEFAULT_LEAD_WEEKS,
        )

    def moves_since(self, moment: datetime) -> list[HistoryEntry]:
        return [move for move in self.moves if move.at >= moment]


@dataclass(frozen=True)
class RegionLine:
    """One row of the table of regions."""

    facts: Facts
    region: Region
    wave: str
    go_live: GoLive
    state: RegionState
    reason: str
    stage: str
    talk: str
    talk_status: str
    talks: list[str]
    talks_text: str
    overdue: int
    trend_points: str
    trend_end: tuple[float, float]
    trend_text: str


@dataclass(frozen=True)
class WaveLine:
    """One row of the table of waves: a bar of counts, the same counts in words."""

    pk: int
    name: str
    segments: list[tuple[str, float, float]]
    words: str
    note: str


def region_facts(
    programme: Programme, user: User, at: datetime, *, archived: bool = False
) -> list[Facts]:
    """All that this user's regions are judged by. Seven queries, however many regions.

    Who may not know of the talks with a CEO gets the facts without them. Of archived
    regions, and in a closed programme, nothing is due: neither talks nor tasks.
    """
    seen = Plan.objects.visible_to(user).filter(
        region__archived_at__isnull=not archived
    )
    plans = plans_of(programme, seen)
    is_over = archived or programme.closed_at is not None
    rhythms = Rhythm.objects.visible_to(user).running().filter(programme=programme)
    engaged = engagements(with_briefs(rhythms), at, corrections())
    by_region = {one.region.pk: one for one in engaged}
    late, moves = overdue_tasks([] if is_over else plans, at), go_live_moves(programme)
    talks = talk_weeks(programme, by_region, at)
    done = done_weeks(plans, at)
    return [
        Facts(
            plan=plan,
            day=today(plan.region, at),
            engagement=by_region.get(plan.region_id),
            overdue=late[plan.pk],
            moves=moves[plan.pk],
            talks=talks[plan.region_id],
            done=done[plan.pk],
        )
        for plan in plans
    ]


def region_lines(facts: Iterable[Facts]) -> list[RegionLine]:
    """Worst first, then by go-live."""
    order = list(RegionState)
    ranked = sorted(
        facts,
        key=lambda one: (
            order.index(one.state),
            one.plan.go_live_date,
            one.region.code,
        ),
    )
    return [region_line(one) for one in ranked]


def region_line(facts: Facts) -> RegionLine:
    state = facts.engagement.state if facts.engagement else None
    points = trend_points(facts.done)
    return RegionLine(
        facts=facts,
        region=facts.region,
        wave=facts.plan.wave.name,
        go_live=go_live_of(facts.plan, facts.moves, facts.day),
        state=facts.state,
        reason=reason_of(facts),
        stage=stage_words(facts.stage),
        talk=talk_mark(state) if state else "",
        talk_status=state.status if state else "",
        talks=facts.talks,
        talks_text=_talks_text(facts.talks),
        overdue=len(facts.overdue),
        trend_points=" ".join(f"{x:g},{y:g}" for x, y in points),
        trend_end=points[-1],
        trend_text=_("%(first)d to %(last)d a week")
        % {"first": facts.done[0], "last": facts.done[-1]},
    )


def reason_of(facts: Facts) -> str:
    """The sentence beside the state."""
    if facts.state == RegionState.LIVE:
        return _("Live for %(days)s.") % {"days": days(-facts.days_to_go_live)}
    lines = []
    if facts.overdue:
        n = len(facts.overdue)
        text = ngettext("%(n)d task overdue", "%(n)d tasks overdue", n) % {"n": n}
        ahead = _("go-live in %(days)s") % {"days": days(facts.days_to_go_live)}
        lines.append(_("%(first)s, %(second)s.") % {"first": text, "second": ahead})
    if facts.is_ceo_late and facts.engagement and facts.engagement.state:
        lines.append(since_last_talk(facts.engagement.state))
    if not lines:
        return _("Nothing is overdue.")
    return sentences(lines)


def trend_points(counts: list[int]) -> list[tuple[float, float]]:
    """A word-size line of 76 by 22: one point a week, the most at the top."""
    most = max(counts) or 1
    return [
        (week * 10 + 2, round(20 - 16 * n / most, 1)) for week, n in enumerate(counts)
    ]


def wave_lines(facts: Iterable[Facts]) -> list[WaveLine]:
    """Waves in order of their earliest go-live."""
    by_wave: dict[str, list[Facts]] = defaultdict(list)
    for one in facts:
        by_wave[one.plan.wave.name].append(one)
    return [_wave_line(name, mine) for name, mine in by_wave.items()]


def _wave_line(name: str, facts: list[Facts]) -> WaveLine:
    counts = Counter(one.state for one in facts)
    segments, begin = [], 0.0
    for state in RegionState:
        if counts[state]:
            width = 100 * counts[state] / len(facts)
            segments.append((state.value, round(begin, 2), round(width, 2)))
            begin += width
    words = [
        _("%(n)d %(state)s") % {"n": counts[state], "state": state.count_label}
        for state in RegionState
        if counts[state]
    ]
    return WaveLine(
        pk=facts[0].plan.wave_id,
        name=name,
        segments=segments,
        words=listed(words),
        note=_wave_note(facts),
    )


def _wave_note(facts: list[Facts]) -> str:
    """When the wave goes live, by how much that slipped, and why it moved last."""
    first = facts[0]
    slips = sorted({one.plan.slip_days for one in facts if one.plan.slip_days})
    day = short_day(first.plan.go_live_date, first.day)
    if not slips:
        return _("%(day)s, as promised") % {"day": day}
    late = sum(1 for one in facts if one.plan.slip_days)
    note = ngettext(
        "%(day)s, %(late)d of %(all)d moved by %(slip)d day",
        "%(day)s, %(late)d of %(all)d moved by %(slip)d days",
        slips[-1],
    ) % {"day": day, "late": late, "all": len(facts), "slip": slips[-1]}
    moves = sorted(
        (one for fact in facts for one in fact.moves), key=lambda one: one.at
    )
    why = moves[-1].reason if moves else ""
    if not why:
        return note
    short = Truncator(why).chars(REASON_SHOWN)
    return _("%(note)s: %(why)s") % {"note": note, "why": short}


def _talks_text(talks: list[str]) -> str:
    two = talks.count("two")
    return ngettext("talks in %(n)d of 12 weeks", "talks in %(n)d of 12 weeks", two) % {
        "n": two
    }
