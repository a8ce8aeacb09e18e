"""What people wrote arrives as they wrote it, and never as another header."""

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.utils import parseaddr

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rollout.envelope import Envelope

pytestmark = pytest.mark.any_store

PLAIN = Envelope(
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
SENDER = "rollout@example.org"
HEADERS = {
    "Content-Type", "MIME-Version", "Subject", "From", "To", "Date", "Message-ID",
    "Auto-Submitted", "Reply-To", "In-Reply-To", "References", "List-Unsubscribe",
    "List-Unsubscribe-Post",
}  # fmt: skip


def decoded(header):
    return str(make_header(decode_header(header)))


def parsed(envelope):
    message = message_from_bytes(envelope.to_bytes(), policy=policy.default)
    assert set(message.keys()) == HEADERS
    assert len(message.keys()) == len(HEADERS)
    return message


def test_message_is_read_as_it_was_written():
    message = parsed(PLAIN)

    assert message["Subject"] == "Call the CEO of 福州 today"
    assert message["From"].addresses[0].display_name == "Planner, ERP roll-out"
    assert message["To"] == "Liaison North <liaison.north@example.org>"
    assert message["Date"].datetime == PLAIN.dated_at
    assert message["List-Unsubscribe"] == "<https://rollout.example.org/pause/x/>"
    plain, html = message.iter_parts()
    assert plain.get_content().splitlines() == ["First line", ".hidden"]
    assert html.get_content().strip() == "<p>First line</p>"


def test_same_envelope_is_the_same_bytes():
    assert PLAIN.to_bytes() == replace(PLAIN).to_bytes()


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("two\r\nBcc: all@example.org", "two Bcc: all@example.org"),
        ("two\nlines", "two lines"),
        ("nothing\x00here", "nothing here"),
        ("\u202eturned\u202c", "turned"),
        ("half \ud83d pair", "half � pair"),
        ("n" * 1000, "n" * 1000),
        ("王小明，" * 25, "王小明，" * 25),
        ("🎉" * 60, "🎉" * 60),
        ('"Quoted" <other@example.org>, ', '"Quoted" <other@example.org>,'),
        ("=?utf-8?q?sly?=", "=?utf-8?q?sly?="),
        ("back\\slash", "back\\slash"),
        ("Zoë", "Zoë"),
    ],
)
def test_name_and_subject_stay_what_they_are(written, read):
    message = parsed(
        replace(PLAIN, subject=written, sender_name=written, recipient_name=written)
    )

    assert message["Subject"] == read
    # The newer parser of `email` puts spaces between the parts of a long name.
    older = message_from_bytes(message.as_bytes(), policy=policy.compat32)
    for header, address in (("From", SENDER), ("To", PLAIN.recipient)):
        assert message[header].addresses[0].addr_spec == address
        name, _address = parseaddr(older[header])
        assert decoded(name) == read


@pytest.mark.parametrize("name", ["", " \n"])
def test_person_without_a_name_is_an_address(name):
    assert parsed(replace(PLAIN, recipient_name=name))["To"] == PLAIN.recipient


@pytest.mark.parametrize(
    "address", ["no address", "a@b\r\nBcc: c@d", "a@b, c@d", "<a@b>", ""]
)
def test_address_that_is_none_is_refused(address):
    with pytest.raises(Exception, match=r".+"):
        replace(PLAIN, recipient=address).to_bytes()


@settings(deadline=None, max_examples=50)  # a busy machine is no fault
@given(st.text(max_size=80), st.text(max_size=300))
def test_no_text_breaks_out(name, text):
    message = parsed(
        replace(PLAIN, subject=name, sender_name=name, text=text, html=text)
    )

    raw = replace(PLAIN, subject=name, sender_name=name, text=text).to_bytes()
    assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
    assert b"\n" not in raw.replace(b"\r\n", b"")
    plain, html = message.iter_parts()
    clean = [line.rstrip("\n") for line in plain.get_content().splitlines()]
    assert clean == [line.rstrip("\n") for line in text.splitlines()] or "\r" in text
    assert html.get_content_type() == "text/html"
