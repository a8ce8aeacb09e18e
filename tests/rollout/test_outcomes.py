"""What each answer of a mail server leads to: attempts, pauses, and who is spared."""

import time
import uuid
from datetime import timedelta

import pytest
from django.db import InterfaceError, OperationalError, connection
from django.db.models.functions import Now

from regions.enums import Role
from regions.history import Act
from regions.models import Membership
from regions.services.contacts import withdraw_contact
from rollout import reminders
from rollout.enums import DutyState, MailState
from rollout.models import Breaker, Duty, Mail, MailEvent
from rollout.services import breaker, freezing, mail, outcomes
from rollout.services.leases import LEASE, Lease, LeaseKeeper, holds, next_size, renew
from rollout.services.ledger import resend_mail
from rollout.services.signin import ask_for_link
from rollout.transport import (
    BrokenOffError,
    InDoubtError,
    RefusedError,
    ServerDownError,
)
from tests.factories import NOW, make_contact
from tests.history_guard import unrecorded


class Server:
    """A mail server that answers as it is told; it keeps what it took."""

    def __init__(self):
        self.faults, self.taken, self.connections, self.down = [], [], 0, None
        self.is_connected = False

    def connect(self):
        self.connections += 1
        if self.down:
            raise self.down
        self.is_connected = True

    def send(self, message, envelope):
        if self.faults:
            raise self.faults.pop(0)
        self.taken.append(message)
        return "250 taken"

    def close(self):
        self.is_connected = False


@pytest.fixture
def server(monkeypatch):
    one = Server()
    monkeypatch.setattr(mail, "transport", lambda: one)
    return one


@pytest.fixture
def planned(ceo_north, programme, rhythm_north, liaison_north, plan_north):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=18))
    reminders.queue(at=NOW)
    return Mail.objects.get()


def deliver(after=timedelta(0)):
    return mail.deliver(clock=lambda: NOW + after)


def refused(code):
    return RefusedError(code, b"as the server says")


@pytest.mark.parametrize("code", [421, 450, 451, 452])
def test_passing_refusal_is_tried_again_after_a_pause_that_doubles(
    planned, server, code
):
    server.faults = [refused(code), refused(code)]

    deliver()
    planned.refresh_from_db()
    first = planned.next_try_at - NOW
    assert (planned.state, planned.answer) == (
        MailState.RETRY,
        f"{code} as the server says",
    )
    deliver(after=first)
    planned.refresh_from_db()
    second = planned.next_try_at - NOW - first

    assert timedelta(seconds=22) <= first <= timedelta(seconds=38)
    assert timedelta(seconds=45) <= second <= timedelta(seconds=75)
    assert deliver(after=first + second) == 1
    assert len(server.taken) == 1


def test_pause_never_grows_beyond_a_quarter_of_an_hour(planned, server):
    Mail.objects.update(attempts=30)
    server.faults = [refused(451)]

    deliver()

    planned.refresh_from_db()
    assert planned.next_try_at - NOW <= timedelta(minutes=15) * 1.25


@pytest.mark.parametrize("code", [550, 554])
def test_final_refusal_fails_at_once_and_holds_up_nobody(
    planned, server, code, staff_north
):
    ask_for_link(staff_north.email, at=NOW)
    server.faults = [refused(code)]

    assert deliver() == 1

    planned.refresh_from_db()
    assert (planned.state, planned.attempts) == (MailState.FAILED, 1)
    assert Duty.objects.get(mail=planned).state == DutyState.OPEN
    assert deliver(after=timedelta(days=1)) == 0
    assert len(server.taken) == 1


def test_full_mailbox_is_tried_three_times_within_an_hour(planned, server):
    server.faults = [refused(552)] * 3

    for minutes in range(0, 61, 5):
        deliver(after=timedelta(minutes=minutes))

    planned.refresh_from_db()
    assert (planned.state, planned.attempts) == (MailState.FAILED, 3)
    assert not server.taken


def test_doubt_is_answered_by_the_very_same_bytes_three_times(planned, server):
    server.faults = [InDoubtError("timed out")] * 4
    tried = []
    for minutes in range(121):
        before = len(server.faults)
        deliver(after=timedelta(minutes=minutes))
        tried += [minutes] if len(server.faults) < before else []

    planned.refresh_from_db()
    assert tried == [0, 5, 20, 80]
    assert (planned.state, planned.may_have_arrived) == (MailState.FAILED, True)
    assert not server.taken


