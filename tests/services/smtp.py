"""A mail server that keeps what it takes, and refuses what a test tells it to."""

from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any, cast

from aiosmtpd.controller import Controller

from .processes import free_port


@dataclass(frozen=True)
class Accepted:
    """One message that the server took: its envelope, and its bytes as they came."""

    sender: str
    recipients: list[str]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        return cast(EmailMessage, message_from_bytes(self.raw, policy=policy.default))


@dataclass
class SmtpSink:
    """Takes every mail, unless told to answer otherwise."""

    port: int
    host: str = "127.0.0.1"
    accepted: list[Accepted] = field(default_factory=list)
    _answers: dict[str, deque[str]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """For EMAIL_URL."""
        return f"smtp://{self.host}:{self.port}"

    def will_answer(self, command: str, *answers: str) -> None:
        """Its next answers to MAIL, RCPT or DATA: `will_answer("RCPT", "550 unknown")`."""
        self._answers.setdefault(command, deque()).extend(answers)

    # ruff: disable[N802] - aiosmtpd finds the three by their names
    async def handle_MAIL(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if refusal := self._next_answer("MAIL"):
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if refusal := self._next_answer("RCPT"):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if refusal := self._next_answer("DATA"):
            return refusal
        self.accepted.append(
            Accepted(envelope.mail_from, list(envelope.rcpt_tos), envelope.content)
        )
        return "250 OK"

    # ruff: enable[N802]

    def _next_answer(self, command: str) -> str:
        waiting = self._answers.get(command)
        return waiting.popleft() if waiting else ""


@contextmanager
def running_smtp_sink() -> Iterator[SmtpSink]:
    sink = SmtpSink(port=free_port())
    controller = Controller(sink, hostname=sink.host, port=sink.port)
    controller.start()
    try:
        yield sink
    finally:
        controller.stop()
