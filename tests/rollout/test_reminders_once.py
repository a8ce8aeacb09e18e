"""What changes after a reminder was mailed leads to no second mail about the same talk.

Nor does a call that was put off: it is told once, when it is back.
"""

from datetime import date, timedelta

import pytest

from regions.enums import Outcome
from regions.history import Act
from regions.services.contacts import (
    Log,
    correct_contact,
    log_contact,
    withdraw_contact,
)
from regions.services.rhythms import set_rhythm
from regions.services.snoozes import put_back, put_off
from regions.services.undo import undo
from rollout import reminders
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.bookings import Slot, book_check_in, move_check_in
from rollout.services.plans import move_go_live
from tests.factories import (
    NOW,
    make_blackout,
    make_ceo,
    make_check_in,
    make_contact,
    make_holiday,
    make_rhythm,
    make_user,
)
from tests.history_guard import unrecorded

pytestmark = pytest.mark.any_store

DAY = timedelta(days=1)


@pytest.fixture
def talked(ceo_north, programme, rhythm_north, plan_north, liaison_north):
    """Two weeks ago: the next talk is due since today."""
    return make_contact(
        ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=14)
    )


def mails(days=1, begin=NOW):
    """To whom a mail went on these days, one after the other."""
    before = set(Mail.objects.values_list("pk", flat=True))
    for number in range(days):
        at = begin + number * DAY
        reminders.queue(at=at)
        while mail.deliver(clock=lambda at=at: at):
            pass
    new = Mail.objects.exclude(pk__in=before).filter(state="sent").order_by("id")
    return [one.recipient.email for one in new]


def a_holiday(made):
    """Headquarters takes the day on which it fell due off, and gives it back."""
    with unrecorded():
        made.region.country = "US"
        made.region.save()
    row = make_holiday("US", NOW.date())
    assert mails() == []
    with unrecorded():
        row.delete()


def a_stage(made):
    """The go-live comes nearer, so the talks of the last six weeks are due."""
    to, act = date(2027, 4, 12), Act(by=made.liaison, at=NOW)
    move_go_live(made.plan, to=to, reason="earlier", version=1, act=act)


def another_rhythm(made):
    values = {"preparing_ideal": 3, "preparing_longest": 5}
    act = Act(by=made.liaison, at=NOW)
    set_rhythm(made.rhythm, values, version=made.rhythm.version, act=act)


def a_blackout(made):
    make_blackout(made.programme, first_date=date(2027, 3, 1))


def a_corrected_log(made):
    log = Log(outcome=Outcome.REACHED, held_at=made.contact.held_at - DAY, minutes=10)
    correct_contact(made.contact, log, version=1, act=Act(by=made.liaison, at=NOW))


def a_log_withdrawn_again(made):
    """It was not he who was reached: the talk of two weeks ago counts again."""
    act = Act(by=made.liaison, at=NOW)
    log = Log(outcome=Outcome.REACHED, held_at=NOW, minutes=15)
    new = log_contact(made.ceo, made.programme, log, act=act)
    assert mails() == []
    withdraw_contact(new, version=1, act=act)


@pytest.mark.parametrize(
    "change",
    [
        a_holiday,
        a_stage,
        another_rhythm,
        a_blackout,
        a_corrected_log,
        a_log_withdrawn_again,
    ],
)
def test_what_changes_after_the_mail_brings_no_second_one(
    change, talked, north, ceo_north, programme, rhythm_north, plan_north, liaison_north
):
    class Made:
        region, ceo, contact, liaison = north, ceo_north, talked, liaison_north
        rhythm, plan = rhythm_north, plan_north

    Made.programme = programme
    assert mails() == ["liaison.north@example.org"]

    change(Made)

    assert mails(days=5) == []


def test_next_talk_is_told_anew(talked, ceo_north, programme, liaison_north):
    """The control: another occurrence is another mail."""
    assert len(mails()) == 1
    log = Log(outcome=Outcome.REACHED, held_at=NOW, minutes=15)
    log_contact(ceo_north, programme, log, act=Act(by=liaison_north, at=NOW))

    assert mails(days=16) == ["liaison.north@example.org"]


def test_successor_is_told_once_to_the_cio_and_the_former_no_more(
    talked, north, ceo_north, programme, cio, liaison_north
):
    assert mails() == ["liaison.north@example.org"]
    with unrecorded():
        ceo_north.to_date = NOW.date()
        ceo_north.save()
    person = make_user("successor@example.org", may_sign_in=False)
    successor = make_ceo(north, person, from_date=NOW.date())
    make_rhythm(successor, programme)

    assert mails(days=5) == ["cio@example.org"]


# --- Put off -------------------------------------------------------------------------


def test_call_put_off_is_told_once_on_the_day_it_is_back(
    talked, rhythm_north, liaison_north
):
    act = Act(by=liaison_north, at=NOW)
    back = {"until": date(2027, 3, 15), "reason": "Travels"}
    put_off(rhythm_north, of=liaison_north, act=act, **back)

    assert mails(days=5) == []
    assert mails(days=5, begin=NOW + 5 * DAY) == ["liaison.north@example.org"]
    assert Duty.objects.count() == 1


def test_call_put_off_after_its_mail_comes_back_without_another(
    talked, rhythm_north, liaison_north
):
    assert len(mails()) == 1
    act = Act(by=liaison_north, at=NOW)
    back = {"until": date(2027, 3, 12), "reason": "Travels"}
    row = put_off(rhythm_north, of=liaison_north, act=act, **back)

    assert mails(days=1, begin=NOW + DAY) == []
    put_back(row, act=act)

    assert mails(days=6, begin=NOW + DAY) == []


def test_one_persons_list_is_not_anothers(talked, rhythm_north, liaison_north, cio):
    """The CIO puts off a call that is the liaison's: that one is told all the same."""
    back = {"until": date(2027, 3, 15), "reason": "Not now"}
    put_off(rhythm_north, of=cio, act=Act(by=cio, at=NOW), **back)

    assert mails() == ["liaison.north@example.org"]


def test_booked_talk_is_told_though_the_call_was_put_off(
    talked, rhythm_north, liaison_north, ceo_north, programme
):
    act = Act(by=liaison_north, at=NOW)
    back = {"until": date(2027, 3, 20), "reason": "Travels"}
    put_off(rhythm_north, of=liaison_north, act=act, **back)
    book_check_in(ceo_north, programme, Slot(date(2027, 3, 12)), act=act)

    assert mails(days=3) == ["liaison.north@example.org"]


# --- Moved and taken back ------------------------------------------------------------


def test_move_taken_back_is_one_more_change_to_calendars(
    talked, ceo_north, programme, liaison_north
):
    row = make_check_in(ceo_north, programme, day_date=date(2027, 3, 12))
    act = Act(by=liaison_north, at=NOW)
    move_check_in(row, Slot(date(2027, 3, 15)), version=1, act=act)

    undo(act.id, act=Act(by=liaison_north, at=NOW))

    row.refresh_from_db()
    assert (row.day_date, row.sequence) == (date(2027, 3, 12), 2)
    assert mails(days=3) == ["liaison.north@example.org"]