def test_doubt_that_is_resolved_sends_what_was_frozen(planned, server):
    server.faults = [InDoubtError("timed out")]
    deliver()
    planned.refresh_from_db()
    frozen = mail.envelope(planned).to_bytes()

    assert deliver(after=timedelta(minutes=5)) == 1

    assert server.taken == [frozen]


def test_mail_cut_before_the_final_dot_leaves_no_doubt(planned, server):
    server.faults = [BrokenOffError("Connection unexpectedly closed")]

    deliver()

    planned.refresh_from_db()
    assert (planned.state, planned.may_have_arrived) == (MailState.RETRY, False)


def test_server_that_is_down_costs_nobody_an_attempt(planned, server):
    server.down = ServerDownError("535 wrong password")

    deliver()
    deliver()

    planned.refresh_from_db()
    assert (planned.state, planned.attempts) == (MailState.PLANNED, 0)
    assert Breaker.objects.get().answer == "535 wrong password"
    assert server.connections == 1


def test_login_refused_in_the_middle_gives_the_attempt_back(planned, server):
    server.faults = [ServerDownError("530 log in first")]

    deliver()

    planned.refresh_from_db()
    assert (planned.state, planned.attempts) == (MailState.RETRY, 0)
    assert Breaker.objects.exists()


def test_breaker_lets_one_trial_through_and_closes_when_it_succeeds(planned, server):
    breaker.open_breaker("down", NOW)
    assert deliver() == 0
    Breaker.objects.update(retry_at=NOW - timedelta(days=999))

    assert breaker.may_connect() is True
    assert breaker.may_connect() is False
    Breaker.objects.update(retry_at=NOW - timedelta(days=999))

    assert deliver() == 1
    assert not Breaker.objects.exists()


def test_nobody_connects_when_nothing_is_due(db, server):
    deliver()

    assert server.connections == 0


def test_fault_of_one_mail_leaves_the_others_alone(
    planned, server, staff_north, monkeypatch
):
    ask_for_link(staff_north.email, at=NOW)
    real = freezing.write

    def broken(recipient, *facts):
        if recipient == planned.recipient:
            raise ZeroDivisionError("in a template")
        return real(recipient, *facts)

    monkeypatch.setattr(freezing, "write", broken)

    assert deliver() == 1

    planned.refresh_from_db()
    assert planned.state == MailState.FAILED
    assert planned.answer == "ZeroDivisionError: in a template"


def test_mail_that_could_not_be_composed_is_composed_when_sent_again(
    planned, server, monkeypatch, hq
):
    with monkeypatch.context() as patch:
        patch.setattr(freezing, "write", lambda *facts: 1 / 0)
        deliver()
    planned.refresh_from_db()
    assert planned.state == MailState.FAILED

    resend_mail(planned, by=hq, at=NOW)

    assert deliver() == 1
    assert Duty.objects.get().state == DutyState.MAILED


def test_header_that_cannot_be_written_fails_that_mail_only(planned, server):
    with unrecorded():
        planned.recipient.email = "a b@@example.org"
        planned.recipient.save()

    deliver()

    planned.refresh_from_db()
    assert planned.state == MailState.FAILED
    assert not server.taken


def test_talk_logged_before_the_repeat_stops_it(
    planned, server, ceo_north, programme, liaison_north
):
    server.faults = [InDoubtError("timed out")]
    deliver()
    make_contact(ceo_north, programme, liaison_north, held_at=NOW)

    assert deliver(after=timedelta(minutes=5)) == 0

    planned.refresh_from_db()
    assert planned.state == MailState.SUPERSEDED
    assert Duty.objects.get().state == DutyState.MET
    assert not server.taken


def test_mail_with_nothing_to_tell_is_taken_up_for_what_comes_later_that_day(
    planned, server, ceo_north, programme, liaison_north
):
    contact = make_contact(ceo_north, programme, liaison_north, held_at=NOW)
    assert deliver() == 0
    assert Mail.objects.get().state == MailState.SUPERSEDED
    reminders.queue(at=NOW)
    assert Mail.objects.get().state == MailState.SUPERSEDED

    withdraw_contact(contact, version=1, act=Act(by=liaison_north, at=NOW))
    reminders.queue(at=NOW)

    assert deliver() == 1
    assert Mail.objects.get().state == MailState.SENT


