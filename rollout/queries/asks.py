"""The ledger of asks and promises: the list, its numbers and its files, and those of a region.

Days are those of the reader on the list, of the region on its own page.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    Case,
    Count,
    Exists,
    F,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Value,
    When,
)
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import today
from regions.enums import SETTLED_ASKS, AskOf
from regions.models import Ask, Region, RegionalCEO, User
from regions.models.asks import AskQuerySet
from regions.pinyin import by_sound, fits
from regions.wording import capital, days, listed
from rollout.enums import TaskState
from rollout.models import Plan
from rollout.queries.waits import short_words, waits_for
from rollout.waiting import Waits

EXPORTED_MOST = 10_000
SHOWN = 6
# Filters that a field answers by itself.
FIELDS = {"region": "ceo__region", "of": "of", "kind": "kind"}


@dataclass(frozen=True)
class AskLine:
    """An ask as lists show it: how it stands, and what waits for it."""

    ask: Ask
    state: str
    is_late: bool
    waits: str = ""
    # Also the first day, where it is another.
    was_due: date | None = None


@dataclass(frozen=True)
class Side:
    """How many of one side wait, in words; the filter that shows them."""

    of: str
    words: str
    late: str


def asks(reader: User, wanted: Mapping[str, Any], at: datetime) -> QuerySet[Ask]:
    """Under the filters that are set; what waits, unless a state is asked for.

    Our own overdue promises come first, then what waits, the longest overdue on top, and
    at the end what is settled, the newest of it first.
    """
    now = today(reader, at)
    rows = _in_state(Ask.objects.visible_to(reader), wanted.get("state", ""))
    exact = {FIELDS[name]: value for name, value in wanted.items() if name in FIELDS}
    rows = rows.filter(**exact)
    if wave := wanted.get("wave"):
        plans = Plan.objects.filter(wave=wave, region=OuterRef("ceo__region"))
        rows = rows.filter(Exists(plans.filter(programme=OuterRef("programme"))))
    if wanted.get("overdue"):
        rows = rows.waiting().running().filter(due_date__lt=now)
    if words := wanted.get("q"):
        rows = rows.filter(_named(reader, words))
    return _ordered(rows, now).select_related("ceo__region", "programme")


def _in_state(rows: AskQuerySet, state: str) -> AskQuerySet:
    if state == "":
        return rows.waiting().running()
    return rows if state == "all" else rows.filter(state=state)


def _named(reader: User, words: str) -> Q:
    """By region, as written, by pinyin or by its initials, and by what is asked."""
    regions = Region.objects.visible_to(reader).values_list("pk", "name", "code")
    near = [pk for pk, name, code in regions if fits(words, name, code)]
    return Q(ceo__region__in=near) | Q(text__icontains=words)


def _ordered(rows: QuerySet[Ask], now: date) -> QuerySet[Ask]:
    waiting = ~Q(state__in=SETTLED_ASKS)
    rank = Case(
        When(waiting & Q(of=AskOf.US, due_date__lt=now), then=Value(0)),
        When(waiting, then=Value(1)),
        default=Value(2),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by(
        "rank",
        F("settled_at").desc(nulls_last=True),
        F("due_date").asc(nulls_last=True),
        "id",
    )


def sides(reader: User, at: datetime) -> list[Side]:
    """How many wait that were asked of CEOs, and how many that we promised. One query."""
    late = Q(due_date__lt=today(reader, at))
    rows = Ask.objects.visible_to(reader).waiting().running().order_by()
    counted = rows.values("of").annotate(n=Count("id"), late=Count("id", filter=late))
    found = {row["of"]: (row["n"], row["late"]) for row in counted}
    return [_side(of, *found.get(of, (0, 0))) for of in AskOf]


def _side(of: AskOf, count: int, late: int) -> Side:
    words = {
        AskOf.CEO: ngettext("%(n)d asked of a CEO", "%(n)d asked of CEOs", count),
        AskOf.US: ngettext("%(n)d promised by us", "%(n)d promised by us", count),
    }[of]
    overdue = _("%(n)d overdue") % {"n": late} if late else ""
    return Side(of, words % {"n": count}, overdue)


def ceos_near(reader: User) -> list[RegionalCEO]:
    """Of whom something can be asked, by region and where its reader looks for it."""
    ceos = RegionalCEO.objects.visible_to(reader).current()
    ceos = ceos.filter(region__archived_at=None).select_related("region")
    return sorted(ceos, key=lambda one: by_sound(one.region.name))


def lines(rows: Collection[Ask], now: date, at: datetime) -> list[AskLine]:
    """Four queries at most, however many there are."""
    waits = waits_for(rows, at)
    return [line_of(ask, now, waits.get(ask.pk)) for ask in rows]


def line_of(ask: Ask, now: date, waits: Waits | None = None) -> AskLine:
    late = days_late(ask, now)
    return AskLine(
        ask,
        state=_("%(days)s overdue") % {"days": days(late)}
        if late
        else capital(ask.get_state_display()),
        is_late=late > 0,
        waits=short_words(waits) if waits else "",
        was_due=ask.first_due_date if ask.first_due_date != ask.due_date else None,
    )


def days_late(ask: Ask, now: date) -> int:
    """Days since it was due; none for what has no day or waits for nobody."""
    if not ask.is_waiting or ask.due_date is None:
        return 0
    return max((now - ask.due_date).days, 0)


# --- Of one region -------------------------------------------------------------------


@dataclass(frozen=True)
class RegionAsks:
    """What waits between a region's CEO and us: his side, ours, and how many more."""

    lines: list[AskLine]
    more: int


