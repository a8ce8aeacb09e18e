"""Invitations to booked talks: to whom, when, and that nobody is told twice."""

from datetime import UTC, date, datetime, time, timedelta
from email import message_from_bytes, policy

import pytest
from icalendar import Calendar

from regions.enums import Caller, Outcome
from regions.history import Act
from regions.models import CheckIn, Rhythm
from regions.services.contacts import Log
from rollout import reminders
from rollout.enums import DutyKind, DutyState, MailState
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.bookings import (
    Slot,
    book_check_in,
    cancel_check_in,
    move_check_in,
)
from rollout.services.talks import correct_talk, log_talk, withdraw_talk
from rollout.services.undo import take_back_act
from tests.admin_rows import address, address_of, errors_of, posted
from tests.factories import NOW, make_check_in, make_contact
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
THREE = Slot(date(2027, 3, 26), time(15))
LATER = Slot(date(2027, 3, 29), time(15))
OPEN = Slot(date(2027, 3, 29))
CEO, LIAISON = "ceo.north@example.org", "liaison.north@example.org"


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def act(liaison_north):
    return Act(by=liaison_north, at=NOW)


@pytest.fixture
def book(ceo_north, programme, rhythm_north, liaison_north, act):
    """The liaison calls, as there was a talk before; North lives by Berlin's clocks."""
    make_contact(ceo_north, programme, liaison_north)
    with unrecorded():
        type(ceo_north.region).objects.update(time_zone="Europe/Berlin")
    ceo_north.region.refresh_from_db()
    return lambda slot=THREE: book_check_in(ceo_north, programme, slot, act=act)


def sent(folder):
    """What went out with the next tick: method, to whom, and the entry of the calendar."""
    known = set(folder.glob("*.eml"))
    mail.deliver(clock=lambda: NOW)
    found = []
    for path in sorted(set(folder.glob("*.eml")) - known):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        (part,) = [
            one for one in message.walk() if one.get_content_type() == "text/calendar"
        ]
        calendar = Calendar.from_ical(part.get_content())
        assert part.get_param("method") == calendar["method"]
        assert message.get_content_type() == "multipart/alternative"
        (event,) = calendar.events
        found.append(
            (str(calendar["method"]), message["To"].addresses[0].addr_spec, event)
        )
    return sorted(found, key=lambda one: one[1])


def told(folder):
    return [(method, to, int(event["sequence"])) for method, to, event in sent(folder)]


# --- Booked, moved, left out ---------------------------------------------------------


def test_ceo_and_caller_are_invited_at_once(book, folder):
    row = book()

    (to_ceo, to_caller) = sent(folder)

    for method, _to, event in (to_ceo, to_caller):
        assert method == "REQUEST"
        assert event["uid"] == f"check-in-{row.pk}@example.org"
        assert event["dtstart"].dt == datetime(2027, 3, 26, 14, tzinfo=UTC)
        assert f"{event['dtstart'].dt:%H:%M}" == "15:00"
        assert event["dtend"].dt - event["dtstart"].dt == timedelta(minutes=15)
        assert event["organizer"] == "mailto:rollout@example.org"
        assert {str(one) for one in event["attendee"]} == {
            f"mailto:{CEO}",
            f"mailto:{LIAISON}",
        }
        assert event["dtstamp"].dt == NOW
    assert (to_ceo[1], to_ceo[2]["summary"]) == (
        CEO,
        "Talk with Liaison North: ERP roll-out",
    )
    assert (to_caller[1], to_caller[2]["summary"]) == (
        LIAISON,
        "Talk with the CEO of North Company",
    )


def test_letters_say_when_by_both_clocks_and_whom_to_answer(book, folder):
    book()
    mail.deliver(clock=lambda: NOW)

    to_ceo = Mail.objects.get(recipient__email=CEO)
    assert to_ceo.subject == "Our talk, Fri 26 Mar 2027 14:00 (ERP roll-out)"
    assert "Fri 26 Mar 2027 15:00 in North Company\n" in to_ceo.body_text
    assert "Fri 26 Mar 2027 14:00 where you are\n15 minutes, phone" in to_ceo.body_text
    assert to_ceo.sender_name == "Liaison North, ERP roll-out"
    assert to_ceo.reply_to == LIAISON
    assert f'href="mailto:{LIAISON}"' in to_ceo.body_html
    assert "/call/" not in to_ceo.body_text + to_ceo.body_html + to_ceo.body_calendar
    to_caller = Mail.objects.get(recipient__email=LIAISON)
    assert "/regions/NORTH/call/" in to_caller.body_text


def test_ceo_reads_his_own_language(book, ceo_north, folder):
    with unrecorded():
        type(ceo_north.user).objects.filter(pk=ceo_north.user_id).update(
            language="zh-hans", time_zone="Europe/Berlin"
        )
    book()
    mail.deliver(clock=lambda: NOW)

    assert Mail.objects.get(recipient__email=CEO).language == "zh-hans"