def test_closed_slot_gives_the_duties_to_the_next_one(planned, server):
    server.faults = [refused(451)]
    deliver()
    night, morning = timedelta(hours=12), timedelta(days=1)

    deliver(after=night)
    planned.refresh_from_db()
    assert planned.state == MailState.SUPERSEDED

    reminders.queue(at=NOW + morning)
    assert deliver(after=morning) == 1
    assert Duty.objects.get().state == DutyState.MAILED


def test_new_slot_takes_over_what_the_last_one_left(planned, server):
    """Everything was down over the night: nobody has closed the old mail meanwhile."""
    reminders.queue(at=NOW + timedelta(days=1))

    old, new = Mail.objects.order_by("id")
    assert (old.state, new.state) == (MailState.SUPERSEDED, MailState.PLANNED)
    assert deliver(after=timedelta(days=1)) == 1
    assert len(server.taken) == 1


def test_what_may_have_arrived_is_never_told_by_another_mail(planned, server):
    server.faults = [InDoubtError("timed out")]
    deliver()

    reminders.queue(at=NOW + timedelta(days=1))

    assert Mail.objects.count() == 1
    assert deliver(after=timedelta(days=1)) == 1


def test_link_that_has_run_out_is_not_mailed(staff_north, server):
    ask_for_link(staff_north.email, at=NOW)

    assert deliver(after=timedelta(minutes=16)) == 0

    assert Mail.objects.get().state == MailState.SUPERSEDED


def test_every_attempt_stands_in_the_ledger(planned, server):
    server.faults = [refused(451)]
    deliver()
    deliver(after=timedelta(minutes=1))

    assert list(MailEvent.objects.order_by("id").values_list("state", "answer")) == [
        (MailState.RETRY, "451 as the server says"),
        (MailState.SENT, "250 taken"),
    ]


def test_mail_of_a_batch_that_was_taken_over_is_left_to_the_other(
    planned, server, staff_north
):
    """While the first mail of a batch is sent, somebody takes over the second."""
    ask_for_link(staff_north.email, at=NOW)
    real = server.send

    def send(message, envelope):
        others = Mail.objects.filter(state=MailState.LEASED, recipient=staff_north)
        others.update(lease_token=uuid.uuid4())
        return real(message, envelope)

    server.send = send

    assert deliver() == 1

    assert len(server.taken) == 1
    assert Mail.objects.get(recipient=staff_north).state == MailState.LEASED


@pytest.mark.parametrize(
    ("left", "is_renewed"),
    [(LEASE, False), (LEASE / 3, True), (-LEASE, True)],
    ids=["sure", "half over", "over, and nobody came"],
)
def test_lease_is_written_again_only_when_it_is_not_sure(planned, left, is_renewed):
    (lease,) = mail.take_leases(NOW)
    Mail.objects.update(leased_until_at=Now() + left)
    before = Mail.objects.get().leased_until_at

    assert holds(lease)

    assert (Mail.objects.get().leased_until_at > before) == is_renewed


def test_lease_that_somebody_took_over_is_not_held(planned):
    (lease,) = mail.take_leases(NOW)
    Mail.objects.update(lease_token=uuid.uuid4())

    assert not holds(lease)


@pytest.mark.django_db(transaction=True)
def test_keeper_renews_the_lease_while_its_holder_works(planned):
    (lease,) = mail.take_leases(NOW)
    before = Mail.objects.get().leased_until_at

    with LeaseKeeper(every=0.01) as keeper:
        for _lease in keeper.hand_out([lease]):
            while Mail.objects.get().leased_until_at == before:
                pass

    assert Mail.objects.get().leased_until_at - before < LEASE


@pytest.fixture
def two_calls(planned, ceo_south, programme, rhythm_south, plan_south, liaison_north):
    """The liaison looks after the south too, and its CEO is due for a talk as well."""
    with unrecorded():
        Membership.objects.create(
            user=liaison_north,
            role=Role.LIAISON,
            region=ceo_south.region,
            from_date=ceo_south.from_date,
        )
    make_contact(ceo_south, programme, liaison_north, held_at=NOW - timedelta(days=18))
    reminders.queue(at=NOW)
    return planned


