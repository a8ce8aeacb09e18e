"""A mail server that keeps a true account of what it took, and misbehaves as told.

Run as a process of its own: `python sink.py FOLDER SMTP_PORT CONTROL_PORT`. Each event is
one line of JSON in `FOLDER/sink.jsonl`, on the disk before the server answers. Knows the
standard library only.

The control port takes one line of JSON a request: {"rules": [...]} replaces the rules,
{"listen": true|false} opens or closes the door, {"release": true} lets go what is held,
{"cut": true} ends what is held.
A rule names a point of the dialogue and what happens there:

    at    connect, ehlo, starttls, auth, mail, rcpt, data, body, dot, taken, sent
          (body: amid the text; dot: all came, nothing noted; taken: noted, not answered)
    do    answer (says `text`), cut, silent, hold, wait (`seconds`), drip (one byte a
          second of the answer), garbage
    to    a pattern for the recipient; without one, everybody
    times how often; without it, always
"""

import asyncio
import hashlib
import json
import os
import re
import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

# What a mail is about, as far as the sink can see: the regions that its text links to.
MARK = re.compile(r"/regions/([A-Z0-9-]+)/call/")


class Cut(Exception):  # noqa: N818 - an order, not an error
    """The connection ends here."""


@dataclass
class Rule:
    at: str
    do: str
    text: str = ""
    to: str = ""
    times: int | None = None
    seconds: float = 0.0

    def fits(self, point: str, recipient: str) -> bool:
        if self.at != point or self.times == 0:
            return False
        return not self.to or re.search(self.to, recipient) is not None


@dataclass
class Hold:
    """What all that are held at a time wait for."""

    is_over: bool = False
    is_cut: bool = False


class Account:
    """The file of events; a line is on the disk when `note` returns."""

    def __init__(self, path: Path) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)

    def note(self, event: str, **facts: Any) -> None:
        line = json.dumps({"event": event, "at": time.time(), **facts})
        os.write(self._file, line.encode() + b"\n")
        os.fsync(self._file)


def facts_of(raw: bytes) -> dict[str, Any]:
    """What is kept of a message."""
    message = cast(EmailMessage, message_from_bytes(raw, policy=policy.default))
    text = message.get_body(("plain",))
    head, _, body = raw.partition(b"\r\n\r\n")
    return {
        "message_id": str(message["Message-ID"] or ""),
        "date": str(message["Date"] or ""),
        "subject": str(message["Subject"] or ""),
        "body": hashlib.sha256(body).hexdigest(),
        "head": hashlib.sha256(head).hexdigest(),
        "size": len(raw),
        "marks": sorted(set(MARK.findall(text.get_content() if text else ""))),
    }