def asks_in(region: Region, programme_id: int, now: date) -> RegionAsks:
    """The first of those that wait, and how many tasks wait for each. One query."""
    blocked = Count("waiting_tasks", filter=Q(waiting_tasks__state=TaskState.BLOCKED))
    rows = Ask.objects.waiting().filter(ceo__region=region, programme=programme_id)
    found: list[Any] = list(rows.by_due().annotate(blocked=blocked))
    return RegionAsks(
        [_with_count(line_of(ask, now), ask.blocked) for ask in found[:SHOWN]],
        max(len(found) - SHOWN, 0),
    )


def _with_count(line: AskLine, blocked: int) -> AskLine:
    if not blocked:
        return line
    said = ngettext("%(n)d task waits", "%(n)d tasks wait", blocked) % {"n": blocked}
    return AskLine(line.ask, line.state, line.is_late, said, line.was_due)


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    return [
        _("Region"),
        _("Programme"),
        _("Of whom"),
        _("Kind"),
        _("What is asked"),
        _("First due"),
        _("Due"),
        _("Days overdue"),
        _("State"),
        _("Settled"),
        _("Tasks that wait"),
        _("Working days of the longest wait"),
        _("Working days of all waits"),
        _("Which tasks"),
    ]


def export_rows(rows: QuerySet[Ask], now: date, at: datetime) -> Iterator[list[object]]:
    """One line for each, in the order of the list; no more than a file may hold."""
    found = list(rows[:EXPORTED_MOST])
    waits = waits_for(found, at)
    for ask in found:
        held = waits.get(ask.pk, Waits())
        yield [
            ask.ceo.region.name,
            ask.programme.name,
            ask.get_of_display(),
            ask.get_kind_display(),
            ask.text,
            ask.first_due_date,
            ask.due_date,
            days_late(ask, now) or None,
            ask.get_state_display(),
            timezone.localtime(ask.settled_at) if ask.settled_at else None,
            len(held) or None,
            held.longest if len(held) else None,
            held.total if len(held) else None,
            _titles(held),
        ]


def _titles(waits: Waits) -> str:
    return listed(one.task.title for one in waits.waits)
