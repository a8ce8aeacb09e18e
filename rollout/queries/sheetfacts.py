"""What call sheets are written from, read for many CEOs in a fixed number of queries."""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TypeVar

from django.db.models import F, Q

from pilots.models import Finding, Pilot
from regions.models import Ask, HistoryEntry
from regions.queries import Engagement
from rollout.enums import TaskState
from rollout.models import Plan, Task

from .likeness import Waves, achievements, plans_where, with_tasks

T = TypeVar("T")
K = TypeVar("K")
# Without a talk so far, "since the last talk" means these last days.
FIRST_LOOK_BACK = timedelta(days=14)


@dataclass(frozen=True)
class SheetFacts:
    """What the sheets of some CEOs are written from, in no language yet."""

    at: datetime
    plans: dict[tuple[int, int], Plan]
    asks: dict[int, list[Ask]]
    tasks: dict[int, list[Task]]
    moves: dict[int | None, list[HistoryEntry]]
    # By programme: regions that went live in time, the last ones first, what was achieved,
    # and the first pilot.
    live: dict[int, list[Plan]]
    achieved: dict[int, list[Finding]]
    pilots: dict[int, list[Pilot]]
    # Where it was achieved.
    waves: Waves


def sheet_facts(chosen: list[Engagement], at: datetime) -> SheetFacts:
    """Seven queries and one per programme, however many CEOs and other regions there are."""
    programmes = sorted({one.rhythm.programme_id for one in chosen})
    regions = {one.region.pk for one in chosen}
    since = min((since_when(one, at) for one in chosen), default=at)
    day = min((one.day for one in chosen), default=at.date())
    plans = list(_plans(programmes, regions))
    achieved = list(achievements(programmes))
    return SheetFacts(
        at=at,
        plans={(plan.programme_id, plan.region_id): plan for plan in plans},
        asks=_grouped(_asks(programmes, chosen), lambda ask: ask.ceo_id),
        tasks=_grouped(_tasks(plans, since, at), lambda task: task.plan_id),
        moves=_grouped(_moves(regions, since), lambda entry: entry.region_id),
        live={one: list(_live(one, day)) for one in programmes},
        achieved=_grouped(achieved, lambda row: row.programme_id),
        pilots=_grouped(_pilots(programmes), lambda row: row.programme_id),
        waves=_grouped(
            plans_where(achieved), lambda plan: (plan.programme_id, plan.wave.name)
        ),
    )


def since_when(one: Engagement, at: datetime) -> datetime:
    last: datetime | None = one.rhythm.last_talk_at  # type: ignore[attr-defined]
    return last or at - FIRST_LOOK_BACK


def _plans(programmes: list[int], regions: set[int]) -> Iterable[Plan]:
    return with_tasks(Plan.objects.filter(programme__in=programmes, region__in=regions))


def _asks(programmes: list[int], chosen: list[Engagement]) -> Iterable[Ask]:
    return Ask.objects.filter(
        programme__in=programmes, ceo__in=[one.ceo.pk for one in chosen]
    ).by_due()


def _tasks(plans: list[Plan], since: datetime, at: datetime) -> Iterable[Task]:
    return (
        Task.objects.filter(plan__in=plans)
        .filter(
            Q(finished_at__gte=since)
            | Q(due_date__lte=at.date(), state__in=[TaskState.OPEN, TaskState.STARTED])
            | Q(state=TaskState.BLOCKED)
        )
        .select_related("step__procedure")
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


def _pilots(programmes: list[int]) -> Iterable[Pilot]:
    return Pilot.objects.filter(programme__in=programmes).order_by("id")


def _grouped(rows: Iterable[T], key: Callable[[T], K]) -> dict[K, list[T]]:
    groups: dict[K, list[T]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
