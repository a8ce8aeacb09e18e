"""What is read about talks with CEOs: the facts behind every rhythm, asks, contacts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import (
    Count,
    DateTimeField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from regions.access import can_withdraw_file
from regions.calendar import Calendar, Closed, Corrections, WorkableDays, today
from regions.enums import Role
from regions.models import (
    Absence,
    Ask,
    Attachment,
    Blackout,
    CheckIn,
    Contact,
    HistoryEntry,
    Holiday,
    Membership,
    PrivateView,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Stance,
    User,
    Versioned,
)
from regions.models.absences import absence_near, away_at
from regions.models.asks import AskQuerySet
from regions.rhythm import RhythmState, ends_on, rhythm_on
from regions.stance import is_to_be_won
from regions.telling import field_label


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


@dataclass(frozen=True)
class Calendars:
    """The calendars of all regions in all programmes, read at once."""

    corrected: Corrections
    blackouts: Sequence[Blackout]

    def of(self, region: Region, programme_id: int) -> WorkableDays:
        """What a region works, less what the programme asks nothing of it."""
        closed = tuple(
            Closed(one.first_date, one.last_date, one.reason)
            for one in self.blackouts
            if one.programme_id == programme_id and one.region_id in (None, region.pk)
        )
        return WorkableDays(Calendar.of(region, self.corrected), closed)


def calendars() -> Calendars:
    """What headquarters says of days, in two queries."""
    return Calendars(corrections(), list(Blackout.objects.order_by("first_date", "id")))


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


def ended_programmes(before: date) -> list[int]:
    """Programmes all of whose regions ended before that day. Without a go-live, none ends."""
    ends: dict[int, date] = {}
    for row in Rhythm.objects.all():
        ends[row.programme_id] = max(ends.get(row.programme_id, date.min), ends_on(row))
    return sorted(key for key, end in ends.items() if end < before)


@dataclass(frozen=True)
class Viewing:
    """Somebody opened a page with private texts: of which field, how many, and when."""

    who: str
    at: datetime
    field: str
    count: int


def viewings(region: Region, user: User, most: int) -> list[Viewing]:
    """Who was shown private texts of a region, the last ones first. One query."""
    rows = (
        PrivateView.objects.visible_to(user)
        .filter(region=region)
        .values_list("by__name", "at", "model", "field")
        .annotate(count=Count("id"))
        .order_by("-at", "by", "model", "field")[:most]
    )
    return [
        Viewing(who, at, field_label(model, field), count)
        for who, at, model, field, count in rows
    ]


@dataclass(frozen=True)
class FileLine:
    file: Attachment
    may_withdraw: bool


@dataclass(frozen=True)
class FileList:
    """The files on one row, in the order they came."""

    standing: list[FileLine]
    gone: list[Attachment]


def files_on(row: Versioned, user: User) -> FileList:
    """Those of a row that the reader sees. One query."""
    files = list(Attachment.objects.of(row).select_related("by").order_by("id"))
    return FileList(
        [
            FileLine(one, bool(can_withdraw_file(user, one)))
            for one in files
            if one.is_standing
        ],
        [one for one in files if not one.is_standing],
    )


def history_of(row: Versioned, user: User) -> QuerySet[HistoryEntry]:
    """What changed on a row and on the files that hang on it."""
    files = Attachment.objects.of(row).values("pk")
    of_files = Q(model=Attachment._meta.label_lower, object_id__in=files)
    of_row = Q(model=row._meta.label_lower, object_id=row.pk)
    return HistoryEntry.objects.told_to(user).filter(of_row | of_files)


def contacts_of(ceo_ids: Iterable[int], programme: Programme) -> QuerySet[Contact]:
    """Everything logged with these CEOs, newest first."""
    return (
        Contact.objects.filter(ceo__in=set(ceo_ids), programme=programme)
        .select_related("by", "ask", "ceo__region")
        .order_by("-held_at", "-id")
    )


def asks_of(ceo: RegionalCEO, programme: Programme) -> AskQuerySet:
    return Ask.objects.filter(ceo=ceo, programme=programme).by_due()
