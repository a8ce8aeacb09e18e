"""The ledger: what headquarters finds in it, sends once more or holds back."""

import re
from datetime import timedelta

import pytest

from regions.enums import Outcome
from rollout.enums import DutyKind, DutyState, MailCap, MailState
from rollout.links import SIGN_IN
from rollout.models import Mail, MailEvent
from rollout.services.ledger import (
    CannotCancelMail,
    CannotResendMail,
    cancel_mail,
    resend_mail,
)
from tests.factories import NOW, make_contact, make_duty, make_event, make_mail

pytestmark = pytest.mark.usefixtures("frozen")

LATER = NOW + timedelta(hours=1)


def sent_mail(recipient, **values):
    frozen = {"message_id": "<a@example.org>", "dated_at": NOW, "sent_at": NOW}
    return make_mail(recipient, state=MailState.SENT, **frozen | values)


def failed_mail(recipient, **values):
    said = {"state": MailState.FAILED, "answer": "550 no such user"}
    return make_mail(recipient, **said | values)


# --- Send it once more ---------------------------------------------------------------


def test_resend_puts_a_sent_mail_back_and_says_who_did_it(liaison_north, hq):
    mail = sent_mail(liaison_north, doubts=2)

    resend_mail(mail, by=hq, at=LATER)

    mail.refresh_from_db()
    assert (mail.state, mail.next_try_at, mail.doubts) == (MailState.RETRY, LATER, 0)
    assert (mail.message_id, mail.sent_at) == ("<a@example.org>", NOW)
    event = MailEvent.objects.get()
    assert (event.mail, event.state, event.by, event.at) == (
        mail, MailState.RETRY, hq, LATER,
    )  # fmt: skip


def test_resend_takes_a_failed_mail(liaison_north, hq):
    mail = failed_mail(liaison_north)

    resend_mail(mail, by=hq, at=LATER)

    mail.refresh_from_db()
    assert mail.state == MailState.RETRY


@pytest.mark.parametrize(
    "state", sorted(set(MailState.values) - {"sent", "failed", "leased"})
)
def test_resend_refuses_every_other_state(state, liaison_north, hq):
    mail = make_mail(liaison_north, state=state)

    with pytest.raises(CannotResendMail, match="Only a mail that was sent"):
        resend_mail(mail, by=hq, at=NOW)

    mail.refresh_from_db()
    assert mail.state == state
    assert not MailEvent.objects.exists()


def test_resend_refuses_a_sign_in_link_that_is_over(liaison_north, hq):
    mail = sent_mail(liaison_north, body_text=f"Open {SIGN_IN}")

    with pytest.raises(CannotResendMail, match="works no more"):
        resend_mail(mail, by=hq, at=NOW + timedelta(minutes=16))
    resend_mail(mail, by=hq, at=NOW + timedelta(minutes=15))


# --- Do not send it ------------------------------------------------------------------


@pytest.mark.parametrize("state", [MailState.PLANNED, MailState.RETRY])
def test_cancel_drops_the_open_duties_of_the_mail_only(
    state, liaison_north, hq, rhythm_north
):
    mail = make_mail(liaison_north, state=state)
    mine = make_duty(liaison_north, rhythm_north, "1", mail=mail)
    told = make_duty(
        liaison_north, rhythm_north, "2", mail=mail, state=DutyState.MAILED
    )
    other = make_duty(liaison_north, rhythm_north, "3")

    cancel_mail(mail, by=hq, at=LATER)

    for row in (mail, mine, told, other):
        row.refresh_from_db()
    assert mail.state == MailState.CANCELLED
    assert [mine.state, told.state, other.state] == [
        DutyState.DROPPED, DutyState.MAILED, DutyState.OPEN,
    ]  # fmt: skip
    assert MailEvent.objects.get().by == hq


