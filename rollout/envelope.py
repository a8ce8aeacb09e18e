"""The message itself: the same envelope is always the same bytes. Knows no database.

Put together here, from words that `email` has encoded: its classes take a message apart
into lines, which took five times as long.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import format_datetime, formataddr

from django.conf import settings

from rollout.ical import Method, method_of

# A header may have 998 characters in a line (RFC 5322, 2.1.1), and words that do not fit.
PLAIN = re.compile(r"[ -~]{0,200}")
# Addresses that need no look into the grammar, which is long.
USUAL = re.compile(r"[\w+-]+(\.[\w+-]+)*@[\w-]+(\.[\w-]+)*", re.ASCII)
# Line ends would begin another header, marks of direction make a name read as another.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
SURROGATES = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True)
class Enclosed:
    """A file that goes with a message. Its name is plain letters, digits and marks."""

    name: str
    kind: str
    content: bytes


@dataclass(frozen=True)
class Envelope:
    """Everything that a message is made of."""

    message_id: str
    dated_at: datetime
    sender_name: str
    reply_to: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str
    # What the reader's calendar takes in (`rollout.ical`): asked of it, or as a file.
    calendar: str = ""
    # The message that a thread begins with; mail programs show those of a thread together.
    thread: str = ""
    # Where planned mail is stopped, by a person or by the mail program (RFC 8058).
    unsubscribe_url: str = ""
    enclosed: tuple[Enclosed, ...] = ()

    def to_bytes(self) -> bytes:
        """The message. Raises ValueError for an address that is none."""
        # A random boundary would make every repeat another mail.
        name = "".join(filter(str.isalnum, self.message_id))[:40]
        parts = [_part(self.text, "plain"), _part(self.html, "html")]
        method = method_of(self.calendar) if self.calendar else ""
        is_invitation = method in (Method.REQUEST, Method.CANCEL)
        if is_invitation:
            parts.append(_part(self.calendar, "calendar", {"method": method}))
        kind, body = _joined("alternative", f"=_{name}", parts)
        files = [_file(one) for one in self.enclosed]
        if method and not is_invitation:
            files.append(_calendar_file(self.calendar))
        if files:
            inner = _head({"Content-Type": kind}) + body
            kind, body = _joined("mixed", f"=-{name}", [inner, *files])
        headers = {"Content-Type": kind, "MIME-Version": "1.0", **self._headers()}
        return _head(headers) + body

    def _headers(self) -> dict[str, str]:
        headers = {
            "Subject": words(self.subject),
            "From": person(self.sender_name, settings.DEFAULT_FROM_EMAIL),
            "To": person(self.recipient_name, self.recipient),
            "Date": format_datetime(self.dated_at.astimezone(UTC)),
            "Message-ID": self.message_id,
            "Auto-Submitted": "auto-generated",
        }
        if self.reply_to:
            headers["Reply-To"] = person("", self.reply_to)
        if self.thread:
            headers |= {"In-Reply-To": self.thread, "References": self.thread}
        if self.unsubscribe_url:
            headers["List-Unsubscribe"] = f"<{self.unsubscribe_url}>"
            headers["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        return headers


def words(text: str) -> str:
    """What people wrote, as a header can carry it: nothing in it begins another header."""
    text = " ".join(_seen(text).split())
    if PLAIN.fullmatch(text) and "=?" not in text:
        return text
    return Header(text, "utf-8", header_name="Subject").encode(linesep="\r\n")


def person(name: str, address: str) -> str:
    """`Name <address>`. Raises ValueError or an error of `email` for a bad address."""
    checked = (
        address if USUAL.fullmatch(address) else Address(addr_spec=address).addr_spec
    )
    spoken = words(name)
    if not spoken or spoken.startswith("=?"):
        return f"{spoken} <{checked}>".strip() if spoken else checked
    return formataddr((spoken, checked))


def _seen(text: str) -> str:
    return UNSEEN.sub(" ", _whole(text))


def _whole(text: str) -> str:
    """Half of a pair is no character."""
    if text.isascii():
        return text
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def _head(headers: Mapping[str, str]) -> bytes:
    """Headers are folded already, where their words are known."""
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    return "".join(lines).encode("ascii")


def _joined(how: str, boundary: str, parts: list[bytes]) -> tuple[str, bytes]:
    """The type of several parts together, and their bytes."""
    edge = f"\r\n--{boundary}".encode("ascii")
    body = b"".join(edge + b"\r\n" + part for part in parts)
    return f'multipart/{how}; boundary="{boundary}"', body + edge + b"--\r\n"


def _calendar_file(calendar: str) -> bytes:
    """Entries that ask nothing of anybody, to be opened."""
    name = {"Content-Disposition": 'attachment; filename="talks.ics"'}
    return _part(calendar, "calendar", {"method": Method.PUBLISH}, name)


def _file(one: Enclosed) -> bytes:
    headers = {
        "Content-Type": one.kind,
        "MIME-Version": "1.0",
        "Content-Transfer-Encoding": "base64",
        "Content-Disposition": f'attachment; filename="{one.name}"',
    }
    return _head(headers) + b"\r\n" + _with_line_ends(base64.encodebytes(one.content))


def _part(
    text: str,
    kind: str,
    parameters: Mapping[str, str] | None = None,
    more: Mapping[str, str] | None = None,
) -> bytes:
    """One text; line ends and long lines are a matter of its encoding."""
    content = _whole(text).encode()
    encoding, encoded = (
        ("quoted-printable", binascii.b2a_qp(content, istext=True))
        if content.isascii()
        else ("base64", base64.encodebytes(content))
    )
    said = "".join(f"; {key}={value}" for key, value in (parameters or {}).items())
    headers = {
        "Content-Type": f'text/{kind}; charset="utf-8"{said}',
        "MIME-Version": "1.0",
        "Content-Transfer-Encoding": encoding,
        **(more or {}),
    }
    return _head(headers) + b"\r\n" + _with_line_ends(encoded)


def _with_line_ends(content: bytes) -> bytes:
    plain = content.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return plain.replace(b"\n", b"\r\n")
