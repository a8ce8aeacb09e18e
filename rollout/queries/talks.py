"""Booked talks as those who take part have them in their calendars."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from regions.calendar import Corrections, moment_of
from regions.models import CheckIn, Rhythm, User
from regions.queries import corrections, engagements
from rollout.enums import DutyKind, DutyState, MailState
from rollout.models import Duty
from rollout.queries.calls import callers_of

KINDS = (DutyKind.TALK, DutyKind.TALK_OFF)
MODEL = CheckIn._meta.label_lower


@dataclass(frozen=True)
class Booked:
    """A talk, who calls, and who was told of it by an earlier mail."""

    row: CheckIn
    callers: tuple[User, ...]
    told_before: frozenset[int] = field(default_factory=frozenset)

    @property
    def begins_at(self) -> datetime | None:
        """None without a time: some time that day."""
        row = self.row
        if row.at_time is None:
            return None
        return moment_of(row.day_date, row.at_time, row.ceo.region.zone)

    def is_over(self, at: datetime) -> bool:
        begins = self.begins_at
        return begins is not None and begins + timedelta(minutes=self.row.minutes) <= at


def occurrence_of(row: CheckIn) -> str:
    """Each change that calendars take is another one."""
    return f"{row.pk} {row.sequence}"


def booked_talks(
    rows: QuerySet[CheckIn], at: datetime, corrected: Corrections
) -> list[Booked]:
    """With who calls. Four queries, however many."""
    found = list(rows.select_related("ceo__region", "ceo__user", "programme"))
    if not found:
        return []
    pairs = Q()
    for row in found:
        pairs |= Q(ceo=row.ceo_id, programme=row.programme_id)
    all_ = engagements(Rhythm.objects.filter(pairs), at, corrected)
    callers = callers_of(all_, at)
    who = {
        (one.ceo.pk, one.rhythm.programme_id): callers[one.rhythm.pk] for one in all_
    }
    return [Booked(row, who.get((row.ceo_id, row.programme_id), ())) for row in found]


def callers_for(row: CheckIn, at: datetime) -> tuple[User, ...]:
    """Who calls in this talk."""
    rows = CheckIn.objects.filter(pk=row.pk)
    return booked_talks(rows, at, corrections())[0].callers


def talks_told(
    duties: Iterable[Duty], at: datetime, corrected: Corrections
) -> dict[int, Booked]:
    """What mails about talks are made of, by the number of the talk."""
    told = [duty for duty in duties if duty.kind in KINDS]
    ids = {duty.object_id for duty in told}
    if not ids:
        return {}
    before = _told_before(ids, min(duty.pk for duty in told))
    return {
        one.row.pk: Booked(one.row, one.callers, frozenset(before[one.row.pk]))
        for one in booked_talks(CheckIn.objects.filter(pk__in=ids), at, corrected)
    }


def _told_before(ids: Collection[int], first: int) -> dict[int, set[int]]:
    mailed = Duty.objects.filter(
        kind=DutyKind.TALK,
        model=MODEL,
        object_id__in=ids,
        pk__lt=first,
        state=DutyState.MAILED,
    )
    found: dict[int, set[int]] = defaultdict(set)
    for talk, person in mailed.values_list("object_id", "recipient"):
        found[talk].add(person)
    return found


def who_has(row: CheckIn) -> list[User]:
    """Who may have this talk in his calendar: the last that went to him put it there."""
    arrived = (
        Q(state=DutyState.MAILED)
        | Q(mail__may_have_arrived=True)
        | Q(mail__state=MailState.LEASED)
    )
    rows = Duty.objects.filter(arrived, kind__in=KINDS, model=MODEL, object_id=row.pk)
    newest = {
        duty.recipient: duty.kind
        for duty in rows.select_related("recipient").order_by("id")
    }
    return [person for person, kind in newest.items() if kind == DutyKind.TALK]