def test_cancel_refuses_what_has_gone(liaison_north, hq, rhythm_north):
    mail = sent_mail(liaison_north)
    duty = make_duty(liaison_north, rhythm_north, mail=mail)

    with pytest.raises(CannotCancelMail):
        cancel_mail(mail, by=hq, at=NOW)

    duty.refresh_from_db()
    assert duty.state == DutyState.OPEN


def test_worker_that_was_faster_wins(liaison_north, hq):
    """The page still shows a planned mail that a worker has leased meanwhile."""
    mail = make_mail(liaison_north)
    Mail.objects.update(state=MailState.SUPERSEDED)

    with pytest.raises(CannotCancelMail):
        cancel_mail(mail, by=hq, at=NOW)


def test_buttons_stand_where_the_act_is_possible(as_user, hq, auditor, liaison_north):
    planned, failed = (
        make_mail(liaison_north, "1"),
        failed_mail(liaison_north, slot="2"),
    )

    pages = {
        (user, mail): as_user(user).get(f"/mails/{mail.pk}/").content.decode()
        for user in (hq, auditor)
        for mail in (planned, failed)
    }

    assert [
        (user.name, mail.state, act)
        for (user, mail), page in pages.items()
        for act in ("resend", "cancel")
        if f"/{act}/" in page
    ] == [("Hq", "planned", "cancel"), ("Hq", "failed", "resend")]


def test_act_that_came_too_late_is_told(as_user, hq, liaison_north):
    mail = sent_mail(liaison_north)

    page = as_user(hq).post(f"/mails/{mail.pk}/cancel/", follow=True).content.decode()

    assert "Only a mail that still waits can be cancelled." in page


# --- The page of a mail --------------------------------------------------------------


def test_page_of_a_mail_tells_what_happened_to_it(
    as_user, hq, liaison_north, rhythm_north
):
    mail = failed_mail(
        liaison_north,
        may_have_arrived=True,
        body_text=f"Open {SIGN_IN}",
        subject="Call",
    )
    make_event(mail, state=MailState.RETRY, answer="451 try later")
    make_event(mail, state=MailState.FAILED, answer="cut after the dot", by=hq)
    make_duty(liaison_north, rhythm_north, mail=mail)

    page = as_user(hq).get(f"/mails/{mail.pk}/").content.decode()

    assert page.index("451 try later") < page.index("cut after the dot")
    assert "failed, perhaps delivered" in page
    assert SIGN_IN in page
    assert 'check-in reminder · <a href="/regions/NORTH/">North Company</a>' in page


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_mail_costs_the_same_however_much_happened(
    count, as_user, hq, liaison_north, rhythm_north, assert_queries
):
    mail = make_mail(liaison_north)
    for number in range(count):
        make_event(mail, by=hq)
        make_duty(liaison_north, rhythm_north, str(number), mail=mail)
    client = as_user(hq)

    with assert_queries(10):
        client.get(f"/mails/{mail.pk}/")


# --- Filters -------------------------------------------------------------------------


@pytest.fixture
def filled(request, hq, staff_north, rhythm_north, rhythm_south):
    """As many mails about the north, one about the south, and one to headquarters itself."""
    for number in range(request.param):
        mail = failed_mail(staff_north, slot=f"north {number}")
        make_duty(staff_north, rhythm_north, str(number), mail=mail)
    south = make_mail(staff_north, "south", planned_at=NOW - timedelta(days=20))
    make_duty(staff_north, rhythm_south, mail=south)
    asked = make_mail(hq, "asked", cap=MailCap.AT_ONCE)
    make_duty(hq, hq, kind=DutyKind.TEST, mail=asked)
    return request.param


@pytest.mark.parametrize("filled", [1], indirect=True)
@pytest.mark.parametrize(
    ("query", "slots"),
    [
        ("", ["asked", "north 0", "south"]),
        ("state=failed", ["north 0"]),
        ("kind=check_in", ["north 0", "south"]),
        ("kind=test", ["asked"]),
        ("days=7", ["asked", "north 0"]),
        ("q=STAFF", ["north 0", "south"]),
        ("region=SOUTH", ["south"]),
        ("region=NORTH&state=planned", []),
        ("mine=on", ["asked"]),
        ("state=nonsense&days=x&region=NOSUCH&q=%00", ["asked", "north 0", "south"]),
    ],
)
def test_filter_leaves(query, slots, filled, as_user, hq):
    page = as_user(hq).get(f"/mails/?{query}").context["page"]

    assert sorted(mail.slot for mail in page) == slots