def test_repeat_tells_only_what_is_still_open(
    two_calls, server, ceo_south, liaison_north, programme
):
    """Nothing of the first attempt can have arrived: it is composed anew."""
    server.faults = [refused(451)]
    deliver()
    first = Mail.objects.get()
    make_contact(ceo_south, programme, liaison_north, held_at=NOW)

    deliver(after=timedelta(minutes=1))

    second = Mail.objects.get()
    assert ("South" in first.body_text, "South" in second.body_text) == (True, False)
    assert first.message_id == second.message_id
    assert sorted(Duty.objects.values_list("state", flat=True)) == ["mailed", "met"]


def test_repeat_of_what_may_have_arrived_stays_as_it_is(
    two_calls, server, ceo_south, liaison_north, programme
):
    server.faults = [InDoubtError("timed out")]
    deliver()
    frozen = mail.envelope(Mail.objects.get()).to_bytes()
    make_contact(ceo_south, programme, liaison_north, held_at=NOW)

    deliver(after=timedelta(minutes=5))

    assert server.taken == [frozen]


# --- A database that restarts -------------------------------------------------------


def test_database_that_is_away_for_a_moment_repeats_no_mail(
    transactional_db, planned, server, monkeypatch
):
    monkeypatch.setattr(outcomes, "AGAIN_SECONDS", 0)
    answers = iter([OperationalError("away"), InterfaceError("closed")])

    def away(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and server.taken and (fault := next(answers, None)):
            raise fault
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away):
        mail.deliver(clock=lambda: NOW)

    planned.refresh_from_db()
    assert planned.state == MailState.SENT
    assert len(server.taken) == 1


def test_database_that_stays_away_ends_the_tick(
    transactional_db, planned, server, monkeypatch
):
    monkeypatch.setattr(outcomes, "AWAY_SECONDS", 0)

    def away(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and server.taken:
            raise OperationalError("away")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(away), pytest.raises(OperationalError):
        mail.deliver(clock=lambda: NOW)
    planned.refresh_from_db()
    assert planned.state == MailState.LEASED


# --- Behind a slow mail -------------------------------------------------------------


@pytest.fixture
def batch(planned):
    """Three leased mails."""
    first = mail.take_leases(NOW)[0]
    mails = [
        Mail.objects.create(
            recipient=planned.recipient,
            slot=f"slot {number}",
            planned_at=NOW,
            next_try_at=NOW,
            state=MailState.LEASED,
            attempts=1,
            lease_token=first.token,
            leased_until_at=NOW + LEASE,
        )
        for number in range(2)
    ]
    return [first, *(Lease(one, first.token) for one in mails)]


def states():
    return list(Mail.objects.order_by("id").values_list("state", "attempts"))


def test_mails_behind_a_slow_one_are_given_back(batch):
    keeper = LeaseKeeper()
    handed_out = keeper.hand_out(batch)

    first = next(handed_out)
    keeper._look()
    assert states() == [(MailState.LEASED, 1)] * 3
    keeper._look()

    assert states() == [(MailState.LEASED, 1), *[(MailState.RETRY, 0)] * 2]
    assert renew(first)
    assert not renew(batch[1])
    assert list(handed_out) == []


def test_mails_behind_a_quick_one_are_kept(batch):
    keeper = LeaseKeeper()

    for _lease in keeper.hand_out(batch):
        keeper._look()

    assert states() == [(MailState.LEASED, 1)] * 3


def test_what_is_not_handed_out_is_given_back(batch):
    handed_out = LeaseKeeper().hand_out(batch)
    next(handed_out)

    handed_out.close()

    assert states() == [(MailState.LEASED, 1), *[(MailState.RETRY, 0)] * 2]


@pytest.mark.parametrize(
    ("sent", "seconds", "size"),
    [(10, 0.01, 250), (10, 1, 10), (100, 2, 50), (10, 60, 10), (3, 0, 250)],
)
def test_batch_is_what_went_within_a_second(sent, seconds, size):
    assert next_size(sent, seconds) == size


def test_tick_leaves_the_work_to_a_delivery_that_goes_on(planned, server, monkeypatch):
    monkeypatch.setitem(mail._went_on, 0, time.monotonic())

    assert deliver() == 0
    assert server.taken == []


def test_tick_goes_on_beside_a_delivery_that_is_held_up(planned, server, monkeypatch):
    held_up = time.monotonic() - mail.STUCK_SECONDS
    monkeypatch.setitem(mail._went_on, 0, held_up)

    assert deliver() == 1
    assert list(mail._went_on.values()) == [held_up]
