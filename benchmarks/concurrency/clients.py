"""People who report on tasks over HTTP, as a browser with htmx does it."""

import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from http.client import HTTPConnection
from urllib.parse import urlencode

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w+)"')
VERSION = re.compile(r'name="version" value="(\d+)"')
SAID = re.compile(r'<p id="status"[^>]*hx-swap-oob[^>]*>([^<]*)</p>')
ACKNOWLEDGED = "Blocked: "
PATIENCE_SECONDS = 60
TRIES = 300


@dataclass(frozen=True)
class Update:
    """One that was acknowledged: the note it left, on the version that its author saw."""

    task: int
    version: int
    note: str


@dataclass
class Told:
    """What all clients were told."""

    acknowledged: list[Update] = field(default_factory=list)
    refused: int = 0
    errors: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


class Client:
    """One browser. Each request has a connection of its own: one that the server closes
    while it is idle would leave open whether the last request was done.
    """

    def __init__(self, number: int, port: int, session: str) -> None:
        self.number = number
        self.told = Told()
        self._session = session
        self._cookie = f"sessionid={session}"
        self._port = port

    def work(self, tasks: list[int], updates: int) -> Told:
        """So many updates that are acknowledged, each task in turn."""
        for nth in range(updates):
            task = tasks[(self.number + nth) % len(tasks)]
            self._update(task, f"{self.number}-{nth}")
            if self.told.errors:
                break
        return self.told

    def _update(self, task: int, note: str) -> None:
        """Until it is acknowledged; a refusal brings the row as it is now."""
        page = self._ask("GET", f"/tasks/{task}/")
        self._token = TOKEN.findall(page)[0]
        version = int(VERSION.findall(page)[0])
        for _try in range(TRIES):
            fields = {"reason": "data", "note": note, "version": str(version)}
            begun = time.monotonic()
            answer = self._ask("POST", f"/tasks/{task}/block/", fields)
            self.told.seconds.append(time.monotonic() - begun)
            said = SAID.findall(answer)
            if said and said[0].startswith(ACKNOWLEDGED):
                self.told.acknowledged.append(Update(task, version, note))
                return
            self.told.refused += 1
            if self.told.errors:
                return
            version = int(VERSION.findall(answer)[0])
        self.told.errors.append(f"task {task}: refused {TRIES} times")

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> str:
        headers = {"Cookie": self._cookie, "Accept-Language": "en"}
        if fields is not None:
            headers |= {
                "Content-Type": "application/x-www-form-urlencoded",
                "HX-Request": "true",
                "X-CSRFToken": self._token,
            }
        http = HTTPConnection("127.0.0.1", self._port, timeout=PATIENCE_SECONDS)
        with closing(http):
            http.request(method, path, urlencode(fields or {}), headers)
            answer = http.getresponse()
            text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie" and value.startswith("csrftoken="):
                token = value.partition(";")[0]
                self._cookie = f"sessionid={self._session}; {token}"
        if answer.status != 200:
            self.told.errors.append(f"{method} {path}: {answer.status}")
        return text


Work = Callable[[int], Told]


def crowd(port: int, sessions: list[str], tasks: list[int], updates: int) -> Told:
    """All clients at once, `updates` in all, over HTTP."""
    each = updates // len(sessions)

    def work(nth: int) -> Told:
        return Client(nth, port, sessions[nth]).work(tasks, each)

    return at_once(work, len(sessions))


def at_once(work: Work, clients: int) -> Told:
    told = Told()
    with ThreadPoolExecutor(clients) as hands:
        for one in hands.map(work, range(clients)):
            told.acknowledged += one.acknowledged
            told.refused += one.refused
            told.errors += one.errors
            told.seconds += one.seconds
    return told
