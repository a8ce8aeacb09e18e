"""Where a region stands, and whether its CEO is due for a talk. Plain functions of facts.

The rules are those of `docs/rules.md`; every value that a rule used is kept in the result,
so that a page can print the reasons.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from regions.calendar import Calendar
from regions.enums import RhythmStatus, Stage
from regions.models import Rhythm

LAST_WEEKS = timedelta(days=42)
# So many days before it falls due, a talk should be booked.
BOOKED_AHEAD = timedelta(days=7)
DEFAULT_END = timedelta(days=90)
NEAR_DAYS, FAR_DAYS = 30, 180
NEAR_WEIGHT, AFTER_WEIGHT, FAR_WEIGHT = 3.0, 2.0, 1.0
WAITING_FACTOR = 1.5
UNWON_FACTOR = 1.5
OVERDUE_CAP = 4.0


@dataclass(frozen=True)
class RhythmState:
    """Why a CEO should be called, or when next. Days are days of his region."""

    day: date
    status: RhythmStatus
    stage: Stage
    last_date: date | None
    age_days: int
    ideal_days: int
    longest_days: int
    next_due_date: date
    late_from_date: date
    go_live_date: date | None
    days_to_go_live: int | None
    booked_date: date | None

    @property
    def is_first_talk(self) -> bool:
        """Nobody has talked to this CEO yet."""
        return self.last_date is None

    @property
    def is_on_call_list(self) -> bool:
        return self.status != RhythmStatus.FINE and not self.is_held_by_booking

    @property
    def is_held_by_booking(self) -> bool:
        """A booked talk before the longest day keeps him off the list until it has passed."""
        return self.booked_date is not None and self.booked_date < self.late_from_date

    @property
    def is_none_booked(self) -> bool:
        """Due soon, due or late, and no talk is planned: an exception of its own."""
        is_near = self.next_due_date <= self.day + BOOKED_AHEAD
        return self.booked_date is None and is_near


def begins_on(rhythm: Rhythm) -> date | None:
    """The first day on which talks are due in its programme; unknown without a kick-off."""
    if rhythm.kick_off_date is None:
        return None
    return rhythm.kick_off_date - timedelta(weeks=rhythm.lead_weeks)


def ends_on(rhythm: Rhythm) -> date:
    """The last day of a region in its programme; without a go-live far away."""
    if rhythm.end_date is not None:
        return rhythm.end_date
    return rhythm.go_live_date + DEFAULT_END if rhythm.go_live_date else date.max


def stage_on(
    day: date,
    *,
    kick_off: date | None,
    go_live: date | None,
    end: date | None,
    lead_weeks: int,
) -> Stage | None:
    """The stage of a region on a day of its own; none outside the time of talks."""
    if kick_off is None or day < kick_off - timedelta(weeks=lead_weeks):
        return None
    if end is None and go_live is not None:
        end = go_live + DEFAULT_END
    if end is not None and day > end:
        return None
    if go_live is not None and day >= go_live:
        return Stage.AFTER_GO_LIVE
    if go_live is not None and day >= go_live - LAST_WEEKS:
        return Stage.LAST_SIX_WEEKS
    return Stage.PREPARING if day >= kick_off else Stage.BEFORE_KICK_OFF


def rhythm_on(
    day: date,
    rhythm: Rhythm,
    *,
    holder_from: date,
    last_talk: date | None,
    booked: date | None,
    calendar: Calendar,
) -> RhythmState | None:
    """Fine, due or late on a day of the region; none when no talks are due in this time.

    `last_talk` is the newest two-way talk with this holder. Without one, the first talk
    is due on the day the rhythm began: the later of six weeks before kick-off (or the
    lead set) and the holder's first day. `booked` is a planned check-in of today or later.
    """
    stage = stage_on(
        day,
        kick_off=rhythm.kick_off_date,
        go_live=rhythm.go_live_date,
        end=rhythm.end_date,
        lead_weeks=rhythm.lead_weeks,
    )
    if stage is None or rhythm.kick_off_date is None:
        return None
    ideal, longest = rhythm.days(stage)
    begin = max(rhythm.kick_off_date - timedelta(weeks=rhythm.lead_weeks), holder_from)
    last = last_talk or begin - timedelta(days=ideal)
    next_due = calendar.first_working(last + timedelta(days=ideal))
    late_from = calendar.first_working(last + timedelta(days=longest))
    go_live = rhythm.go_live_date
    return RhythmState(
        day=day,
        status=(
            RhythmStatus.FINE
            if day < next_due
            else RhythmStatus.DUE
            if day < late_from
            else RhythmStatus.LATE
        ),
        stage=stage,
        last_date=last_talk,
        age_days=(day - last).days,
        ideal_days=ideal,
        longest_days=longest,
        next_due_date=next_due,
        late_from_date=late_from,
        go_live_date=go_live,
        days_to_go_live=None if go_live is None else (go_live - day).days,
        booked_date=booked if booked is not None and booked >= day else None,
    )


def call_weight(
    state: RhythmState, *, somebody_waits: bool, is_to_be_won: bool
) -> float:
    """How far up the call list; orders only, is never shown.

    `somebody_waits`: a blocked task or an open decision waits for this CEO.
    `is_to_be_won`: he stands below where he is wanted, or nobody has judged him. Private:
    it may order a list, and no reason on it may say so.
    """
    span = state.longest_days - state.ideal_days
    overdue = min(max((state.age_days - state.ideal_days) / span, 0.0), OVERDUE_CAP)
    factor = WAITING_FACTOR if somebody_waits else 1.0
    factor *= UNWON_FACTOR if is_to_be_won else 1.0
    return (1 + overdue) * nearness(state.days_to_go_live) * factor


def nearness(days_to_go_live: int | None) -> float:
    """3 within 30 days of go-live, 1 from 180 on, linear between; 2 after it, 1 without one."""
    if days_to_go_live is None:
        return FAR_WEIGHT
    if days_to_go_live <= 0:
        return AFTER_WEIGHT
    if days_to_go_live <= NEAR_DAYS:
        return NEAR_WEIGHT
    if days_to_go_live >= FAR_DAYS:
        return FAR_WEIGHT
    share = (FAR_DAYS - days_to_go_live) / (FAR_DAYS - NEAR_DAYS)
    return FAR_WEIGHT + share * (NEAR_WEIGHT - FAR_WEIGHT)
