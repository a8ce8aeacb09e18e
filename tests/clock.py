"""A second answer to "when is it that o'clock there?", for the tests of the first.

It imports nothing of the product. Where the product asks a zone for the offset of a wall
time, this walks through real time, hour by hour, notes when the clocks jumped, and looks
the wall time up in between.
"""

from bisect import bisect_right
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

ZONES = (
    "Africa/Cairo",
    "Africa/Casablanca",
    "America/Havana",
    "America/Los_Angeles",
    "America/Santiago",
    "America/St_Johns",
    "Antarctica/Troll",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Kolkata",
    "Asia/Shanghai",
    "Australia/Lord_Howe",
    "Europe/Berlin",
    "Pacific/Chatham",
)
FIRST, LAST = date(2024, 1, 1), date(2037, 12, 31)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
DAYS = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]


def moment(zone: str, day: date, wall: time) -> datetime:
    """The first minute in which the clocks of a zone show this time of a day, or, where
    they leap over it, the minute in which they land."""
    starts, offsets = _stretches(zone)
    shown = datetime.combine(day, wall, tzinfo=UTC)
    # No offset is wider than a day, so the answer lies within two of them.
    for n in range(bisect_right(starts, shown - timedelta(days=1)) - 1, len(starts)):
        at = shown - offsets[n]
        ends = starts[n + 1] if n + 1 < len(starts) else shown + timedelta(days=2)
        if at < ends:
            return max(at, starts[n])
    raise AssertionError(f"{zone} never comes to {shown}")


@cache
def _stretches(zone: str) -> tuple[list[datetime], list[timedelta]]:
    """Since when the clocks of a zone go by which offset."""
    info = ZoneInfo(zone)
    at = datetime.combine(FIRST, time(), tzinfo=UTC) - timedelta(days=2)
    end = datetime.combine(LAST, time(), tzinfo=UTC) + timedelta(days=3)
    starts, offsets = [at], [at.astimezone(info).utcoffset()]
    while at < end:
        if (at + HOUR).astimezone(info).utcoffset() != offsets[-1]:
            while at.astimezone(info).utcoffset() == offsets[-1]:
                at += MINUTE
            starts.append(at)
            offsets.append(at.astimezone(info).utcoffset())
        else:
            at += HOUR
    return starts, offsets


def jumps(zone: str) -> list[datetime]:
    return _stretches(zone)[0][1:]
