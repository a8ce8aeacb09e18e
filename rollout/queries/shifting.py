"""What moving many booked talks would do: for the preview, and for the act itself."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.access import can_log_contact
from regions.calendar import Calendar, Corrections, NoWorkingDay, monday_of, today
from regions.models import CheckIn, Programme, Rhythm, User
from regions.queries import corrections, engagements
from rollout.enums import ShiftBy

LONGEST_DAYS, LONGEST_WEEKS = 60, 12
MOST_TALKS = 100
ONE_WEEK = timedelta(days=7)


@dataclass(frozen=True)
class Shift:
    """So many working days of the region, or the same weekday so many weeks on."""

    by: ShiftBy
    count: int

    @property
    def words(self) -> str:
        """2 working days later."""
        if self.by == ShiftBy.WEEKS:
            text = (
                ngettext("%(n)d week later", "%(n)d weeks later", abs(self.count))
                if self.count > 0
                else ngettext(
                    "%(n)d week earlier", "%(n)d weeks earlier", abs(self.count)
                )
            )
        else:
            text = (
                ngettext(
                    "%(n)d working day later",
                    "%(n)d working days later",
                    abs(self.count),
                )
                if self.count > 0
                else ngettext(
                    "%(n)d working day earlier",
                    "%(n)d working days earlier",
                    abs(self.count),
                )
            )
        return text % {"n": abs(self.count)}

    def day_after(self, day: date, calendar: Calendar) -> date:
        """Where a talk of a day lands; days off of the region are skipped."""
        if self.by == ShiftBy.WEEKS:
            return calendar.first_working(day + self.count * ONE_WEEK)
        return calendar.add_working(day, self.count)


@dataclass(frozen=True)
class Moving:
    """One talk and its new day."""

    check_in: CheckIn
    to: date
    # The first day on which the next talk is late, where the new day is not before it.
    late_from: date | None


@dataclass(frozen=True)
class Staying:
    """A talk that stays on its day, and why."""

    check_in: CheckIn
    why: str


@dataclass(frozen=True)
class ShiftPreview:
    """All that one act does. `seen` names exactly these talks as they are now."""

    shift: Shift
    changes: list[Moving]
    staying: list[Staying]

    @property
    def seen(self) -> str:
        said = ";".join(
            f"{one.check_in.pk} {one.check_in.version} {one.to}" for one in self.changes
        )
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def planned_in_week(
    user: User, programme: Programme | None, week: date
) -> QuerySet[CheckIn]:
    """The booked talks of the ISO week of a day, that somebody may move."""
    monday = monday_of(week)
    rows = CheckIn.objects.visible_to(user).planned().filter(programme=programme)
    return rows.filter(day_date__gte=monday, day_date__lt=monday + ONE_WEEK)


def shift_preview(
    pks: list[int], shift: Shift, reader: User, at: datetime
) -> ShiftPreview:
    """Of the talks that the reader sees; four queries, however many they are."""
    rows = (
        CheckIn.objects.visible_to(reader)
        .planned()
        .filter(pk__in=pks[:MOST_TALKS])
        .select_related("ceo__region")
        .order_by("day_date", "id")
    )
    corrected = corrections()
    late = _late_from(list(rows), at, corrected)
    changes: list[Moving] = []
    staying: list[Staying] = []
    for row in rows:
        told = _told(row, shift, reader, at, Calendar.of(row.ceo.region, corrected))
        if isinstance(told, str):
            staying.append(Staying(row, told))
        else:
            limit = late.get((row.ceo_id, row.programme_id))
            changes.append(
                Moving(row, told, limit if limit and told >= limit else None)
            )
    return ShiftPreview(shift, changes, staying)


def _told(
    row: CheckIn, shift: Shift, reader: User, at: datetime, calendar: Calendar
) -> date | str:
    """The new day, or why there is none."""
    region = row.ceo.region
    if not (answer := can_log_contact(reader, region)):
        return answer.reason
    try:
        to = shift.day_after(row.day_date, calendar)
    except NoWorkingDay:
        return _("No working day of the region lies near.")
    if to < today(region, at):
        return _("The new day lies behind.")
    return _("It is on that day already.") if to == row.day_date else to


def _late_from(
    rows: list[CheckIn], at: datetime, corrected: Corrections
) -> dict[tuple[int, int], date]:
    """From which day on the next talk is late, by CEO and programme."""
    rhythms = Rhythm.objects.filter(ceo__in={row.ceo_id for row in rows})
    return {
        (one.ceo.pk, one.rhythm.programme_id): one.state.late_from_date
        for one in engagements(rhythms, at, corrected)
        if one.state is not None
    }
