"""The message itself: the same envelope is always the same bytes. Knows no database.

Built on the older of the two interfaces of `email`: the newer one parses each header that
it is given, which took as long as all the rest of a mail.
"""

import quopri
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.encoders import encode_base64
from email.header import Header
from email.headerregistry import Address
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import Compat32
from email.utils import format_datetime, formataddr

from django.conf import settings


class Ready(Compat32):
    """Headers are folded here already, where their words are known."""

    def fold_binary(self, name: str, value: str) -> bytes:
        return f"{name}: {value}\r\n".encode("ascii")


POLICY = Ready(linesep="\r\n")
# A header may have 998 characters in a line (RFC 5322, 2.1.1), and words that do not fit.
PLAIN = re.compile(r"[ -~]{0,200}")
# Line ends would begin another header, marks of direction make a name read as another.
UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
SURROGATES = re.compile("[\ud800-\udfff]")


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
    # The message that a thread begins with; mail programs show those of a thread together.
    thread: str = ""
    # Where planned mail is stopped, by a person or by the mail program (RFC 8058).
    unsubscribe_url: str = ""

    def to_bytes(self) -> bytes:
        """The message. Raises ValueError for an address that is none."""
        # A random boundary would make every repeat another mail.
        name = "".join(filter(str.isalnum, self.message_id))[:40]
        message = MIMEMultipart("alternative", boundary=f"=_{name}", policy=POLICY)
        for header, value in self._headers().items():
            message[header] = value
        message.attach(_part(self.text, "plain"))
        message.attach(_part(self.html, "html"))
        return message.as_bytes(policy=POLICY)

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
    checked = Address(addr_spec=address).addr_spec
    spoken = words(name)
    if not spoken or spoken.startswith("=?"):
        return f"{spoken} <{checked}>".strip() if spoken else checked
    return formataddr((spoken, checked))


def _seen(text: str) -> str:
    return UNSEEN.sub(" ", _whole(text))


def _whole(text: str) -> str:
    """Half of a pair is no character."""
    return SURROGATES.sub("\N{REPLACEMENT CHARACTER}", text)


def _part(text: str, kind: str) -> MIMENonMultipart:
    """One text; line ends and long lines are a matter of its encoding."""
    content = _whole(text).encode()
    part = MIMENonMultipart("text", kind, policy=POLICY, charset="utf-8")
    if content.isascii():
        part["Content-Transfer-Encoding"] = "quoted-printable"
        part.set_payload(quopri.encodestring(content).decode("ascii"))
    else:
        part.set_payload(content)
        encode_base64(part)
    return part
