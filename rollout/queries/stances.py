"""Where each CEO stands, for those who may read it: one line of the matrix, and one page.

Private: whoever shows a line logs it through `regions.services.privacy`.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q, QuerySet

from regions.calendar import today
from regions.enums import AskOf, AskState, Attitude, Channel, Outcome, Right
from regions.models import (
    Ask,
    Contact,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Stance,
    User,
)
from regions.queries import Engagement, corrections, engagements
from regions.stance import (
    Facts,
    Judged,
    Move,
    Trend,
    next_move,
    trend,
    trend_of_many,
    words_only,
)
from rollout.models import Plan


@dataclass(frozen=True)
class Head:
    """One CEO of the matrix, before more is read about him."""

    rhythm_id: int
    ceo_id: int
    wave: str


@dataclass(frozen=True)
class StanceLine:
    """Where one CEO stands: the judgement that holds, and what it is judged by."""

    engagement: Engagement
    wave: str
    stance: Stance | None
    trend: Trend
    move: Move
    is_words: bool
    kept: Ask | None
    # What he owes us first, and what we owe him.
    ask: Ask | None
    promise: Ask | None

    @property
    def region(self) -> Region:
        return self.engagement.region

    @property
    def ceo(self) -> RegionalCEO:
        return self.engagement.ceo


@dataclass(frozen=True)
class WaveTrend:
    """How the CEOs of a wave moved."""

    name: str
    trend: Trend
    counts: dict[Trend, int]


def readable_rhythms(user: User) -> QuerySet[Rhythm]:
    """Of current CEOs about whom somebody may read what is private."""
    rows = Rhythm.objects.visible_to(user).filter(ceo__to_date=None)
    right = Right.READ_NOTES
    if user.standing.may_everywhere(right):
        return rows
    return rows.filter(ceo__region__in=user.standing.places(right))


def heads_of(programme: Programme, user: User, at: datetime) -> list[Head]:
    """All CEOs of the matrix: the next go-live first, then those who are live; of one wave
    by the code of the region. Two queries."""
    rhythms = readable_rhythms(user).filter(
        programme=programme, ceo__region__archived_at=None
    )
    found = rhythms.order_by("ceo__region__code", "id").values_list(
        "pk", "ceo", "ceo__region"
    )
    plans = Plan.objects.visible_to(user).filter(programme=programme)
    rows = plans.values_list("region", "wave__name", "wave__go_live_date")
    waves = {region: (name, day) for region, name, day in rows}
    none = ("", date.max)
    placed = [(waves.get(region, none), pk, ceo) for pk, ceo, region in found]
    placed.sort(key=lambda one: (one[0][1] <= at.date(), one[0][1], one[0][0]))
    return [Head(pk, ceo, name) for (name, _day), pk, ceo in placed]


def judgements(
    programme: Programme, ceo_ids: Collection[int]
) -> dict[int, list[Stance]]:
    """What was judged of each CEO and not withdrawn, the newest first. One query."""
    rows = Stance.objects.standing().filter(programme=programme, ceo__in=ceo_ids)
    found: dict[int, list[Stance]] = defaultdict(list)
    for row in rows.select_related("by", "ceo").order_by("-judged_at", "-id"):
        found[row.ceo_id].append(row)
    return found


def wave_trends(
    heads: Sequence[Head], judged: dict[int, list[Stance]], at: datetime
) -> list[WaveTrend]:
    """One line for each wave, of all of its CEOs whom the reader may read about; waves in
    the order of the CEOs."""
    by_wave: dict[str, list[Trend]] = defaultdict(list)
    for head in heads:
        by_wave[head.wave].append(_trend(judged.get(head.ceo_id, []), at))
    return [
        WaveTrend(name, trend_of_many(found), {one: found.count(one) for one in Trend})
        for name, found in by_wave.items()
        if name
    ]


def stance_lines(
    heads: Sequence[Head],
    programme: Programme,
    judged: dict[int, list[Stance]],
    at: datetime,
) -> list[StanceLine]:
    """Six queries, however many CEOs."""
    rows = Rhythm.objects.filter(pk__in=[head.rhythm_id for head in heads])
    waves = {head.ceo_id: head.wave for head in heads}
    ceo_ids = set(waves)
    asks = _asks(programme, ceo_ids, at)
    had = _offered(programme, ceo_ids, at)
    live = _live_regions(programme, at)
    places = {ceo: place for place, ceo in enumerate(waves)}
    engaged = engagements(rows, at, corrections())
    return [
        _line(
            one,
            waves[one.ceo.pk],
            judged.get(one.ceo.pk, []),
            asks[one.ceo.pk],
            had[one.ceo.pk],
            at,
            has_peer=bool(live - {one.region.pk}),
        )
        for one in sorted(engaged, key=lambda one: places[one.ceo.pk])
    ]


def judgements_in(region: Region, programme: Programme, user: User) -> QuerySet[Stance]:
    """All that was judged of a region's CEOs, also withdrawn, the newest first."""
    return (
        Stance.objects.visible_to(user)
        .filter(ceo__region=region, programme=programme)
        .select_related("by", "ceo__user", "ceo__region")
        .order_by("-judged_at", "-id")
    )


