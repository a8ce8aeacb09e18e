"""What was asked of a CEO's time, on Wed 10 Mar 2027, by examples."""

from datetime import date

import pytest

from regions.enums import Channel, Topic
from regions.respect import HeldTalk, quarter_before, quarter_of, respect_on
from regions.wording import time_asked

pytestmark = pytest.mark.any_store

DAY = date(2027, 3, 10)
BAD, MIXED = (Topic.DIFFICULTY,), (Topic.WHY, Topic.DIFFICULTY)


def talk(day, minutes=15, topics=(), channel=Channel.PHONE):
    return HeldTalk(day, channel, minutes, topics)


@pytest.mark.parametrize(
    ("day", "begins", "before"),
    [
        (date(2027, 1, 1), date(2027, 1, 1), date(2026, 10, 1)),
        (date(2027, 3, 31), date(2027, 1, 1), date(2026, 10, 1)),
        (date(2027, 4, 1), date(2027, 4, 1), date(2027, 1, 1)),
        (date(2026, 12, 31), date(2026, 10, 1), date(2026, 7, 1)),
    ],
)
def test_quarters(day, begins, before):
    assert (quarter_of(day), quarter_before(day)) == (begins, before)


def test_minutes_are_summed_by_quarter_and_only_calls_are_measured():
    talks = [
        talk(date(2027, 3, 9), 21),
        talk(date(2027, 3, 8), 20),
        talk(date(2027, 2, 1), 90, channel=Channel.VISIT),
        talk(date(2027, 1, 20), 60, channel=Channel.DEMO),
        talk(date(2027, 1, 19), 45, channel=Channel.PEER),
        talk(date(2027, 1, 12), None, channel=Channel.MAIL),
        talk(date(2027, 1, 1), 9),
        talk(date(2026, 12, 31), 10),
        talk(date(2026, 9, 30), 300),
    ]

    assert time_asked(respect_on(DAY, talks)) == [
        "245 minutes of talks this quarter, 10 in the one before.",
        "2 talks this quarter outside 10 to 20 minutes: 21, 9.",
    ]


def test_nothing_is_said_where_nothing_was_asked():
    assert time_asked(respect_on(DAY, [])) == []


@pytest.mark.parametrize(
    ("topics", "only_bad"),
    [
        ([BAD, BAD, BAD], True),
        ([BAD, BAD], False),
        ([BAD, BAD, MIXED], False),
        ([BAD, BAD, ()], False),
        ([MIXED, BAD, BAD, BAD], False),
    ],
    ids=["three", "two", "more than that in one", "no topic", "the newest was other"],
)
def test_three_talks_of_difficulties_alone_are_named(topics, only_bad):
    talks = [
        talk(date(2027, 3, 9 - place), topics=one) for place, one in enumerate(topics)
    ]

    said = time_asked(respect_on(DAY, talks))

    assert ("The last three talks were about difficulties only." in said) == only_bad
