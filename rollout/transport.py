"""Where mail goes: a mail server, or files in the embedded run. Knows no database.

What a mail server may answer, and when it may fall silent, is told apart by four
exceptions; what each leads to is decided in `services/outcomes.py`.
"""

import select
import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from django.conf import settings

from rollout.envelope import Envelope

CONNECT_SECONDS, COMMAND_SECONDS = 10, 60
# After the final dot a server may still look through the whole message (RFC 5321, 4.5.3.2.6).
ANSWER_SECONDS = 600
# The server wants a login, or another one: a fault of the settings, not of a mail.
WANTS_LOGIN = (530, 534, 535, 538)


class ServerDownError(Exception):
    """No mail can be handed over: no connection, no encryption, no login, no sender."""


class RefusedError(Exception):
    """The server refused this mail."""

    def __init__(self, code: int, answer: bytes) -> None:
        super().__init__(f"{code} {answer.decode(errors='replace')}")
        self.code = code


class BrokenOffError(Exception):
    """The connection ended before the whole message was with the server."""


class InDoubtError(Exception):
    """The whole message was sent and no answer came: it may have arrived."""


class Transport(Protocol):
    """Hands messages over, one at a time."""

    @property
    def is_connected(self) -> bool:
        """Whether the next message needs no new connection."""

    def connect(self) -> None:
        """Raises ServerDownError."""

    def send(self, message: bytes, envelope: Envelope) -> str:
        """What the server said; raises one of the four."""

    def close(self) -> None: ...


class FileTransport:
    """Writes each message as a file. The same message twice is the same file."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.is_connected = False

    def connect(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise ServerDownError(str(fault)) from fault
        self.is_connected = True

    def send(self, message: bytes, envelope: Envelope) -> str:
        stem = envelope.message_id.strip("<>").split("@")[0]
        path = self.folder / f"{envelope.dated_at:%Y%m%d-%H%M%S}-{stem}.eml"
        draft = path.with_suffix(".part")
        try:
            draft.write_bytes(message)
            draft.replace(path)
        except OSError as fault:
            raise ServerDownError(str(fault)) from fault
        return path.name

    def close(self) -> None:
        self.is_connected = False


class SmtpTransport:
    """One connection, kept for the messages of a run."""

    def __init__(self) -> None:
        self._server: smtplib.SMTP | None = None

    @property
    def is_connected(self) -> bool:
        return self._server is not None

    def connect(self) -> None:
        if self._server is not None:
            return
        try:
            self._server = _logged_in()
        except (OSError, smtplib.SMTPException) as fault:
            raise ServerDownError(_words(fault)) from fault

    def send(self, message: bytes, envelope: Envelope) -> str:
        self.connect()
        server = self._server
        assert server is not None, "connected above"  # noqa: S101
        with self._closing_when_broken():
            code, answer = server.mail(settings.DEFAULT_FROM_EMAIL)
            if code >= 500:
                raise ServerDownError(str(RefusedError(code, answer)))
            self._insist(server, (code, answer))
            self._insist(server, server.rcpt(envelope.recipient))
            self._insist(server, server.docmd("DATA"), wanted=354)
            server.send(_stuffed(message))
            if _hung_up(server):
                raise smtplib.SMTPServerDisconnected("closed within the message")
        return self._finish(server)

    @contextmanager
    def _closing_when_broken(self) -> Iterator[None]:
        try:
            yield
        except (OSError, smtplib.SMTPServerDisconnected) as fault:
            self.close()
            raise BrokenOffError(_words(fault)) from fault
        except ServerDownError:
            self.close()
            raise

    def _finish(self, server: smtplib.SMTP) -> str:
        """The final dot, from which on a broken connection leaves a doubt."""
        try:
            server.send(b".\r\n")
            _patience(server, ANSWER_SECONDS)
            code, answer = server.getreply()
            _patience(server, COMMAND_SECONDS)
        except (OSError, smtplib.SMTPServerDisconnected) as fault:
            self.close()
            raise InDoubtError(_words(fault)) from fault
        self._insist(server, (code, answer))
        return f"{code} {answer.decode(errors='replace')}"

    def _insist(
        self, server: smtplib.SMTP, reply: tuple[int, bytes], wanted: int = 250
    ) -> None:
        """Raise unless the reply is of the kind wanted."""
        code, answer = reply
        if code // 100 == wanted // 100:
            return
        refused = RefusedError(code, answer)
        try:
            server.rset()
        except smtplib.SMTPServerDisconnected:
            self.close()
        if code in WANTS_LOGIN:
            raise ServerDownError(str(refused))
        raise refused

    def close(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            try:
                _patience(server, CONNECT_SECONDS)
                server.quit()
            except (OSError, smtplib.SMTPException):
                server.close()


def transport() -> Transport:
    return SmtpTransport() if settings.EMAIL_HOST else FileTransport(settings.MAIL_DIR)


def _logged_in() -> smtplib.SMTP:
    # Named after ourselves: asking the network for our name may take its time.
    name = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2]
    host, port = settings.EMAIL_HOST, settings.EMAIL_PORT
    context = ssl.create_default_context()
    if settings.EMAIL_USE_SSL:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            host, port, name, timeout=CONNECT_SECONDS, context=context
        )
    else:
        server = smtplib.SMTP(host, port, name, timeout=CONNECT_SECONDS)
    try:
        _patience(server, COMMAND_SECONDS)
        _send_at_once(server)
        if settings.EMAIL_USE_TLS:
            server.starttls(context=context)
        if settings.EMAIL_HOST_USER:
            server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
        server.ehlo_or_helo_if_needed()
    except (OSError, smtplib.SMTPException):
        server.close()
        raise
    return server


def _patience(server: smtplib.SMTP, seconds: float) -> None:
    """How long the server may be silent from now on."""
    if isinstance(server.sock, socket.socket):
        server.sock.settimeout(seconds)


def _send_at_once(server: smtplib.SMTP) -> None:
    """The final dot goes by itself; the system would hold it back for 40 ms else."""
    if isinstance(server.sock, socket.socket):
        server.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def _hung_up(server: smtplib.SMTP) -> bool:
    """Whether the server spoke or left within the message; either means it was not taken."""
    if server.sock is None:
        return True
    readable, _, _ = select.select([server.sock], [], [], 0)
    return bool(readable)


def _stuffed(message: bytes) -> bytes:
    """Lines that begin with a dot get a second one (RFC 5321, 4.5.2)."""
    stuffed = message.replace(b"\n.", b"\n..")
    return b"." + stuffed if message.startswith(b".") else stuffed


def _words(fault: Exception) -> str:
    """What is shown to headquarters: the server's words where there are any."""
    if isinstance(fault, smtplib.SMTPResponseException):
        words = fault.smtp_error
        if isinstance(words, bytes):
            words = words.decode(errors="replace")
        return f"{fault.smtp_code} {words}"
    if isinstance(fault, OSError) and fault.strerror:
        return fault.strerror
    return str(fault) or type(fault).__name__