@pytest.mark.parametrize("filled", [1, 3], indirect=True)
def test_filtered_list_costs_the_same_for_one_and_three_rows(
    filled, as_user, hq, assert_queries
):
    client = as_user(hq)
    address = "/mails/?region=NORTH&kind=check_in&q=staff&days=30&state=failed"

    with assert_queries(9):
        page = client.get(address).context["page"]

    assert len(page) == filled


@pytest.mark.parametrize("filled", [1], indirect=True)
def test_people_find_their_own_mails_whatever_they_ask_for(
    filled, as_user, staff_north, staff_south
):
    address = "/mails/?q=hq&region=SOUTH"

    assert len(as_user(staff_north).get(address).context["page"]) == 2
    assert len(as_user(staff_south).get(address).context["page"]) == 0


# --- A failed reminder on the pages of its region ------------------------------------


@pytest.fixture
def failed(liaison_north, rhythm_north, plan_north):
    mail = failed_mail(liaison_north)
    make_duty(liaison_north, rhythm_north, mail=mail)
    return mail


def readers(as_user, people, address):
    return [
        user.name
        for user in people
        if "The reminder to Liaison North failed: 550 no such user"
        in as_user(user).get(address).content.decode()
    ]


def test_failed_reminder_stands_where_people_look(
    failed, as_user, cio, hq, liaison_north, manager_north, staff_north
):
    people = [cio, hq, liaison_north, manager_north, staff_north]

    knowing = ["Cio", "Hq", "Liaison North"]
    assert readers(as_user, people, "/regions/NORTH/") == knowing
    assert readers(as_user, people[:3], "/regions/NORTH/call/") == knowing


def test_failed_reminder_leads_to_its_page_only_whom_it_opens_for(
    failed, as_user, cio, liaison_north, ceo_north, rhythm_north
):
    to_cio = failed_mail(cio)
    make_duty(cio, rhythm_north, mail=to_cio)

    seen = {
        user.name: re.findall(
            r'href="/mails/(\d+)/"',
            as_user(user).get("/regions/NORTH/").content.decode(),
        )
        for user in (cio, liaison_north)
    }

    assert seen == {
        "Cio": [str(to_cio.pk), str(failed.pk)],
        "Liaison North": [str(failed.pk)],
    }


def test_failed_reminder_is_of_its_region_only(failed, as_user, cio, rhythm_south):
    assert readers(as_user, [cio], "/regions/SOUTH/call/") == []


@pytest.mark.parametrize("outcome", [Outcome.REACHED, Outcome.NO_ANSWER])
def test_failed_reminder_goes_once_somebody_called(
    outcome, failed, frozen, as_user, cio, ceo_north, programme, liaison_north
):
    frozen.move_to(NOW + timedelta(hours=2))
    assert readers(as_user, [cio], "/regions/NORTH/") == ["Cio"]

    make_contact(ceo_north, programme, liaison_north, held_at=LATER, outcome=outcome)

    assert readers(as_user, [cio], "/regions/NORTH/") == []


def test_failed_reminder_goes_after_two_weeks_and_when_sent_again(
    failed, frozen, as_user, cio, hq
):
    frozen.move_to(NOW + timedelta(days=15))
    assert readers(as_user, [cio], "/regions/NORTH/") == []
    frozen.move_to(NOW)
    assert readers(as_user, [cio], "/regions/NORTH/") == ["Cio"]

    resend_mail(failed, by=hq, at=NOW)

    assert readers(as_user, [cio], "/regions/NORTH/") == []
