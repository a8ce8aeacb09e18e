"""What is seen together with the use of a lesson: slips where it was used and where not.

Plain functions of days and numbers; `rollout.queries.effect` reads the rows. The rule in
words stands in docs/rules.md. Nothing here says that one thing caused another.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256
from statistics import median

from regions.calendar import Calendar

# With fewer regions on one side, only they are counted.
FEWEST_REGIONS = 5
RESAMPLES = 2000
# Of these, so many lie outside the interval at each end: 95 of 100 inside.
CUT = RESAMPLES * 25 // 1000


@dataclass(frozen=True)
class RegionUse:
    """One region in one procedure: by how many working days each of its tasks slipped.

    `was_asked` if somebody answered a lesson on a task that is done: only then could he
    tell that its problem came back.
    """

    is_used: bool
    slips: tuple[int, ...]
    was_asked: bool = False
    came_back: bool = False


@dataclass(frozen=True)
class Side:
    """The regions that used a lesson, or those that did not."""

    n: int
    # In working days; none where too few regions stand on a side.
    median: float | None
    came_back: int
    asked: int


@dataclass(frozen=True)
class Effect:
    """Both sides, and how far the medians lie apart: negative where users slipped less."""

    used: Side
    other: Side
    difference: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def is_compared(self) -> bool:
        return self.difference is not None

    @property
    def is_seen(self) -> bool:
        """Whether the interval leaves out that there is no difference."""
        return (
            self.low is not None
            and self.high is not None
            and not self.low <= 0 <= self.high
        )


def slip(
    first_due: date, due: date, finished: date | None, today: date, calendar: Calendar
) -> int | None:
    """Working days that a task came late; none while it is open and not overdue."""
    if finished is not None:
        return working_days(first_due, finished, calendar)
    return working_days(due, today, calendar) if today > due else None


def working_days(first: date, last: date, calendar: Calendar) -> int:
    """How many working days lie after `first` up to `last`; negative if `last` is earlier."""
    if last < first:
        return -working_days(last, first, calendar)
    span = range(1, (last - first).days + 1)
    return sum(calendar.is_working(first + timedelta(days=n)) for n in span)


def effect_of(regions: Iterable[RegionUse], seed: int) -> Effect:
    """Compare the regions with a slip. The same rows and seed give the same interval."""
    measured = [one for one in regions if one.slips]
    used = [one for one in measured if one.is_used]
    other = [one for one in measured if not one.is_used]
    if min(len(used), len(other)) < FEWEST_REGIONS:
        return Effect(_side(used), _side(other))
    mine, theirs = _values(used), _values(other)
    low, high = _interval(mine, theirs, seed)
    return Effect(
        _side(used, median(mine)),
        _side(other, median(theirs)),
        median(mine) - median(theirs),
        low,
        high,
    )


def seed_of(*parts: str) -> int:
    """The first 8 bytes of SHA-256 of what the result is about."""
    return int.from_bytes(sha256("\n".join(parts).encode()).digest()[:8], "big")


def _values(regions: Iterable[RegionUse]) -> list[float]:
    """A region counts once, however many tasks it has."""
    return [median(one.slips) for one in regions]


def _side(regions: Sequence[RegionUse], middle: float | None = None) -> Side:
    return Side(
        n=len(regions),
        median=middle,
        came_back=sum(one.came_back for one in regions),
        asked=sum(one.was_asked for one in regions),
    )


def _interval(
    mine: Sequence[float], theirs: Sequence[float], seed: int
) -> tuple[float, float]:
    """95 of 100 differences when regions are drawn again, with replacement."""
    draw = random.Random(seed)  # noqa: S311 - repeatable, no secret
    found = sorted(
        median(draw.choices(mine, k=len(mine)))
        - median(draw.choices(theirs, k=len(theirs)))
        for _number in range(RESAMPLES)
    )
    return found[CUT], found[-1 - CUT]
