"""When somebody may be written to: one planned slot on each of his working days."""

from datetime import UTC, date, datetime, time, timedelta

from regions.calendar import Calendar
from regions.models import User

SLOT_BEGINS, SLOT_ENDS = time(8), time(20)
SLOT_LASTS = timedelta(hours=12)


def open_slot(user: User, at: datetime) -> date | None:
    """The day whose slot is open for somebody: 08:00 to 20:00 his time, if he works then.

    Something that falls due after the mail of a day was sent waits for the next one.
    """
    local = at.astimezone(user.zone)
    works = Calendar.of(user).is_working(local.date())
    return local.date() if works and SLOT_BEGINS <= local.time() < SLOT_ENDS else None


def slot_begins(user: User, day: date) -> datetime:
    """08:00 of a day where somebody is, in UTC."""
    return datetime.combine(day, SLOT_BEGINS, tzinfo=user.zone).astimezone(UTC)


def slot_key(day: date) -> str:
    """The name of a day's slot; with the recipient it is unique."""
    return f"day {day:%Y-%m-%d}"
