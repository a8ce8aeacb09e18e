"""Delivery: leased once, frozen once, the same bytes on a repeat, fenced by its token."""

from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.conf import settings
from django.utils import timezone

from rollout import reminders
from rollout.enums import DutyState, MailState
from rollout.links import SIGN_IN, SIGN_IN_LINK, sign_in_token, with_links
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.signin import ask_for_link
from rollout.transport import FileTransport, SmtpTransport
from tests.factories import NOW, make_contact
from tests.history_guard import unrecorded


@pytest.fixture
def planned(ceo_north, programme, rhythm_north, liaison_north, plan_north):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=18))
    reminders.queue(at=NOW)
    return Mail.objects.get()


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


def test_reminder_says_whom_to_call_why_and_what_to_ask(planned, folder):
    mail.deliver(clock=lambda: NOW)

    planned.refresh_from_db()
    assert (
        planned.subject
        == "Call the CEO of North Company today: 18 days since the last talk"
    )
    text = planned.body_text.split("\n\n")
    assert text[0] == (
        "CEO of North Company\n09:00 there\n"
        "18 days since the last talk, ideal is 14. Go-live in 54 days, preparing."
    )
    assert (
        "Ask: please name one person who decides open questions by Wed 24 Mar." in text
    )


def test_sender_of_two_long_names_is_cut(planned, folder, hq, programme):
    with unrecorded():
        type(hq).objects.filter(pk=hq.pk).update(name="P" * 100)
        type(programme).objects.filter(pk=programme.pk).update(name="E" * 100)

    mail.deliver(clock=lambda: NOW)

    planned.refresh_from_db()
    assert planned.state == MailState.SENT
    assert len(planned.sender_name) == 100


def test_file_is_a_whole_message(planned, folder):
    mail.deliver(clock=lambda: NOW)

    (path,) = folder.glob("*.eml")
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    planned.refresh_from_db()
    assert message["Message-ID"] == planned.message_id
    assert message["To"] == "Liaison North <liaison.north@example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_body(("plain",)).get_content().splitlines() == (
        with_links(planned, planned.body_text)[0].splitlines()
    )
    html = message.get_body(("html",)).get_content()
    assert html.count('class="button"') == 1
    assert "<img" not in html
    assert len(html.encode()) < 20_000


def test_reminder_speaks_the_recipients_language(planned, folder, liaison_north):
    liaison_north.language = "zh-hans"
    with unrecorded():
        liaison_north.save()

    mail.deliver(clock=lambda: NOW)

    planned.refresh_from_db()
    assert planned.subject == "今天请致电North Company总经理：距上次沟通18天"


def test_sent_mail_closes_its_duties_and_is_not_sent_again(planned, folder):
    assert mail.deliver(clock=lambda: NOW) == 1
    assert mail.deliver(clock=lambda: NOW) == 0

    assert Duty.objects.get().state == DutyState.MAILED
    assert len(list(folder.iterdir())) == 1


def test_repeat_is_the_same_bytes(planned, folder):
    (lease,) = mail.take_leases(NOW)
    first = mail.envelope(lease.mail).to_bytes()

    again = mail.envelope(Mail.objects.get(pk=planned.pk)).to_bytes()

    assert first == again


def test_leased_mail_is_not_leased_again_before_its_time(planned, folder):
    assert len(mail.take_leases(NOW)) == 1

    assert mail.take_leases(NOW) == []


def test_orphaned_lease_is_taken_over_with_the_same_message(planned, folder):
    (first,) = mail.take_leases(NOW)
    Mail.objects.update(leased_until_at=timezone.now() - timedelta(seconds=1))

    (second,) = mail.take_leases(NOW + timedelta(minutes=2))

    assert second.token != first.token
    assert second.mail.message_id == first.mail.message_id
    assert mail.envelope(second.mail) == mail.envelope(first.mail)


def test_slow_worker_commits_nothing_after_its_lease_was_taken_over(planned, folder):
    (slow,) = mail.take_leases(NOW)
    Mail.objects.update(leased_until_at=timezone.now() - timedelta(seconds=1))
    (fast,) = mail.take_leases(NOW)

    assert mail.commit_sent(slow, "250 late", NOW) is False
    assert mail.commit_sent(fast, "250 ok", NOW) is True

    assert Mail.objects.get().answer == "250 ok"


def test_statements_of_a_mail_do_not_grow_with_its_calls(
    planned, folder, assert_queries
):
    with assert_queries(43):
        mail.deliver(clock=lambda: NOW)


def test_smtp_hands_the_message_over(planned, smtp_sink, settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = smtp_sink.host, smtp_sink.port
    (lease,) = mail.take_leases(NOW)
    post = SmtpTransport()

    assert mail.send(lease, post, lambda: NOW) is True
    post.close()

    (taken,) = smtp_sink.accepted
    assert taken.recipients == ["liaison.north@example.org"]
    assert taken.message["Message-ID"] == lease.mail.message_id


def test_sign_in_link_is_not_in_the_ledger_but_in_the_mail(staff_north, folder):
    ask_for_link(" STAFF.NORTH@example.org", at=NOW)
    mail.deliver(clock=lambda: NOW)

    row = Mail.objects.get()
    (path,) = folder.glob("*.eml")
    token = sign_in_token(row)
    assert SIGN_IN in row.body_text
    message = message_from_bytes(path.read_bytes(), policy=policy.default)
    assert token in message.get_body(("plain",)).get_content()
    assert settings.SITE_URL in message.get_body(("html",)).get_content()
    assert SIGN_IN_LINK.claim(token, NOW).person_id == staff_north.pk


@pytest.mark.parametrize("email", ["nobody@example.org", "ceo.north@example.org"])
def test_no_link_for_strangers_and_for_people_without_a_login(email, ceo_north):
    ask_for_link(email, at=NOW)

    assert not Mail.objects.exists()


def test_file_transport_writes_the_same_message_once(planned, folder):
    (lease,) = mail.take_leases(NOW)
    post, letter = FileTransport(folder), mail.envelope(lease.mail)
    post.connect()

    names = {post.send(letter.to_bytes(), letter) for _number in range(3)}

    assert [path.name for path in folder.iterdir()] == list(names)
