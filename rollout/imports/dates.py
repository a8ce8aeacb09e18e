"""How the days of a programme's files become days around today.

Every day moves by the same number of whole weeks, so that weekdays stay what they were.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

WORKING_MORNING_HOUR = 9
# Finished at this hour of the region.
END_OF_WORK = time(16)
# Over these days before go-live the delay of a region grows from nothing to its slip.
DELAY_DAYS = 120

# One zone without summer time for each whole hour from UTC.
STEADY_ZONES = {
    -11: "Pacific/Pago_Pago",
    -10: "Pacific/Honolulu",
    -9: "Pacific/Gambier",
    -8: "Pacific/Pitcairn",
    -7: "America/Phoenix",
    -6: "America/Costa_Rica",
    -5: "America/Bogota",
    -4: "America/Puerto_Rico",
    -3: "America/Argentina/Buenos_Aires",
    -2: "Atlantic/South_Georgia",
    -1: "Atlantic/Cape_Verde",
    0: "Africa/Abidjan",
    1: "Africa/Lagos",
    2: "Africa/Johannesburg",
    3: "Africa/Nairobi",
    4: "Asia/Dubai",
    5: "Asia/Karachi",
    6: "Asia/Dhaka",
    7: "Asia/Bangkok",
    8: "Asia/Singapore",
    9: "Asia/Tokyo",
    10: "Australia/Brisbane",
    11: "Pacific/Guadalcanal",
    12: "Pacific/Tarawa",
}


@dataclass(frozen=True)
class Shift:
    """By how many weeks the days of the files are moved; negative is earlier."""

    weeks: int = 0

    @classmethod
    def to_today(cls, sample_today: date, zone: ZoneInfo, at: datetime) -> "Shift":
        """So that `sample_today` becomes the same weekday, today or at most six days ago."""
        return cls((at.astimezone(zone).date() - sample_today).days // 7)

    def day(self, day: date) -> date:
        return day + timedelta(weeks=self.weeks)

    def day_or_none(self, day: date | None) -> date | None:
        return None if day is None else self.day(day)

    def moment(self, local: datetime, zone: ZoneInfo) -> datetime:
        """A time on the clock of a place, shifted on that clock, as UTC."""
        return (
            (local + timedelta(weeks=self.weeks)).replace(tzinfo=zone).astimezone(UTC)
        )


def morning_zone(at: datetime) -> str:
    """A zone in which it is between 09:00 and 10:00 at `at`."""
    offset = WORKING_MORNING_HOUR - at.astimezone(UTC).hour
    return STEADY_ZONES[offset if offset in STEADY_ZONES else offset + 24]


def finished_at(
    first_due: date,
    *,
    slip: int,
    offset_days: int,
    zone: ZoneInfo,
    at: datetime,
) -> datetime | None:
    """When a task that the files say nothing of was finished; none if it is still open.

    On its first due day plus slip * min(max(120 + offset, 0), 120) // 120, at 16:00 of the
    region, if that day lies before today there. So without a slip on its due day; with
    one, the delay grows evenly from 120 days before the promised go-live to the whole slip
    at go-live and after. The same rule stands in `rollout/samples/README.md`.
    """
    share = min(max(DELAY_DAYS + offset_days, 0), DELAY_DAYS)
    late_by = timedelta(days=slip * share // DELAY_DAYS)
    day = first_due + late_by
    if day >= at.astimezone(zone).date():
        return None
    return datetime.combine(day, END_OF_WORK, zone).astimezone(UTC)
