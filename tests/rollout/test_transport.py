"""Handing a message over: what each answer, and each silence, of a server is told apart as."""

from datetime import UTC, datetime
from email import message_from_bytes, policy

import pytest

from rollout import transport
from rollout.envelope import Envelope
from rollout.transport import (
    BrokenOffError,
    InDoubtError,
    RefusedError,
    ServerDownError,
    SmtpTransport,
)
from tests.services.processes import free_port
from tests.services.scripted import (
    EHLO,
    GO_ON,
    GREETING,
    HANG_UP,
    SILENCE,
    TAKEN,
    scripted_server,
)

pytestmark = pytest.mark.any_store

LETTER = Envelope(
    message_id="<1@example.org>",
    dated_at=datetime(2027, 3, 10, 9, 0, tzinfo=UTC),
    sender_name="Planner, ERP roll-out",
    reply_to="hq@example.org",
    recipient_name="Liaison North",
    recipient="liaison.north@example.org",
    subject="Call the CEO of 福州 today",
    text="First line\n.hidden\n",
    html="<p>First line</p>",
    thread="<0@example.org>",
    unsubscribe_url="https://rollout.example.org/pause/x/",
)
UP = [GREETING, EHLO]


@pytest.fixture
def send(settings):
    """Hand the letter to a server that follows a script."""

    def to(*answers):
        with scripted_server(answers) as server:
            settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
            post = SmtpTransport()
            try:
                return post.send(LETTER.to_bytes(), LETTER), server.heard
            finally:
                post.close()

    return to


def test_message_arrives_as_it_was_written(send):
    answer, heard = send(*UP, TAKEN, TAKEN, GO_ON, b"250 queued as 7\r\n", TAKEN)

    assert answer == "250 queued as 7"
    assert b"\r\n..hidden\r\n" in heard[4]
    unstuffed = heard[4].removesuffix(b".\r\n").replace(b"\r\n..", b"\r\n.")
    assert unstuffed == LETTER.to_bytes()


def test_message_says_who_it_is_from_and_how_to_stop_it():
    message = message_from_bytes(LETTER.to_bytes(), policy=policy.default)

    assert message["From"] == '"Planner, ERP roll-out" <rollout@example.org>'
    assert message["Reply-To"] == "hq@example.org"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["References"] == message["In-Reply-To"] == "<0@example.org>"
    assert message["List-Unsubscribe"] == "<https://rollout.example.org/pause/x/>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


@pytest.mark.parametrize(
    ("script", "fault", "words"),
    [
        ([b"421 too busy\r\n"], ServerDownError, "421 too busy"),
        ([HANG_UP], ServerDownError, "Connection unexpectedly closed"),
        (
            [*UP, b"550 sender unknown\r\n", TAKEN],
            ServerDownError,
            "550 sender unknown",
        ),
        ([*UP, b"530 log in first\r\n", TAKEN], ServerDownError, "530 log in first"),
        ([*UP, b"451 later\r\n", TAKEN], RefusedError, "451 later"),
        ([*UP, TAKEN, b"550 no such box\r\n", TAKEN], RefusedError, "550 no such box"),
        ([*UP, TAKEN, b"421 closing\r\n", HANG_UP], RefusedError, "421 closing"),
        ([*UP, TAKEN, TAKEN, b"452 full\r\n", TAKEN], RefusedError, "452 full"),
        ([*UP, TAKEN, TAKEN, GO_ON, b"554 spam\r\n", TAKEN], RefusedError, "554 spam"),
        (
            [*UP, TAKEN, HANG_UP],
            BrokenOffError,
            "Connection unexpectedly closed",
        ),
        (
            [*UP, TAKEN, TAKEN, GO_ON, HANG_UP],
            InDoubtError,
            "Connection unexpectedly closed",
        ),
    ],
)
def test_each_answer_is_told_apart(send, script, fault, words):
    with pytest.raises(fault, match=words):
        send(*script)


def test_silence_before_the_message_breaks_off(send, monkeypatch):
    monkeypatch.setattr(transport, "COMMAND_SECONDS", 0.05)

    with pytest.raises(BrokenOffError):
        send(*UP, TAKEN, SILENCE)


def test_silence_after_the_final_dot_leaves_a_doubt(send, monkeypatch):
    monkeypatch.setattr(transport, "ANSWER_SECONDS", 0.05)

    with pytest.raises(InDoubtError):
        send(*UP, TAKEN, TAKEN, GO_ON, SILENCE)


def test_nobody_at_home_is_a_server_that_is_down(settings):
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    with pytest.raises(ServerDownError, match="refused"):
        SmtpTransport().connect()


def test_encryption_that_is_not_to_be_had_is_a_server_that_is_down(send, settings):
    settings.EMAIL_USE_TLS = True

    with pytest.raises(ServerDownError, match="STARTTLS"):
        send(*UP)


def test_kept_connection_serves_the_next_mail(settings):
    one = [TAKEN, TAKEN, GO_ON, TAKEN]
    with scripted_server([*UP, *one, *one, TAKEN]) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        post = SmtpTransport()

        answers = [post.send(LETTER.to_bytes(), LETTER) for _number in range(2)]
        post.close()

    assert answers == ["250 ok", "250 ok"]
    assert [line.split()[0].lower() for line in server.heard[:4]] == [
        b"ehlo",
        b"mail",
        b"rcpt",
        b"data",
    ]
