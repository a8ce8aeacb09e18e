"""Letters: what they are made of is read once for all, and what each kind says."""

from datetime import timedelta

import pytest

from regions.calendar import Corrections
from regions.enums import Role
from rollout.composing import compose, read, write
from rollout.enums import MailCap
from rollout.queries.duties import duties_due
from rollout.services.duties import settle, still_open, still_open_for
from tests.factories import (
    NOW,
    make_ceo,
    make_contact,
    make_membership,
    make_plan,
    make_region,
    make_rhythm,
    make_user,
)

pytestmark = pytest.mark.any_store

NOTHING = Corrections()


def due_talks(programme, wave, count, each):
    """Liaisons who each have some talks that fell due two days ago."""
    people = []
    for number in range(count):
        liaison = make_user(f"liaison{number}@example.org")
        people.append(liaison)
        for place in range(each):
            region = make_region(f"R{number}-{place}", name=f"Region {number} {place}")
            make_plan(region, wave)
            make_rhythm(ceo := make_ceo(region), programme)
            held = NOW - timedelta(days=16 + place)
            make_contact(ceo, programme, liaison, held_at=held)
            make_membership(liaison, Role.LIAISON, region)
    for due in duties_due(NOW, NOTHING):
        settle(due, set())
    return people


@pytest.mark.parametrize("calls", [1, 3])
def test_letter_costs_the_same_however_many_calls(
    calls, programme, wave, assert_queries
):
    (liaison,) = due_talks(programme, wave, 1, calls)

    with assert_queries(5):
        duties = still_open(liaison, MailCap.PLANNED, NOW, NOTHING)
    with assert_queries(14):
        letter = compose(liaison, duties, NOW, NOTHING)

    assert letter.text.count("Ask: please") == calls


@pytest.mark.parametrize("people", [1, 3])
def test_batch_of_letters_costs_the_same_however_many(
    people, programme, wave, assert_queries
):
    liaisons = due_talks(programme, wave, people, 2)

    with assert_queries(19):
        by_person = still_open_for(
            [one.pk for one in liaisons], MailCap.PLANNED, NOW, NOTHING
        )
        facts = read([duty for his in by_person.values() for duty in his], NOW, NOTHING)
        letters = [write(one, by_person[one.pk], facts) for one in liaisons]

    assert letters == [
        compose(one, still_open(one, MailCap.PLANNED, NOW, NOTHING), NOW, NOTHING)
        for one in liaisons
    ]
    assert [letter.subject for letter in letters] == [
        f"Call 2 CEOs today: Region {number} 1, Region {number} 0"
        for number in range(people)
    ]


def test_other_peoples_talks_are_not_read(programme, wave, assert_queries):
    """A letter's cost hangs on its own calls, not on how many regions there are."""
    first, *_others = due_talks(programme, wave, 4, 2)

    facts = read(still_open(first, MailCap.PLANNED, NOW, NOTHING), NOW, NOTHING)

    assert {call.callers for call in facts.calls} == {(first,)}
    assert len(facts.sheets.plans) == 2


@pytest.mark.parametrize(("calls", "thread"), [(1, "R0-0"), (2, "")])
def test_letter_of_one_region_names_it_as_its_thread(calls, thread, programme, wave):
    (liaison,) = due_talks(programme, wave, 1, calls)

    letter = compose(
        liaison, still_open(liaison, MailCap.PLANNED, NOW, NOTHING), NOW, NOTHING
    )

    assert letter.thread == thread
