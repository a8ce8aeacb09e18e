"""What is read about talks with CEOs: the facts behind every rhythm, asks, contacts."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import (
    DateTimeField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from regions.calendar import Calendar, Corrections, today
from regions.enums import AskOf, Role
from regions.models import (
    Absence,
    Ask,
    CheckIn,
    Contact,
    Holiday,
    Membership,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    User,
)
from regions.models.absences import absence_near, away_at
from regions.rhythm import RhythmState, rhythm_on


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

    @property
    def is_booked_today(self) -> bool:
        return self.booked is not None and self.booked.day_date == self.day


@dataclass(frozen=True)
class OnDuty:
    """Who does what is asked of somebody at a moment: himself, or whoever stands in for
    him during an absence."""

    user: User
    absence: Absence | None = None


def corrections() -> Corrections:
    """What headquarters corrects in the public holidays, in one query."""
    return Corrections(
        {
            (row.country, row.subdivision, row.day_date): row.is_worked
            for row in Holiday.objects.all()
        }
    )


def rhythms_at(rows: QuerySet[Rhythm], at: datetime) -> QuerySet[Rhythm]:
    """Rhythms of current CEOs with the newest two-way talk, in one query."""
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
    day = today(region, at)
    return Engagement(
        rhythm=rhythm,
        ceo=rhythm.ceo,
        region=region,
        person=rhythm.ceo.user,
        day=day,
        state=rhythm_on(
            day,
            rhythm,
            holder_from=rhythm.ceo.from_date,
            last_talk=today(region, last_at) if last_at else None,
            booked=booked.day_date if booked else None,
            calendar=Calendar.of(region, corrected),
        ),
        last_contact_id=rhythm.last_talk_id or 0,  # type: ignore[attr-defined]
        booked=booked,
    )


def next_asks(ceo_ids: Iterable[int]) -> dict[tuple[int, int], Ask]:
    """What each CEO owes us first, by CEO and programme."""
    rows = (
        Ask.objects.waiting()
        .filter(ceo__in=set(ceo_ids), of=AskOf.CEO)
        .order_by("due_date", "id")
    )
    first: dict[tuple[int, int], Ask] = {}
    for row in rows:
        first.setdefault((row.ceo_id, row.programme_id), row)
    return first


def holders(
    at: datetime, *roles: Role, regions: Collection[int] = ()
) -> dict[tuple[str, int | None], list[User]]:
    """Who holds these roles now, by role and region; only in these regions.

    Roles for the whole group stand under None.
    """
    rows = _holding(at, roles, regions).select_related("user")
    held: dict[tuple[str, int | None], list[User]] = defaultdict(list)
    for row in rows:
        held[row.role, row.region_id].append(row.user)
    return held


def on_duty(
    at: datetime, *roles: Role, regions: Collection[int] = ()
) -> dict[tuple[str, int | None], list[OnDuty]]:
    """The same with the deputies of those who are away in their place. One query."""
    away = absence_near("user", at)
    rows: QuerySet[Any] = _holding(at, roles, regions).annotate(absence=away)
    held: dict[tuple[str, int | None], dict[int, OnDuty]] = defaultdict(dict)
    for row in rows.select_related("user", "absence__deputy"):
        # Two absences in a row are two rows of one role: the one that holds counts.
        place = held[row.role, row.region_id]
        absence = away_at(row, at)
        if absence is not None or row.pk not in place:
            place[row.pk] = on_duty_for(row.user, absence)
    return defaultdict(list, {key: list(ones.values()) for key, ones in held.items()})


def on_duty_for(person: User, absence: Absence | None) -> OnDuty:
    """Somebody himself, or his deputy while that one has a login."""
    deputy = absence.deputy if absence else None
    if deputy is None or not deputy.may_sign_in:
        return OnDuty(person)
    return OnDuty(deputy, absence)


def _holding(
    at: datetime, roles: Iterable[Role], regions: Collection[int]
) -> QuerySet[Membership]:
    return (
        Membership.objects.held_on(at)
        .filter(Q(region=None) | Q(region__in=regions), role__in=roles)
        .order_by("region_id", "id")
    )


def contacts_of(ceo_ids: Iterable[int], programme: Programme) -> QuerySet[Contact]:
    """Everything logged with these CEOs, newest first."""
    return (
        Contact.objects.filter(ceo__in=set(ceo_ids), programme=programme)
        .select_related("by", "ask", "ceo__region")
        .order_by("-held_at", "-id")
    )


def asks_of(ceo: RegionalCEO, programme: Programme) -> QuerySet[Ask]:
    return ceo.asks.filter(programme=programme).order_by("due_date", "id")
