"""A talk logged, corrected, withdrawn: the rhythm, the ask and the booking follow."""

import uuid
from datetime import date, time, timedelta

import pytest

from regions.calendar import Corrections
from regions.enums import (
    AskAnswer,
    AskKind,
    AskState,
    Atmosphere,
    Channel,
    CheckInState,
    Outcome,
    RhythmStatus,
    Topic,
)
from regions.history import Act, EditedMeanwhile
from regions.models import Ask, CheckIn, Contact, HistoryEntry, Rhythm
from regions.queries import engagements
from regions.services.contacts import (
    CannotLogContact,
    Log,
    NewAsk,
    correct_contact,
    log_contact,
    withdraw_contact,
)
from tests.factories import NOW, make_ask, make_check_in, make_contact


@pytest.fixture
def act(liaison_north):
    return Act(by=liaison_north, at=NOW)


@pytest.fixture
def old_talk(ceo_north, programme, rhythm_north, liaison_north):
    return make_contact(
        ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=20)
    )


def reached(**values):
    return Log(**{"outcome": Outcome.REACHED, "held_at": NOW, "minutes": 15} | values)


def status():
    return engagements(Rhythm.objects.all(), NOW, Corrections())[0].state.status


def test_talk_sets_the_rhythm_back(old_talk, ceo_north, programme, act):
    assert status() == RhythmStatus.DUE

    log_contact(ceo_north, programme, reached(), act=act)

    assert status() == RhythmStatus.FINE


@pytest.mark.parametrize("outcome", [Outcome.NO_ANSWER, Outcome.DEPUTY, Outcome.MOVED])
def test_only_a_talk_with_the_ceo_himself_sets_it_back(
    outcome, old_talk, ceo_north, programme, act
):
    log = Log(outcome=outcome, held_at=NOW, moved_to_date=date(2027, 4, 20))

    log_contact(ceo_north, programme, log, act=act)

    assert status() == RhythmStatus.DUE


def test_withdrawing_brings_the_call_back(old_talk, ceo_north, programme, act):
    contact = log_contact(ceo_north, programme, reached(), act=act)

    withdraw_contact(contact, version=contact.version, act=act)

    assert status() == RhythmStatus.DUE
    assert Contact.objects.count() == 2


def test_correcting_to_no_answer_brings_the_call_back(
    old_talk, ceo_north, programme, act
):
    contact = log_contact(ceo_north, programme, reached(), act=act)

    log = Log(outcome=Outcome.NO_ANSWER, held_at=NOW)
    correct_contact(contact, log, version=contact.version, act=act)

    assert status() == RhythmStatus.DUE


def test_same_log_sent_twice_is_one_contact(ceo_north, programme, act):
    log = reached(key=uuid.uuid4())

    first = log_contact(ceo_north, programme, log, act=act)
    second = log_contact(ceo_north, programme, log, act=act)

    assert first == second
    assert Contact.objects.count() == 1


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (AskAnswer.YES, AskState.PROMISED),
        (AskAnswer.NO, AskState.DECLINED),
        (AskAnswer.LATER, AskState.OPEN),
    ],
)
def test_answer_moves_the_ask_and_withdrawing_moves_it_back(
    answer, state, ceo_north, programme, act
):
    ask = make_ask(ceo_north, programme)
    later = date(2027, 4, 1) if answer == AskAnswer.LATER else None

    contact = log_contact(
        ceo_north,
        programme,
        reached(ask=ask, answer=answer, ask_due_date=later),
        act=act,
    )
    ask.refresh_from_db()
    assert (ask.state, ask.due_date) == (state, later or date(2027, 3, 17))

    withdraw_contact(contact, version=contact.version, act=act)
    ask.refresh_from_db()
    assert (ask.state, ask.due_date) == (AskState.OPEN, date(2027, 3, 17))


def test_ask_made_in_the_talk_is_recorded_with_its_answer(ceo_north, programme, act):
    new = NewAsk(AskKind.PEOPLE, "name a data owner")

    log_contact(
        ceo_north, programme, reached(new_ask=new, answer=AskAnswer.YES), act=act
    )

    ask = Ask.objects.get()
    assert (ask.text, ask.state) == ("name a data owner", AskState.PROMISED)


def test_ask_is_not_made_up_when_nothing_was_answered(ceo_north, programme, act):
    new = NewAsk(AskKind.PEOPLE, "name a data owner")

    log_contact(ceo_north, programme, reached(new_ask=new), act=act)

    assert not Ask.objects.exists()


def test_ask_made_in_the_talk_keeps_its_day_and_one_that_was_written_needs_no_answer(
    ceo_north, programme, act
):
    day = date(2027, 3, 24)
    proposed = NewAsk(AskKind.PEOPLE, "name a data owner", due_date=day)
    written = NewAsk(
        AskKind.DECISION, "one weekend or two", due_date=day, is_written=True
    )

    log_contact(
        ceo_north, programme, reached(new_ask=proposed, answer=AskAnswer.YES), act=act
    )
    missed = Log(outcome=Outcome.NO_ANSWER, held_at=NOW, new_ask=written)
    log_contact(ceo_north, programme, missed, act=act)

    assert [
        (ask.text, ask.state, ask.due_date, ask.first_due_date)
        for ask in Ask.objects.order_by("id")
    ] == [
        ("name a data owner", AskState.PROMISED, day, day),
        ("one weekend or two", AskState.OPEN, day, day),
    ]


