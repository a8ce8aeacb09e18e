"""When somebody may be written to: one planned slot on each of his working days, and what
cannot wait at any hour of it that is not quiet."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from regions.calendar import Calendar, Corrections, moment_of, today
from regions.enums import PlannedMail
from regions.models import User
from rollout.enums import MailCap

DAY_BEGINS, DAY_ENDS = time(8), time(20)
# Longer than any row of days off.
LOOK_AHEAD = 40
KEYS = {MailCap.PLANNED: "day", MailCap.URGENT: "urgent"}


@dataclass(frozen=True)
class Slot:
    """A stretch of one day in which one mail of a cap may come to one person."""

    cap: MailCap
    day: date
    begins_at: datetime
    ends_at: datetime

    @property
    def key(self) -> str:
        """With the recipient it is unique."""
        return f"{KEYS[self.cap]} {self.day:%Y-%m-%d}"


def open_slot(
    user: User, cap: MailCap, at: datetime, corrected: Corrections
) -> Slot | None:
    """The slot that is open for somebody at a moment.

    Something that falls due after the mail of a day was sent waits for the next one.
    """
    slot = slot_on(user, cap, today(user, at), corrected)
    return slot if slot and slot.begins_at <= at < slot.ends_at else None


def slot_on(user: User, cap: MailCap, day: date, corrected: Corrections) -> Slot | None:
    """Somebody's slot on a day where he is; none on weekends and holidays.

    Pause and frequency are asked of planned mail only.
    """
    calendar = Calendar.of(user, corrected)
    wanted = cap == MailCap.URGENT or _is_wanted(user, day, calendar)
    if not (wanted and calendar.is_working(day)):
        return None
    begins, ends = _hours(user, cap)
    return Slot(
        cap=cap,
        day=day,
        begins_at=moment_of(day, begins, user.zone),
        ends_at=moment_of(day, ends, user.zone),
    )


def next_open(user: User, at: datetime, corrected: Corrections) -> datetime:
    """The first moment from now on that is neither quiet nor on a day off of somebody.

    Without a working day in sight it is now: better than never.
    """
    first = today(user, at)
    for number in range(LOOK_AHEAD):
        slot = slot_on(user, MailCap.URGENT, first + timedelta(days=number), corrected)
        if slot is not None and at < slot.ends_at:
            return max(at, slot.begins_at)
    return at


def _is_wanted(user: User, day: date, calendar: Calendar) -> bool:
    if user.paused_until_date is not None and day < user.paused_until_date:
        return False
    if user.planned_mail == PlannedMail.MONDAYS:
        return calendar.opens_week(day)
    return user.planned_mail != PlannedMail.NEVER


def _hours(user: User, cap: MailCap) -> tuple[time, time]:
    """Planned mail comes by day, unless somebody leaves nothing of it; urgent mail at all
    hours that he leaves."""
    left = user.quiet_to_time, user.quiet_from_time
    by_day = max(left[0], DAY_BEGINS), min(left[1], DAY_ENDS)
    return by_day if cap == MailCap.PLANNED and by_day[0] < by_day[1] else left