def test_move_is_an_update_and_leaving_out_takes_it_away(book, act, folder):
    row = book()
    assert told(folder) == [("REQUEST", CEO, 0), ("REQUEST", LIAISON, 0)]

    row = move_check_in(row, LATER, version=row.version, act=act)
    (to_ceo, to_caller) = sent(folder)
    assert (to_ceo[0], to_ceo[2]["sequence"]) == ("REQUEST", 1)
    assert to_ceo[2]["dtstart"].dt == datetime(2027, 3, 29, 13, tzinfo=UTC)
    assert to_caller[2]["uid"] == f"check-in-{row.pk}@example.org"
    moved = Mail.objects.get(recipient__email=CEO, slot=f"talk {row.pk} 1")
    assert moved.subject.startswith("Moved: our talk, now Mon 29 Mar")

    cancel_check_in(row, reason="he sulks", version=row.version, act=act)
    off = sent(folder)
    assert [(method, to, event["sequence"]) for method, to, event in off] == [
        ("CANCEL", CEO, 2),
        ("CANCEL", LIAISON, 2),
    ]
    assert {event["status"] for _method, _to, event in off} == {"CANCELLED"}
    for one in Mail.objects.all():
        assert "sulks" not in one.body_text + one.body_html + one.body_calendar


def test_same_slot_again_tells_nobody(book, act, folder):
    row = book()
    told(folder)

    book()
    move_check_in(row, THREE, version=row.version, act=act)

    assert told(folder) == []


def test_what_was_not_sent_yet_is_never_sent(book, act, folder):
    row = book()
    row = move_check_in(row, LATER, version=row.version, act=act)
    assert told(folder) == [("REQUEST", CEO, 1), ("REQUEST", LIAISON, 1)]
    assert Duty.objects.filter(state=DutyState.DROPPED).count() == 2

    row = move_check_in(row, THREE, version=row.version, act=act)
    cancel_check_in(row, reason="ill", version=row.version, act=act)
    assert told(folder) == [("CANCEL", CEO, 3), ("CANCEL", LIAISON, 3)]


def test_talk_that_never_reached_a_calendar_is_not_taken_out_of_it(book, act, folder):
    row = book()
    cancel_check_in(row, reason="too soon", version=row.version, act=act)

    assert told(folder) == []


def test_talk_without_a_time_invites_nobody_and_loses_its_entry(book, act, folder):
    row = book(OPEN)
    assert told(folder) == []

    row = move_check_in(row, LATER, version=row.version, act=act)
    assert told(folder) == [("REQUEST", CEO, 1), ("REQUEST", LIAISON, 1)]

    row = move_check_in(row, OPEN, version=row.version, act=act)
    assert told(folder) == [("CANCEL", CEO, 2), ("CANCEL", LIAISON, 2)]
    open_ = Mail.objects.get(recipient__email=CEO, slot=f"talk_off {row.pk} 2")
    assert "stays on this day; its time is open again" in open_.body_text

    move_check_in(row, THREE, version=row.version, act=act)
    assert told(folder) == [("REQUEST", CEO, 3), ("REQUEST", LIAISON, 3)]


def test_whoever_calls_no_more_loses_the_entry_with_the_next_move(
    book, act, cio, folder
):
    row = book()
    told(folder)
    with unrecorded():
        Rhythm.objects.update(caller=Caller.CIO)

    move_check_in(row, LATER, version=row.version, act=act)

    assert told(folder) == [
        ("REQUEST", CEO, 1),
        ("REQUEST", "cio@example.org", 1),
        ("CANCEL", LIAISON, 1),
    ]


def test_nobody_is_told_of_a_talk_that_is_over(book, act, folder):
    book(Slot(NOW.date(), time(9, 30)))

    mail.deliver(clock=lambda: NOW + timedelta(hours=1))

    assert list(folder.glob("*.eml")) == []
    assert {one.state for one in Mail.objects.all()} == {MailState.SUPERSEDED}


def test_tick_adds_nothing_and_a_repeat_is_the_same(book, folder):
    book()
    reminders.queue(at=NOW)
    reminders.queue(at=NOW + timedelta(minutes=1))
    assert Duty.objects.filter(kind=DutyKind.TALK).count() == 2
    mail.deliver(clock=lambda: NOW)
    one = Mail.objects.get(recipient__email=CEO)
    first = mail.envelope(one).to_bytes()

    assert mail.envelope(Mail.objects.get(pk=one.pk)).to_bytes() == first
    assert f"DTSTAMP:{NOW:%Y%m%dT%H%M%SZ}" in one.body_calendar


# --- What a log does to a booking ----------------------------------------------------


