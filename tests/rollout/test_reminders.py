"""From a rhythm that falls due to a mail in somebody's slot, and when there is none."""

from datetime import UTC, datetime, timedelta

import pytest

from regions.enums import Outcome, Role
from regions.history import Act
from regions.services.contacts import Log, log_contact, withdraw_contact
from rollout import reminders
from rollout.enums import DutyState, MailState
from rollout.models import Duty, Mail
from rollout.services import mail
from tests.factories import (
    NOW,
    make_ceo,
    make_check_in,
    make_contact,
    make_membership,
    make_region,
    make_rhythm,
    make_user,
)
from tests.history_guard import unrecorded

SATURDAY = datetime(2027, 3, 13, 9, 0, tzinfo=UTC)
NIGHT = datetime(2027, 3, 10, 21, 0, tzinfo=UTC)


@pytest.fixture
def due(ceo_north, programme, rhythm_north, liaison_north):
    """A talk with the CEO of the north is due since today."""
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=14))
    return liaison_north


def told(user):
    return list(user.duties.values_list("state", flat=True))


def test_due_talk_becomes_one_duty_and_one_mail_however_often_the_tick_comes(due):
    for _number in range(3):
        reminders.queue(at=NOW)

    assert told(due) == [DutyState.OPEN]
    assert Mail.objects.get().recipient == due


def test_second_tick_writes_nothing(due, assert_queries):
    reminders.queue(at=NOW)

    with assert_queries(20) as queries:
        reminders.queue(at=NOW)

    assert all(query["sql"].startswith("SELECT") for query in queries.captured_queries)


@pytest.mark.parametrize("at", [SATURDAY, NIGHT], ids=["weekend", "night"])
def test_mail_waits_for_the_recipients_slot(due, at):
    reminders.queue(at=at)

    assert told(due) == [DutyState.OPEN]
    assert not Mail.objects.exists()


def test_first_talk_is_the_cios(rhythm_north, liaison_north, cio):
    reminders.queue(at=NOW)

    assert told(cio) == [DutyState.OPEN]
    assert told(liaison_north) == []


def test_log_before_the_mail_stops_it(due, ceo_north, programme):
    reminders.queue(at=NIGHT)
    log = Log(outcome=Outcome.REACHED, held_at=NIGHT, minutes=15)
    log_contact(ceo_north, programme, log, act=Act(by=due, at=NIGHT))

    reminders.queue(at=NOW + timedelta(days=1))

    assert told(due) == [DutyState.MET]
    assert not Mail.objects.exists()


def test_log_after_the_mail_was_planned_stops_it(due, ceo_north, programme):
    reminders.queue(at=NOW)
    log = Log(outcome=Outcome.REACHED, held_at=NOW, minutes=15)
    log_contact(ceo_north, programme, log, act=Act(by=due, at=NOW))

    assert mail.deliver(clock=lambda: NOW) == 0

    assert told(due) == [DutyState.MET]
    assert Mail.objects.get().state == MailState.SUPERSEDED


def test_withdrawn_log_opens_the_duty_again(due, ceo_north, programme):
    reminders.queue(at=NIGHT)
    log = Log(outcome=Outcome.REACHED, held_at=NIGHT, minutes=15)
    contact = log_contact(ceo_north, programme, log, act=Act(by=due, at=NIGHT))
    reminders.queue(at=NIGHT)
    assert told(due) == [DutyState.MET]

    withdraw_contact(contact, version=1, act=Act(by=due, at=NIGHT))
    reminders.queue(at=NIGHT)

    assert told(due) == [DutyState.OPEN]


def test_mailed_duty_is_never_mailed_again(due):
    reminders.queue(at=NOW)
    assert mail.deliver(clock=lambda: NOW) == 1

    days = [NOW + timedelta(days=days) for days in range(5)]
    for at in days:
        reminders.queue(at=at)
    assert mail.deliver(clock=iter(days).__next__) == 0

    assert told(due) == [DutyState.MAILED]
    assert Mail.objects.filter(state=MailState.SENT).count() == 1


def test_booked_talk_is_told_on_its_day(due, ceo_north, programme):
    make_check_in(ceo_north, programme, day_date=(NOW + timedelta(days=2)).date())

    reminders.queue(at=NOW)
    assert told(due) == []

    reminders.queue(at=NOW + timedelta(days=2))
    assert [duty.model for duty in Duty.objects.all()] == ["regions.checkin"]


def test_one_mail_carries_all_calls_of_a_person(programme):
    liaison = make_user("liaison@example.org")
    for number in range(7):
        region = make_region(f"R{number}", name=f"Region {number}")
        make_rhythm(ceo := make_ceo(region), programme)
        make_contact(ceo, programme, liaison, held_at=NOW - timedelta(days=15 + number))
        make_membership(liaison, Role.LIAISON, region)

    reminders.queue(at=NOW)
    assert mail.deliver(clock=lambda: NOW) == 1

    sent = Mail.objects.get()
    assert sent.subject == "Call 7 CEOs today: Region 6, Region 5 and 5 more"
    assert sent.body_text.count("Ask: please") == 5
    assert "And 2 more calls are due" in sent.body_text
    assert told(liaison) == [DutyState.MAILED] * 7


@pytest.mark.parametrize(
    ("zone", "hour", "sent"),
    [("Asia/Shanghai", 0, 1), ("Asia/Shanghai", 23, 0), ("America/Los_Angeles", 16, 1)],
)
def test_slot_opens_at_eight_where_the_recipient_is(due, zone, hour, sent):
    due.time_zone = zone
    with unrecorded():
        due.save()
    at = NOW.replace(hour=hour)

    reminders.queue(at=at)

    assert mail.deliver(clock=lambda: at) == sent
