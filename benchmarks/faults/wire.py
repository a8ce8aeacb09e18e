"""The harness's end of the sink: starts it, tells it how to misbehave, reads its lines."""

import json
import socket
import sys
from pathlib import Path
from typing import Any

from tests.services.processes import free_port

from .parts import Part, base_environment, wait_for

SINK = Path(__file__).with_name("sink.py")


class Wire:
    """The mail server of a stand."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self.port, self._control = free_port(), free_port()
        self._account = folder / "sink.jsonl"
        self._read, self._lines = 0, list[dict[str, Any]]()
        self.part = Part(
            "sink",
            (sys.executable, SINK, folder, str(self.port), str(self._control)),
            base_environment() | environment,
            folder,
        )

    def start(self) -> None:
        self.part.start()
        wait_for(self._answers, "the sink")

    def _answers(self) -> bool:
        try:
            self._order()
        except OSError:
            return False
        return True

    # --- What it does ----------------------------------------------------------------

    def will(self, *rules: dict[str, Any]) -> None:
        """From now on these rules and no others."""
        self._order(rules=list(rules))

    def refuse(self) -> None:
        self._order(listen=False)

    def listen(self) -> None:
        self._order(listen=True)

    def release(self) -> None:
        self._order(release=True)

    def cut(self) -> None:
        """End the connections that are held."""
        self._order(cut=True)

    def _order(self, **order: Any) -> None:
        with socket.create_connection(("127.0.0.1", self._control), 10) as control:
            control.sendall(json.dumps(order).encode() + b"\n")
            control.recv(16)

    # --- What it saw -----------------------------------------------------------------

    def lines(self) -> list[dict[str, Any]]:
        """All events so far."""
        if self._account.exists():
            with self._account.open("rb") as account:
                account.seek(self._read)
                for line in account:
                    if not line.endswith(b"\n"):
                        break
                    self._read += len(line)
                    self._lines.append(json.loads(line))
        return self._lines

    def accepted(self) -> list[dict[str, Any]]:
        return [line for line in self.lines() if line["event"] == "accepted"]

    def count(self, event: str, point: str = "") -> int:
        return sum(
            line["event"] == event and line.get("point", "") == point
            for line in self.lines()
        )