def test_moved_talk_updates_the_invitation_and_its_withdrawal_moves_it_back(
    book, ceo_north, programme, act, folder
):
    row = book()
    told(folder)
    there = {"moved_to_date": LATER.day, "moved_to_time": LATER.at_time}
    moved = Log(Outcome.MOVED, NOW, **there)

    contact = log_talk(ceo_north, programme, moved, next_slot=None, act=act)
    (to_ceo, _to_caller) = sent(folder)
    assert to_ceo[2]["dtstart"].dt == datetime(2027, 3, 29, 13, tzinfo=UTC)

    there["moved_to_date"] = date(2027, 3, 30)
    other = Log(Outcome.MOVED, NOW, **there)
    contact = correct_talk(contact, other, version=contact.version, act=act)
    assert [(one[0], one[2]["sequence"]) for one in sent(folder)] == [
        ("REQUEST", 3)
    ] * 2

    withdraw_talk(contact, version=contact.version, act=act)
    (to_ceo, _to_caller) = sent(folder)
    assert to_ceo[2]["dtstart"].dt == datetime(2027, 3, 26, 14, tzinfo=UTC)
    assert to_ceo[2]["sequence"] == 4
    row.refresh_from_db()
    assert row.day_date == THREE.day


def test_held_talk_sends_nothing(book, ceo_north, programme, act, folder):
    book(Slot(NOW.date(), time(11)))
    told(folder)

    reached = Log(Outcome.REACHED, NOW, minutes=15)
    contact = log_talk(ceo_north, programme, reached, next_slot=None, act=act)
    assert CheckIn.objects.get().state == "held"
    withdraw_talk(contact, version=contact.version, act=act)

    assert told(folder) == []


def test_undone_move_is_an_update_with_a_new_number(book, liaison_north, act, folder):
    row = book()
    told(folder)
    move = Act(by=liaison_north, at=NOW)
    move_check_in(row, LATER, version=row.version, act=move)
    told(folder)

    take_back_act(move.id, act=Act(by=liaison_north, at=NOW))

    (to_ceo, _to_caller) = sent(folder)
    assert (to_ceo[0], to_ceo[2]["sequence"]) == ("REQUEST", 2)
    assert to_ceo[2]["dtstart"].dt == datetime(2027, 3, 26, 14, tzinfo=UTC)


# --- The reminder --------------------------------------------------------------------


def test_reminder_carries_the_talk_of_today_as_a_file(
    ceo_north, programme, rhythm_north, liaison_north, folder
):
    make_contact(ceo_north, programme, liaison_north)
    make_check_in(ceo_north, programme, day_date=NOW.date(), at_time=time(15))
    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)

    (path,) = folder.glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert message.get_content_type() == "multipart/mixed"
    (file,) = message.iter_attachments()
    assert file.get_filename() == "talks.ics"
    calendar = Calendar.from_ical(file.get_content())
    assert calendar["method"] == file.get_param("method") == "PUBLISH"
    (event,) = calendar.events
    assert event["dtstart"].dt == datetime(2027, 3, 10, 15, tzinfo=UTC)
    assert "18 days" not in message.get_body(("plain",)).get_content()


def test_reminder_of_a_talk_without_a_time_carries_none(
    ceo_north, programme, rhythm_north, liaison_north, folder
):
    make_contact(ceo_north, programme, liaison_north)
    make_check_in(ceo_north, programme, day_date=NOW.date())
    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)

    (path,) = folder.glob("*.eml")
    assert b"text/calendar" not in path.read_bytes()


# --- In the admin --------------------------------------------------------------------


def test_admin_books_moves_and_leaves_out_as_the_page_does(
    book, as_user, hq, ceo_north, programme, folder
):
    browser = as_user(hq)

    def save(row=None, **values):
        where = address_of(row) if row else address("regions.checkin", "add")
        response = browser.post(where, posted(browser.get(where), **values))
        return [] if response.status_code == 302 else errors_of(response)

    new = {"ceo": ceo_north.pk, "programme": programme.pk}
    past, three = {"day_date": "2027-03-09"}, {"at_time": "15:00"}
    assert save(**new, **past) == ["This day has passed."]
    assert save(**new, **three, day_date="2027-03-26") == []
    row = CheckIn.objects.get()
    booked = told(folder)
    assert save(**new, day_date="2027-03-12") == [
        "Another talk with this CEO is planned already."
    ]
    assert save(row) == []
    assert save(row, reason="Ill") == ["Only a talk that is left out has one."]
    unsaid = told(folder)
    assert save(row, day_date="2027-03-29") == []
    moved = told(folder)
    off = {"state": "cancelled"}
    assert save(row, **off) == ["Say why the talk is left out."]
    assert save(row, **off, reason="Ill", day_date="2027-03-30") == [
        "Move the talk or leave it out, not both."
    ]
    assert save(row, **off, reason="Ill") == []
    gone = told(folder)

    people = (CEO, LIAISON)
    assert booked == [("REQUEST", who, 0) for who in people]
    assert unsaid == []
    assert moved == [("REQUEST", who, 1) for who in people]
    assert gone == [("CANCEL", who, 2) for who in people]
    row.refresh_from_db()
    assert (row.state, row.reason, row.day_date) == (
        "cancelled", "Ill", date(2027, 3, 29),
    )  # fmt: skip


def test_admin_leaves_a_talk_that_was_held_as_it_is(as_user, hq, ceo_north, programme):
    held = make_check_in(ceo_north, programme, state="held")

    response = as_user(hq).post(address_of(held), {"day_date": "2027-04-01"})

    assert response.status_code == 403
