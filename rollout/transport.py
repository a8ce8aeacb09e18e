"""Where mail goes: a mail server, or files in the embedded run. Knows no database."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Protocol

from django.conf import settings

TIMEOUT_SECONDS = 60
# The subject stays on the line of its name; bodies are folded by their own encoding.
HEADERS = SMTP.clone(max_line_length=500)


@dataclass(frozen=True)
class Envelope:
    """Everything that a message is made of; the same envelope is always the same bytes."""

    message_id: str
    dated_at: datetime
    sender_name: str
    reply_to: str
    recipient_name: str
    recipient: str
    subject: str
    text: str
    html: str

    def to_bytes(self) -> bytes:
        message = EmailMessage(policy=SMTP)
        message["Subject"] = self.subject
        message["From"] = _address(self.sender_name, settings.DEFAULT_FROM_EMAIL)
        message["To"] = _address(self.recipient_name, self.recipient)
        if self.reply_to:
            message["Reply-To"] = self.reply_to
        message["Date"] = format_datetime(self.dated_at.astimezone(UTC))
        message["Message-ID"] = self.message_id
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self.text)
        message.add_alternative(self.html, subtype="html")
        # A random boundary would make every repeat another mail.
        message.set_boundary("=_" + "".join(filter(str.isalnum, self.message_id))[:40])
        return message.as_bytes(policy=HEADERS)


class Transport(Protocol):
    """Hands one message over; raises OSError or SMTPException when that fails."""

    def send(self, envelope: Envelope) -> str: ...
    def close(self) -> None: ...


class FileTransport:
    """Writes each message as a file. The same message twice is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def send(self, envelope: Envelope) -> str:
        self.folder.mkdir(parents=True, exist_ok=True)
        stem = envelope.message_id.strip("<>").split("@")[0]
        path = self.folder / f"{envelope.dated_at:%Y%m%d-%H%M%S}-{stem}.eml"
        draft = path.with_suffix(".part")
        draft.write_bytes(envelope.to_bytes())
        draft.replace(path)
        return path.name

    def close(self) -> None:
        """Nothing is kept open."""


class SmtpTransport:
    """One connection, kept for the messages of a batch."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    def send(self, envelope: Envelope) -> str:
        server = self._server or self._connect()
        server.mail(settings.DEFAULT_FROM_EMAIL)
        code, answer = server.rcpt(envelope.recipient)
        if code >= 400:
            server.rset()
            raise smtplib.SMTPRecipientsRefused({envelope.recipient: (code, answer)})
        code, answer = server.data(envelope.to_bytes())
        if code != 250:
            raise smtplib.SMTPDataError(code, answer)
        return f"{code} {answer.decode(errors='replace')}"

    def _connect(self) -> smtplib.SMTP:
        host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
        context = ssl.create_default_context()
        if settings.EMAIL_USE_SSL:
            server: smtplib.SMTP = smtplib.SMTP_SSL(
                host, port, timeout=TIMEOUT_SECONDS, context=context
            )
        else:
            server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.ehlo_or_helo_if_needed()
        self._server = server
        return server

    def close(self) -> None:
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()
            self._server = None


def transport() -> Transport:
    return SmtpTransport() if settings.EMAIL_HOST else FileTransport(settings.MAIL_DIR)


def _address(name: str, address: str) -> Address:
    return Address(display_name=name, addr_spec=address)
