"""What headquarters says of days: its corrections, and the calendars of all regions."""

from collections.abc import Sequence
from dataclasses import dataclass

from regions.calendar import Calendar, Closed, Corrections, WorkableDays
from regions.models import (
    Blackout,
    Holiday,
    Region,
)


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
