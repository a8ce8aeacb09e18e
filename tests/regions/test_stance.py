"""Where a CEO stands, in tables that headquarters can read. NOW is Wednesday 10 March 2027."""

from datetime import date, datetime, timedelta

import pytest

from regions.calendar import Calendar, Corrections
from regions.enums import Attitude, Channel
from regions.models import Region, Rhythm
from regions.rhythm import call_weight, rhythm_on
from regions.stance import (
    Facts,
    Judged,
    Trend,
    gap,
    is_to_be_won,
    next_move,
    trend,
    trend_of_many,
    words_only,
)
from tests.factories import GO_LIVE, KICK_OFF, LONG_AGO, NOW

TODAY = NOW.date()


def ago(days: int) -> datetime:
    return NOW - timedelta(days=days)


def table(text: str) -> list[list[str]]:
    """The lines of a table, without its head; cells have two spaces between."""
    lines = [line for line in text.strip().splitlines()[1:] if line.strip()]
    return [
        [cell.strip() for cell in line.split("  ") if cell.strip()] for line in lines
    ]


# --- Words and deeds -----------------------------------------------------------------

WORDS = """
he is said to be   last ask he kept   so he is
supportive         never              words only
supportive         60 days ago        as said
supportive         61 days ago        words only
leading            never              words only
leading            today              as said
leading            61 days ago        words only
neutral            never              as said
resistant          never              as said
unaware            never              as said
"""


@pytest.mark.parametrize(("says", "kept", "then"), table(WORDS))
def test_words_without_deeds(says, kept, then):
    days = {"never": None, "today": 0}.get(kept)
    if kept.endswith("ago"):
        days = int(kept.split()[0])

    is_words = words_only(says, None if days is None else ago(days), NOW)

    assert ("words only" if is_words else "as said") == then


def test_evidence_ends_to_the_second():
    kept = NOW - timedelta(days=60)

    assert not words_only("leading", kept, NOW)
    assert words_only("leading", kept, NOW + timedelta(seconds=1))


GAPS = """
stands now   wanted       steps missing   to be won
unaware      supportive   3               yes
resistant    neutral      1               yes
neutral      leading      2               yes
supportive   supportive   0               no
leading      neutral      0               no
"""


@pytest.mark.parametrize(("current", "wanted", "steps", "won"), table(GAPS))
def test_gap_to_where_he_is_wanted(current, wanted, steps, won):
    assert gap(current, wanted) == int(steps)
    assert is_to_be_won(current, wanted) == (won == "yes")


def test_nobody_judged_is_to_be_won():
    assert is_to_be_won("", "")


# --- Trend ---------------------------------------------------------------------------

TRENDS = """
judged, days ago                                      he is
neutral 10                                            none
neutral 40, supportive 10                             up
supportive 40, neutral 10                             down
neutral 40, neutral 10                                steady
resistant 200, neutral 80, neutral 10                 up
resistant 200, neutral 95, neutral 10                 steady
resistant 200, supportive 91, neutral 10              down
supportive 89, resistant 50, supportive 10            steady
"""


def judged(text: str) -> list[Judged]:
    parts = [one.split() for one in text.split(", ")]
    return [Judged(ago(int(days)), Attitude(word)) for word, days in parts]


@pytest.mark.parametrize(("rows", "then"), table(TRENDS))
def test_trend_over_ninety_days(rows, then):
    assert trend(judged(rows), NOW) == then
    assert trend(reversed(judged(rows)), NOW) == then


def test_nobody_judged_has_no_trend():
    assert trend([], NOW) == Trend.NONE


WAVES = """
its CEOs                wave
up, up, down            up
up, down                steady
steady, none            steady
down, steady, none      down
none, none              none
"""


@pytest.mark.parametrize(("ceos", "then"), table(WAVES))
def test_trend_of_a_wave(ceos, then):
    assert trend_of_many(Trend(one) for one in ceos.split(", ")) == then


# --- The next action -----------------------------------------------------------------