def test_how_it_went_and_what_it_was_about_is_kept_of_talks_only(
    ceo_north, programme, act
):
    went = {
        "atmosphere": Atmosphere.TOO_STIFF,
        "topics": frozenset({Topic.PEOPLE, Topic.WHY}),
    }
    talk = log_contact(ceo_north, programme, reached(**went), act=act)
    missed = Log(outcome=Outcome.NO_ANSWER, held_at=NOW, **went)
    other = log_contact(ceo_north, programme, missed, act=act)

    assert (talk.atmosphere, talk.topics) == ("stiff", "why,people")
    assert (other.atmosphere, other.topics) == ("", "")

    log = reached(topics=frozenset({Topic.HOW}))
    correct_contact(talk, log, version=talk.version, act=act)
    talk.refresh_from_db()
    assert (talk.atmosphere, talk.topics) == ("", "how")


@pytest.mark.parametrize("channel", [Channel.PEER, Channel.DEMO])
def test_what_we_offer_counts_as_a_talk(channel, old_talk, ceo_north, programme, act):
    log_contact(ceo_north, programme, reached(channel=channel, minutes=30), act=act)

    assert status() == RhythmStatus.FINE


def test_nobody_counts_the_minutes_of_a_mail(ceo_north, programme, act):
    log = reached(channel=Channel.MAIL, minutes=None)

    assert log_contact(ceo_north, programme, log, act=act).minutes is None


def test_moved_talk_takes_the_time_too_and_withdrawing_restores_both(
    ceo_north, programme, act
):
    booking = make_check_in(
        ceo_north, programme, day_date=date(2027, 3, 10), at_time=time(9)
    )
    moved = {"moved_to_date": date(2027, 3, 15), "moved_to_time": time(14, 30)}
    log = Log(outcome=Outcome.MOVED, held_at=NOW, **moved)

    contact = log_contact(ceo_north, programme, log, act=act)
    booking.refresh_from_db()
    assert (booking.day_date, booking.at_time) == (date(2027, 3, 15), time(14, 30))

    withdraw_contact(contact, version=contact.version, act=act)
    booking.refresh_from_db()
    assert (booking.day_date, booking.at_time) == (date(2027, 3, 10), time(9))


def test_moved_talk_books_a_day_and_withdrawing_cancels_it(ceo_north, programme, act):
    log = Log(outcome=Outcome.MOVED, held_at=NOW, moved_to_date=date(2027, 3, 12))

    contact = log_contact(ceo_north, programme, log, act=act)
    assert CheckIn.objects.get().day_date == date(2027, 3, 12)

    withdraw_contact(contact, version=contact.version, act=act)
    assert CheckIn.objects.get().state == CheckInState.CANCELLED


def test_moving_a_booked_talk_raises_its_sequence_and_withdrawing_restores_the_day(
    ceo_north, programme, act
):
    booking = make_check_in(ceo_north, programme, day_date=date(2027, 3, 10))
    log = Log(outcome=Outcome.MOVED, held_at=NOW, moved_to_date=date(2027, 3, 15))

    contact = log_contact(ceo_north, programme, log, act=act)
    booking.refresh_from_db()
    assert (booking.day_date, booking.sequence) == (date(2027, 3, 15), 1)

    withdraw_contact(contact, version=contact.version, act=act)
    booking.refresh_from_db()
    assert (booking.day_date, booking.sequence) == (date(2027, 3, 10), 2)


def test_talk_keeps_todays_booking_and_withdrawing_plans_it_again(
    ceo_north, programme, act
):
    booking = make_check_in(ceo_north, programme, day_date=date(2027, 3, 10))

    contact = log_contact(ceo_north, programme, reached(), act=act)
    booking.refresh_from_db()
    assert booking.state == CheckInState.HELD

    withdraw_contact(contact, version=contact.version, act=act)
    booking.refresh_from_db()
    assert booking.state == CheckInState.PLANNED


@pytest.mark.parametrize(
    "log",
    [
        reached(held_at=NOW + timedelta(minutes=1)),
        reached(minutes=None),
        Log(outcome=Outcome.MOVED, held_at=NOW),
        reached(answer=AskAnswer.LATER),
    ],
    ids=["in the future", "no minutes", "moved to no day", "later without a day"],
)
def test_log_that_contradicts_itself_is_refused(log, ceo_north, programme, act):
    with pytest.raises(CannotLogContact):
        log_contact(ceo_north, programme, log, act=act)

    assert not Contact.objects.exists()


def test_second_editor_does_not_overwrite_the_first(ceo_north, programme, act):
    contact = log_contact(ceo_north, programme, reached(), act=act)
    correct_contact(contact, reached(minutes=10), version=contact.version, act=act)

    with pytest.raises(EditedMeanwhile):
        correct_contact(contact, reached(minutes=20), version=contact.version, act=act)

    contact.refresh_from_db()
    assert contact.minutes == 10


def test_note_is_private_in_the_history(
    ceo_north, programme, act, cio, hq, liaison_north
):
    contact = log_contact(ceo_north, programme, reached(note="first"), act=act)

    correct_contact(contact, reached(note="second"), version=contact.version, act=act)

    entries = HistoryEntry.objects.of(contact).filter(field="note")
    readers = [
        user.email for user in (cio, hq, liaison_north) if entries.visible_to(user)
    ]
    assert readers == ["cio@example.org", "liaison.north@example.org"]