class Sink:
    def __init__(self, folder: Path, port: int) -> None:
        self.account = Account(folder / "sink.jsonl")
        self.port = port
        self.rules: list[Rule] = []
        self.held = Hold()
        self._door: asyncio.Server | None = None

    async def listen(self, *, wanted: bool) -> None:
        """Open or close the door; a closed one refuses connections."""
        if wanted and self._door is None:
            self._door = await asyncio.start_server(
                self._serve, "127.0.0.1", self.port, limit=2**22
            )
        elif not wanted and self._door is not None:
            self._door.close()
            self._door = None

    def rule(self, point: str, recipient: str) -> Rule | None:
        for rule in self.rules:
            if rule.fits(point, recipient):
                if rule.times is not None:
                    rule.times -= 1
                return rule
        return None

    async def _serve(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        talk = Talk(self, reader, writer)
        self.account.note("connect", peer=talk.peer)
        try:
            await talk.run()
        except (Cut, OSError, asyncio.IncompleteReadError):
            pass
        finally:
            self.account.note("closed", peer=talk.peer)
            writer.transport.abort() if talk.is_cut else writer.close()

    async def command(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        """One order on the control port."""
        order = json.loads(await reader.readline())
        if "rules" in order:
            self.rules = [Rule(**rule) for rule in order["rules"]]
        if "listen" in order:
            await self.listen(wanted=order["listen"])
        if order.get("release") or order.get("cut"):
            held, self.held = self.held, Hold()
            held.is_cut = bool(order.get("cut"))
            held.is_over = True
        writer.write(b"{}\n")
        await writer.drain()
        writer.close()


class Talk:
    """One connection."""

    def __init__(
        self, sink: Sink, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.sink, self.reader, self.writer = sink, reader, writer
        self.peer = writer.get_extra_info("peername")[1]
        self.sender, self.recipient = "", ""
        self.is_cut = False

    async def run(self) -> None:
        await self.say("connect", "220 sink")
        while line := (await self.reader.readline()).decode(errors="replace").strip():
            verb, _, rest = line.partition(" ")
            handler = getattr(self, f"on_{verb.lower()}", None)
            if handler is None:
                await self._write("500 what?")
            elif await handler(rest):
                return

    # --- Commands: each returns whether the talk is over -----------------------------

    async def on_ehlo(self, _rest: str) -> bool:
        return await self.say(
            "ehlo", "250-sink\r\n250-STARTTLS\r\n250 AUTH PLAIN LOGIN"
        )

    on_helo = on_ehlo

    async def on_starttls(self, _rest: str) -> bool:
        return await self.say("starttls", "454 no certificate here")

    async def on_auth(self, _rest: str) -> bool:
        return await self.say("auth", "235 welcome")

    async def on_mail(self, rest: str) -> bool:
        self.sender, self.recipient = _address(rest), ""
        return await self.say("mail", "250 OK")

    async def on_rcpt(self, rest: str) -> bool:
        self.recipient = _address(rest)
        return await self.say("rcpt", "250 OK")

    async def on_data(self, _rest: str) -> bool:
        answer = await self.meet("data", "354 go on")
        if not answer.startswith("354"):
            return answer.startswith("421")
        raw = await self._text()
        if refusal := await self.meet("dot"):
            return refusal.startswith("421")
        self.sink.account.note(
            "accepted", peer=self.peer, to=self.recipient, **facts_of(raw)
        )
        over = await self.say("taken", "250 taken")
        await self.meet("sent")
        return over

    async def on_rset(self, _rest: str) -> bool:
        return await self.say("rset", "250 OK")

    async def on_noop(self, _rest: str) -> bool:
        return await self.say("noop", "250 OK")

    async def on_quit(self, _rest: str) -> bool:
        await self._write("221 bye")
        return True

    async def _text(self) -> bytes:
        """What comes up to the final dot, unless a rule cuts it."""
        if self.sink.rule("body", self.recipient):
            await self.reader.read(100)
            self.sink.account.note("cut", point="body", to=self.recipient)
            await self._do_cut("body", Rule("body", "cut"))
        ended = await self.reader.readuntil(b"\r\n.\r\n")
        return ended[:-3].replace(b"\r\n..", b"\r\n.")

    # --- What happens at a point -----------------------------------------------------

    async def say(self, point: str, usual: str) -> bool:
        return (await self.meet(point, usual)).startswith("421")

    async def meet(self, point: str, usual: str = "") -> str:
        """Do what the rules want at this point, or answer as usual; gives the answer."""
        answer, pause = usual, 0
        if rule := self.sink.rule(point, self.recipient):
            self.sink.account.note(
                rule.do, point=point, peer=self.peer, to=self.recipient, text=rule.text
            )
            answer = await getattr(self, f"_do_{rule.do}")(point, rule) or usual
            pause = rule.do == "drip"
        if answer:
            await self._write(answer, pause)
        return answer

    async def _do_answer(self, _point: str, rule: Rule) -> str:
        return rule.text

    _do_drip = _do_answer

    async def _do_wait(self, _point: str, rule: Rule) -> None:
        await asyncio.sleep(rule.seconds)

    async def _do_hold(self, _point: str, _rule: Rule) -> None:
        """Until released, or until the other side is gone."""
        held = self.sink.held
        while not held.is_over:
            if self.reader.at_eof():
                raise Cut
            await asyncio.sleep(0.02)
        if held.is_cut:
            await self._do_cut("hold", _rule)

    async def _do_cut(self, point: str, _rule: Rule) -> None:
        self.sink.account.note("cut off", point=point, peer=self.peer)
        self.is_cut = True
        raise Cut

    async def _do_silent(self, _point: str, _rule: Rule) -> None:
        while await self.reader.read(65536):
            pass
        raise Cut

    async def _do_garbage(self, _point: str, _rule: Rule) -> None:
        await self._write("220 go ahead")
        await self._write("this is no handshake " * 20)
        raise Cut

    async def _write(self, text: str, pause: float = 0) -> None:
        data = text.encode() + b"\r\n"
        for part in (data[i : i + 1] for i in range(len(data))) if pause else [data]:
            self.writer.write(part)
            await self.writer.drain()
            await asyncio.sleep(pause)


def _address(rest: str) -> str:
    found = re.search(r"<([^>]*)>", rest)
    return found.group(1) if found else rest


async def main(folder: Path, smtp_port: int, control_port: int) -> None:
    sink = Sink(folder, smtp_port)
    await sink.listen(wanted=True)
    control = await asyncio.start_server(sink.command, "127.0.0.1", control_port)
    await control.serve_forever()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        asyncio.run(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])))
