"""Respect for a CEO's time, told as facts. Plain functions of the talks with him.

Nobody is judged here: these are counts that are shown before the next talk is planned.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from regions.enums import Channel, Topic

SHORTEST, LONGEST = 10, 20
IN_A_ROW = 3
# A visit, a talk with another CEO and a demo take the time they take.
JUDGED = (Channel.PHONE,)


@dataclass(frozen=True)
class HeldTalk:
    """A talk in which the CEO was reached. The day is one of his region."""

    day: date
    channel: str
    minutes: int | None
    topics: tuple[Topic, ...]

    @property
    def is_odd(self) -> bool:
        """Shorter or longer than a talk should be."""
        if self.minutes is None or self.channel not in JUDGED:
            return False
        return not SHORTEST <= self.minutes <= LONGEST


@dataclass(frozen=True)
class Respect:
    """What was asked of one CEO's time in this quarter and the one before."""

    minutes: int = 0
    minutes_before: int = 0
    # Of the talks of this quarter that were too short or too long, the newest first.
    odd_minutes: tuple[int, ...] = ()
    is_only_bad_news: bool = False


def quarter_of(day: date) -> date:
    """The first day of the quarter that a day lies in."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def quarter_before(day: date) -> date:
    """The first day of the quarter before that of a day."""
    begin = quarter_of(day)
    year, month = (
        (begin.year, begin.month - 3) if begin.month > 3 else (begin.year - 1, 10)
    )
    return date(year, month, 1)


def respect_on(day: date, talks: Sequence[HeldTalk]) -> Respect:
    """What the talks up to a day say, newest first."""
    begin, before = quarter_of(day), quarter_before(day)
    now = [talk for talk in talks if begin <= talk.day <= day]
    last = talks[:IN_A_ROW]
    return Respect(
        minutes=sum(talk.minutes or 0 for talk in now),
        minutes_before=sum(
            talk.minutes or 0 for talk in talks if before <= talk.day < begin
        ),
        odd_minutes=tuple(talk.minutes for talk in now if talk.minutes and talk.is_odd),
        is_only_bad_news=len(last) == IN_A_ROW
        and all(talk.topics == (Topic.DIFFICULTY,) for talk in last),
    )