def talked(days: int | None, **booked):
    """His rhythm today: weeks apart 14 to 21 days, the last talk so many days ago."""
    return rhythm_on(
        TODAY,
        Rhythm(kick_off_date=KICK_OFF, go_live_date=GO_LIVE),
        holder_from=LONG_AGO,
        last_talk=None if days is None else ago(days).date(),
        booked=booked.get("booked"),
        calendar=Calendar.of(Region(), Corrections()),
    )


YESTERDAY, TOMORROW = TODAY - timedelta(days=1), TODAY + timedelta(days=1)
NEUTRAL = {"current": Attitude.NEUTRAL, "wanted": Attitude.SUPPORTIVE}
SAYS_SO = {"current": Attitude.SUPPORTIVE, "wanted": Attitude.SUPPORTIVE}
HAD_ALL = {"had": {Channel.VISIT, Channel.DEMO, Channel.PEER}}


@pytest.mark.parametrize(
    ("facts", "then"),
    [
        # Nobody talked with him, whatever else is open.
        ({"talk": talked(None), "his_due": [YESTERDAY]}, "first_talk"),
        ({"talk": talked(None), **NEUTRAL}, "first_talk"),
        ({"talk": None, "has_talked": False}, "first_talk"),
        # Talked with, and not judged.
        ({"talk": None}, "rate"),
        ({"talk": talked(3)}, "rate"),
        # He stands where he is wanted, and keeps his word.
        ({**SAYS_SO, "kept_at": ago(5)}, "keep_on"),
        ({**SAYS_SO, "kept_at": ago(5), "his_due": [YESTERDAY]}, "keep_on"),
        # He says so, and nothing shows it.
        (SAYS_SO, "ask_for_deed"),
        ({**SAYS_SO, "his_due": [TOMORROW]}, "ask_for_deed"),
        ({**SAYS_SO, "his_due": [YESTERDAY]}, "ask_again"),
        # A gap: our own word first, then his, then a talk, then what we offer.
        (
            {**NEUTRAL, "our_due": [YESTERDAY], "his_due": [YESTERDAY]},
            "keep_our_word",
        ),
        ({**NEUTRAL, "our_due": [TODAY], "his_due": [YESTERDAY]}, "ask_again"),
        ({**NEUTRAL, "his_due": [TODAY], "talk": talked(30)}, "talk"),
        ({**NEUTRAL, "talk": talked(30, booked=TOMORROW)}, "talk"),
        ({**NEUTRAL, "talk": talked(15, booked=TOMORROW)}, "offer_visit"),
        ({**NEUTRAL}, "offer_visit"),
        ({**NEUTRAL, "had": {Channel.VISIT}}, "offer_demo"),
        ({**NEUTRAL, "had": {Channel.VISIT, Channel.DEMO}}, "ask"),
        (
            {**NEUTRAL, "had": {Channel.VISIT, Channel.DEMO}, "has_peer": True},
            "offer_peer",
        ),
        ({**NEUTRAL, **HAD_ALL, "has_peer": True}, "ask"),
        ({**NEUTRAL, "current": Attitude.UNAWARE}, "offer_demo"),
        ({**NEUTRAL, "current": Attitude.RESISTANT, "has_peer": True}, "offer_peer"),
        ({**NEUTRAL, "current": Attitude.RESISTANT}, "offer_visit"),
        # Who means well needs a task.
        (
            {
                "current": Attitude.SUPPORTIVE,
                "wanted": Attitude.LEADING,
                "kept_at": ago(5),
            },
            "ask",
        ),
    ],
)
def test_next_action_of_every_gap(facts, then):
    known = {"current": None, "wanted": None, "day": TODAY, "talk": talked(3)}

    assert next_move(Facts(**known | facts), NOW) == then


# --- Whom to call --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("waits", "unwon", "factor"),
    [
        (False, False, 1),
        (True, False, 1.5),
        (False, True, 1.5),
        (True, True, 2.25),
    ],
)
def test_weight_of_who_is_to_be_won(waits, unwon, factor):
    state = talked(16)
    plain = call_weight(state, somebody_waits=False, is_to_be_won=False)

    weight = call_weight(state, somebody_waits=waits, is_to_be_won=unwon)

    assert weight == plain * factor
    assert state.next_due_date == date(2027, 3, 8)
