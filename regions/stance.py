"""Where a CEO stands and what brings him nearer. Plain functions of facts and a moment.

The rules are those of `docs/rules.md`. What is said is easily said: "supportive" and
"leading" hold only while a kept ask shows them.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from regions.enums import ATTITUDES_OF_WORDS, Attitude, Channel, RhythmStatus
from regions.rhythm import RhythmState

# So long a kept ask is evidence of what a CEO says.
EVIDENCE = timedelta(days=60)
# Over so long it is judged whether he comes nearer.
TREND = timedelta(days=90)


class Trend(StrEnum):
    UP = "up"
    DOWN = "down"
    STEADY = "steady"
    # Judged once, or never: there is nothing to compare.
    NONE = "none"


class Move(StrEnum):
    """What to do next with a CEO."""

    FIRST_TALK = "first_talk"
    RATE = "rate"
    KEEP_OUR_WORD = "keep_our_word"
    ASK_AGAIN = "ask_again"
    ASK_FOR_DEED = "ask_for_deed"
    TALK = "talk"
    OFFER_PEER = "offer_peer"
    OFFER_VISIT = "offer_visit"
    OFFER_DEMO = "offer_demo"
    ASK = "ask"
    KEEP_ON = "keep_on"


# What we have to offer, and to whom first.
OFFERS = {
    Channel.DEMO: Move.OFFER_DEMO,
    Channel.PEER: Move.OFFER_PEER,
    Channel.VISIT: Move.OFFER_VISIT,
}
OFFERED_FIRST = {
    Attitude.UNAWARE: (Channel.DEMO, Channel.VISIT, Channel.PEER),
    Attitude.RESISTANT: (Channel.PEER, Channel.VISIT, Channel.DEMO),
    Attitude.NEUTRAL: (Channel.VISIT, Channel.DEMO, Channel.PEER),
    # Who means well needs a task, and no more persuasion.
    Attitude.SUPPORTIVE: (),
    Attitude.LEADING: (),
}


@dataclass(frozen=True)
class Judged:
    """One judgement that was not withdrawn."""

    at: datetime
    current: Attitude


@dataclass(frozen=True)
class Facts:
    """What is known of one CEO on a day of his; nothing judged: `current` is None."""

    current: Attitude | None
    wanted: Attitude | None
    day: date
    talk: RhythmState | None
    kept_at: datetime | None = None
    # Days of what he owes us and what we owe him, as far as they have one.
    his_due: Sequence[date] = ()
    our_due: Sequence[date] = ()
    had: Collection[Channel] = ()
    # Whether there is a CEO whose region is live, to talk to.
    has_peer: bool = False
    # Also outside the time of talks, when none is due.
    has_talked: bool = True

    @property
    def is_late(self) -> bool:
        talk = self.talk
        return (
            talk is not None
            and talk.status == RhythmStatus.LATE
            and not talk.is_held_by_booking
        )


def gap(current: str, wanted: str) -> int:
    """Steps that are missing; 0 where he is wanted, and beyond it."""
    return max(Attitude(wanted).rank - Attitude(current).rank, 0)


def is_to_be_won(current: str, wanted: str) -> bool:
    """Below where he is wanted, or not judged at all."""
    return not current or not wanted or gap(current, wanted) > 0


def words_only(current: str, kept_at: datetime | None, at: datetime) -> bool:
    """He says that he supports it, and no ask that he kept in the last 60 days shows it."""
    if current not in ATTITUDES_OF_WORDS:
        return False
    return kept_at is None or kept_at < at - EVIDENCE


def trend(judged: Iterable[Judged], at: datetime) -> Trend:
    """The newest judgement against the one that held 90 days ago, else the first since."""
    rows = sorted(judged, key=lambda one: one.at)
    if len(rows) < 2:
        return Trend.NONE
    before = [one for one in rows if one.at <= at - TREND]
    then, now = before[-1] if before else rows[0], rows[-1]
    return compared(now.current.rank - then.current.rank)


def trend_of_many(trends: Iterable[Trend]) -> Trend:
    """Of a wave: more that came nearer than went away, or fewer."""
    told = list(trends)
    if all(one == Trend.NONE for one in told):
        return Trend.NONE
    return compared(told.count(Trend.UP) - told.count(Trend.DOWN))


def compared(difference: int) -> Trend:
    if difference == 0:
        return Trend.STEADY
    return Trend.UP if difference > 0 else Trend.DOWN


def next_move(facts: Facts, at: datetime) -> Move:
    """The first that fits: talk, keep one's own word, take his, offer, ask."""
    if not facts.has_talked or (facts.talk is not None and facts.talk.is_first_talk):
        return Move.FIRST_TALK
    if facts.current is None or facts.wanted is None:
        return Move.RATE
    is_words = words_only(facts.current, facts.kept_at, at)
    if not is_words and gap(facts.current, facts.wanted) == 0:
        return Move.KEEP_ON
    if any(due < facts.day for due in facts.our_due):
        return Move.KEEP_OUR_WORD
    if any(due < facts.day for due in facts.his_due):
        return Move.ASK_AGAIN
    if is_words:
        return Move.ASK_FOR_DEED
    return Move.TALK if facts.is_late else _offer(facts, facts.current)


def _offer(facts: Facts, current: Attitude) -> Move:
    """The first of our offers that he has not had; nothing left: an ask."""
    for channel in OFFERED_FIRST[current]:
        is_there = channel != Channel.PEER or facts.has_peer
        if channel not in facts.had and is_there:
            return OFFERS[channel]
    return Move.ASK
