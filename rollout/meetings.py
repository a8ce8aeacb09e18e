"""Times for a talk that suit both sides, inside the hours of the region and of whoever calls."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from regions.calendar import Calendar, Corrections, moment_of
from regions.models import Region, User

# When a company is reached by phone; nobody is called at noon.
OPENS, CLOSES = time(9), time(17)
# By the clocks of the region, the best first.
MORNING = (time(10), time(10, 30), time(11), time(11, 30), time(9, 30), time(9))
AFTERNOON = (time(14), time(14, 30), time(15), time(15, 30), time(16), time(16, 30))
# Nobody is asked to be ready at once.
NOTICE = timedelta(hours=1)
MOST, LOOK_AHEAD = 3, 30


@dataclass(frozen=True)
class Hours:
    """When one side can be talked to: on the days it works, from an hour to another."""

    calendar: Calendar
    zone: ZoneInfo
    opens: time
    closes: time

    @classmethod
    def of_region(cls, region: Region, corrected: Corrections) -> "Hours":
        return cls(Calendar.of(region, corrected), region.zone, OPENS, CLOSES)

    @classmethod
    def of_person(cls, user: User, corrected: Corrections) -> "Hours":
        """What his quiet hours leave."""
        return cls(
            Calendar.of(user, corrected),
            user.zone,
            user.quiet_to_time,
            user.quiet_from_time,
        )

    def hold(self, at: datetime, minutes: int) -> bool:
        """Whether a talk that begins then fits in."""
        begins = at.astimezone(self.zone)
        ends = (at + timedelta(minutes=minutes)).astimezone(self.zone)
        return (
            begins.date() == ends.date()
            and self.opens <= begins.time()
            and ends.time() <= self.closes
            and self.calendar.is_working(begins.date())
        )


def proposals(
    there: Hours, here: Hours, *, first: date, at: datetime, minutes: int
) -> list[datetime]:
    """At most three beginnings, each on another day from `first` on, mornings and
    afternoons by turns; none where the hours of both never meet."""
    found: list[datetime] = []
    for day in _days(there, first):
        halves = (AFTERNOON, MORNING) if len(found) % 2 else (MORNING, AFTERNOON)
        moments = (moment_of(day, wall, there.zone) for half in halves for wall in half)
        fits = (
            one
            for one in moments
            if one >= at + NOTICE
            and there.hold(one, minutes)
            and here.hold(one, minutes)
        )
        if (one := next(fits, None)) is not None:
            found.append(one)
        if len(found) == MOST:
            break
    return found


def _days(there: Hours, first: date) -> Iterator[date]:
    days = (first + timedelta(days=n) for n in range(LOOK_AHEAD))
    return (day for day in days if there.calendar.is_working(day))
