"""The rhythm of talks by examples, to check line by line with a calendar.

The kick-off is on Mon 1 Feb 2027 and the go-live on Mon 3 May 2027 unless the line says
otherwise; ideal and longest days are 14/21 before and after the kick-off, 7/10 in the last
six weeks and 7/14 after go-live.
"""

from datetime import date, datetime, time

import pytest

from regions.enums import Channel, Outcome
from regions.models import Rhythm
from regions.queries import corrections, engagements
from tests.factories import (
    GO_LIVE,
    KICK_OFF,
    make_blackout,
    make_ceo,
    make_check_in,
    make_contact,
    make_holiday,
    make_region,
    make_rhythm,
    make_user,
)

pytestmark = pytest.mark.any_store

# `reached 24.02`: what was logged and when. `besides` is what else is so that day.
EXAMPLES = """
today      | logged                              | besides                  | stage           | state     | next due   | late from
2026-12-18 | -                                   | -                        | none            | -         | -          | -
2026-12-21 | -                                   | -                        | before kick-off | due, none | 2026-12-21 | 2026-12-28
2026-12-28 | -                                   | -                        | before kick-off | late, none| 2026-12-21 | 2026-12-28
2027-02-01 | reached 2027-01-18                  | -                        | preparing       | due, none | 2027-02-01 | 2027-02-08
2027-03-01 | reached 2027-02-24                  | -                        | preparing       | fine      | 2027-03-10 | 2027-03-17
2027-03-03 | reached 2027-02-24                  | -                        | preparing       | fine, none| 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | -                        | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-17 | reached 2027-02-24                  | -                        | preparing       | late, none| 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | holiday 2027-03-10       | preparing       | fine, none| 2027-03-11 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | blackout                 | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, visit 2027-03-01| -                        | preparing       | fine, none| 2027-03-15 | 2027-03-22
2027-03-10 | reached 2027-02-24, mail 2027-03-08 | -                        | preparing       | fine      | 2027-03-22 | 2027-03-29
2027-03-10 | reached 2027-02-24, no answer 2027-03-08 | -                   | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, moved 2027-03-08| -                        | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, deputy 2027-03-08 | -                      | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, one-way mail 2027-03-08 | -                | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, withdrawn 2027-03-08 | -                   | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24, reached 2027-03-12 | -                     | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | booked 2027-03-12        | preparing       | due, held | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | booked 2027-03-17        | preparing       | due       | 2027-03-10 | 2027-03-17
2027-03-10 | reached 2027-02-24                  | booked 2027-03-09        | preparing       | due, none | 2027-03-10 | 2027-03-17
2027-03-22 | reached 2027-03-15                  | -                        | last six weeks  | due, none | 2027-03-22 | 2027-03-25
2027-03-22 | reached 2027-03-15                  | go-live 2027-05-17       | preparing       | fine, none| 2027-03-29 | 2027-04-05
2027-03-10 | reached 2027-02-24                  | go-live 2027-04-12       | last six weeks  | late, none| 2027-03-03 | 2027-03-08
2027-05-03 | reached 2027-04-26                  | -                        | after go-live   | due, none | 2027-05-03 | 2027-05-10
2027-08-02 | reached 2027-04-26                  | -                        | none            | -         | -          | -
2027-03-10 | before him 2027-03-01               | holder since 2027-03-08  | preparing       | due, none | 2027-03-08 | 2027-03-15
2027-03-10 | before him 2027-03-01               | holder since 2027-03-15  | preparing       | fine, none| 2027-03-15 | 2027-03-22
"""
STAGES = {
    "none": None,
    "before kick-off": "before_kick_off",
    "preparing": "preparing",
    "last six weeks": "last_six_weeks",
    "after go-live": "after_go_live",
}
LOGGED = {
    "reached": {"outcome": Outcome.REACHED},
    "before him": {"outcome": Outcome.REACHED},
    "visit": {"outcome": Outcome.REACHED, "channel": Channel.VISIT},
    "mail": {"outcome": Outcome.REACHED, "channel": Channel.MAIL, "minutes": None},
    "no answer": {"outcome": Outcome.NO_ANSWER},
    "moved": {"outcome": Outcome.MOVED},
    "deputy": {"outcome": Outcome.DEPUTY},
    "one-way mail": {"outcome": Outcome.NO_ANSWER, "channel": Channel.MAIL},
    "withdrawn": {"outcome": Outcome.REACHED},
}


def noon(text):
    day = date.fromisoformat(text)
    return datetime.combine(day, time(12), tzinfo=KICK.tzinfo)


KICK = datetime.fromisoformat("2027-02-01T00:00:00+00:00")


def arrange(number, programme, liaison, logged, besides):
    """A region with its CEO, and whatever the line tells of him."""
    region = make_region(f"R{number}", country=f"X{chr(65 + number % 26)}")
    what, _, day = besides.rpartition(" ")
    went, since = None, {}
    if what == "holder since":
        person = make_user(f"former{number}@example.org", may_sign_in=False)
        went = make_ceo(region, person, to_date=date.fromisoformat(day))
        since = {"from_date": date.fromisoformat(day)}
    ceo = make_ceo(region, **since)
    dates = {"kick_off_date": KICK_OFF, "go_live_date": GO_LIVE}
    if what == "go-live":
        dates["go_live_date"] = date.fromisoformat(day)
    rhythm = make_rhythm(ceo, programme, **dates)
    for entry in logged.split(", ") if logged != "-" else []:
        kind, _, on = entry.rpartition(" ")
        of = went if kind == "before him" else ceo
        values = LOGGED[kind] | {"held_at": noon(on)}
        if kind == "withdrawn":
            values["withdrawn_at"] = noon(on)
        make_contact(of, programme, liaison, **values)
    if what == "booked":
        make_check_in(ceo, programme, day_date=date.fromisoformat(day))
    if what == "holiday":
        make_holiday(region.country, date.fromisoformat(day))
    if besides == "blackout":
        around = {"first_date": date(2027, 3, 1), "last_date": date(2027, 3, 31)}
        make_blackout(programme, region=region, **around)
    return rhythm


def told(one):
    """Stage, state and days of a line, as the product has it."""
    state = one.state
    if state is None:
        return None, "-", "-", "-"
    words = [str(state.status)]
    if state.is_none_booked:
        words.append("none")
    if state.is_held_by_booking:
        words.append("held")
    days = (state.next_due_date.isoformat(), state.late_from_date.isoformat())
    return state.stage, ", ".join(words), *days


def test_rhythm_is_as_the_examples_say(programme, liaison_north):
    lines = [
        [cell.strip() for cell in line.split("|")]
        for line in EXAMPLES.strip().splitlines()[1:]
    ]
    wrong = []
    for number, (on, logged, besides, stage, *expected) in enumerate(lines):
        rhythm = arrange(number, programme, liaison_north, logged, besides)
        rows = Rhythm.objects.filter(pk=rhythm.pk)
        [one] = engagements(rows, noon(on), corrections())
        if told(one) != (STAGES[stage], *expected):
            wrong.append((on, logged, besides, told(one)))

    assert wrong == []