def _line(
    one: Engagement,
    wave: str,
    judged: list[Stance],
    asks: list[Ask],
    had: set[Channel],
    at: datetime,
    *,
    has_peer: bool,
) -> StanceLine:
    stance = judged[0] if judged else None
    waiting = [ask for ask in asks if ask.state != AskState.DONE]
    his = [ask for ask in waiting if ask.of == AskOf.CEO]
    ours = [ask for ask in waiting if ask.of == AskOf.US]
    done = [ask for ask in asks if ask.state == AskState.DONE]
    kept = max(done, key=lambda ask: (ask.settled_at or at, ask.pk), default=None)
    facts = Facts(
        current=Attitude(stance.current) if stance else None,
        wanted=Attitude(stance.wanted) if stance else None,
        day=today(one.region, at),
        talk=one.state,
        kept_at=kept.settled_at if kept else None,
        his_due=[ask.due_date for ask in his if ask.due_date],
        our_due=[ask.due_date for ask in ours if ask.due_date],
        had=had,
        has_peer=has_peer,
        has_talked=bool(one.last_contact_id),
    )
    return StanceLine(
        engagement=one,
        wave=wave,
        stance=stance,
        trend=_trend(judged, at),
        move=next_move(facts, at),
        is_words=bool(stance) and words_only(facts.current or "", facts.kept_at, at),
        kept=kept,
        ask=his[0] if his else None,
        promise=ours[0] if ours else None,
    )


def _trend(judged: list[Stance], at: datetime) -> Trend:
    return trend((Judged(row.judged_at, Attitude(row.current)) for row in judged), at)


def _asks(
    programme: Programme, ceo_ids: set[int], at: datetime
) -> dict[int, list[Ask]]:
    """What waits, of both sides, and what a CEO kept; what is due first stands first."""
    kept = Q(of=AskOf.CEO, state=AskState.DONE, settled_at__lte=at)
    waits = Q(state__in=[AskState.OPEN, AskState.PROMISED])
    rows = Ask.objects.filter(kept | waits, programme=programme, ceo__in=ceo_ids)
    found: dict[int, list[Ask]] = defaultdict(list)
    # What has no day comes last, whatever the store thinks of emptiness.
    for row in rows.order_by("id"):
        found[row.ceo_id].append(row)
    for mine in found.values():
        mine.sort(key=lambda ask: (ask.due_date is None, ask.due_date or at.date()))
    return found


def _offered(
    programme: Programme, ceo_ids: set[int], at: datetime
) -> dict[int, set[Channel]]:
    """What of our offers each CEO had."""
    rows = Contact.objects.standing().filter(
        programme=programme,
        ceo__in=ceo_ids,
        channel__in=[Channel.PEER, Channel.DEMO, Channel.VISIT],
        outcome=Outcome.REACHED,
        held_at__lte=at,
    )
    found: dict[int, set[Channel]] = defaultdict(set)
    for ceo, channel in rows.order_by().values_list("ceo", "channel").distinct():
        found[ceo].add(Channel(channel))
    return found


def _live_regions(programme: Programme, at: datetime) -> set[int]:
    rows = Plan.objects.filter(programme=programme, go_live_date__lte=at.date())
    return set(rows.values_list("region", flat=True))
