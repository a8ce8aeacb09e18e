"""The facts behind every rhythm, asks and contacts."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import (
    DateTimeField,
    OuterRef,
    QuerySet,
    Subquery,
)

from regions.calendar import Calendar, Corrections, today
from regions.models import (
    Ask,
    CheckIn,
    Contact,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Stance,
    User,
)
from regions.models.asks import AskQuerySet
from regions.rhythm import RhythmState, ends_on, rhythm_on
from regions.stance import is_to_be_won


@dataclass(frozen=True)
class Engagement:
    """One current CEO in one programme on a day: his rhythm, and what it was computed from."""

    rhythm: Rhythm
    ceo: RegionalCEO
    region: Region
    person: User
    day: date
    state: RhythmState | None
    last_contact_id: int
    booked: CheckIn | None
    # When the next talk is due if there is one today.
    then_due_date: date | None = None
    # Private: orders calls, and is told to nobody.
    is_to_be_won: bool = True

    @property
    def is_booked_today(self) -> bool:
        return self.booked is not None and self.booked.day_date == self.day


def rhythms_at(rows: QuerySet[Rhythm], at: datetime) -> QuerySet[Rhythm]:
    """Rhythms of current CEOs with the newest two-way talk and stance, in one query."""
    talks = (
        Contact.objects.two_way(at)
        .filter(ceo=OuterRef("ceo"), programme=OuterRef("programme"))
        .order_by("-held_at", "-id")
    )
    return (
        rows.filter(ceo__to_date=None)
        .select_related("ceo__region", "ceo__user", "programme")
        .annotate(
            last_talk_at=Subquery(
                talks.values("held_at")[:1], output_field=DateTimeField()
            ),
            last_talk_id=Subquery(talks.values("id")[:1]),
            **Stance.objects.newest("ceo", "programme"),
        )
        .order_by("ceo__region__code", "id")
    )


def engagements(
    rows: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Engagement]:
    """Every current CEO with his rhythm as it stands at a moment. Two queries."""
    rhythms = list(rhythms_at(rows, at))
    booked = {
        (row.ceo_id, row.programme_id): row
        for row in CheckIn.objects.planned().filter(
            ceo__in={row.ceo_id for row in rhythms}
        )
    }
    return [
        _engagement(row, booked.get((row.ceo_id, row.programme_id)), at, corrected)
        for row in rhythms
    ]


def _engagement(
    rhythm: Rhythm, booked: CheckIn | None, at: datetime, corrected: Corrections
) -> Engagement:
    region = rhythm.ceo.region
    last_at: datetime | None = rhythm.last_talk_at  # type: ignore[attr-defined]
    day, calendar = today(region, at), Calendar.of(region, corrected)
    state = rhythm_on(
        day,
        rhythm,
        holder_from=rhythm.ceo.from_date,
        last_talk=today(region, last_at) if last_at else None,
        booked=booked.day_date if booked else None,
        calendar=calendar,
    )
    return Engagement(
        rhythm=rhythm,
        ceo=rhythm.ceo,
        region=region,
        person=rhythm.ceo.user,
        day=day,
        state=state,
        last_contact_id=rhythm.last_talk_id or 0,  # type: ignore[attr-defined]
        booked=booked,
        then_due_date=calendar.first_working(day + timedelta(days=state.ideal_days))
        if state
        else None,
        is_to_be_won=is_to_be_won(
            rhythm.stance_current or "",  # type: ignore[attr-defined]
            rhythm.stance_wanted or "",  # type: ignore[attr-defined]
        ),
    )


def next_asks(ceo_ids: Iterable[int]) -> dict[tuple[int, int, str], Ask]:
    """What each CEO owes us first, and we him, by CEO, programme and of whom it is asked.

    The longest overdue comes first, what has no day last.
    """
    rows = Ask.objects.waiting().filter(ceo__in=set(ceo_ids)).by_due()
    first: dict[tuple[int, int, str], Ask] = {}
    for row in rows:
        first.setdefault((row.ceo_id, row.programme_id, row.of), row)
    return first


def ended_programmes(before: date) -> list[int]:
    """Programmes all of whose regions ended before that day. Without a go-live, none ends."""
    ends: dict[int, date] = {}
    for row in Rhythm.objects.all():
        ends[row.programme_id] = max(ends.get(row.programme_id, date.min), ends_on(row))
    return sorted(key for key, end in ends.items() if end < before)


def contacts_of(ceo_ids: Iterable[int], programme: Programme) -> QuerySet[Contact]:
    """Everything logged with these CEOs, newest first."""
    return (
        Contact.objects.filter(ceo__in=set(ceo_ids), programme=programme)
        .select_related("by", "ask", "ceo__region")
        .order_by("-held_at", "-id")
    )


def asks_of(ceo: RegionalCEO, programme: Programme) -> AskQuerySet:
    return Ask.objects.filter(ceo=ceo, programme=programme).by_due()
