"""People who report on tasks over HTTP, as a browser with htmx does it."""

import re
import time
from concurrent.futures import ThreadPoolExecutor
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
    """One browser; its connection stays open."""

    def __init__(self, number: int, port: int, session: str) -> None:
        self.number = number
        self.told = Told()
        self._session = session
        self._cookie = f"sessionid={session}"
        self._http = HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)

    def work(self, tasks: list[int], updates: int) -> Told:
        """So many updates that are acknowledged, each task in turn."""
        for nth in range(updates):
            task = tasks[(self.number + nth) % len(tasks)]
            self._update(task, f"{self.number}-{nth}")
            if self.told.errors:
                break
        self._http.close()
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
        self._http.request(method, path, urlencode(fields or {}), headers)
        answer = self._http.getresponse()
        text = answer.read().decode()
        for name, value in answer.getheaders():
            if name == "Set-Cookie" and value.startswith("csrftoken="):
                token = value.partition(";")[0]
                self._cookie = f"sessionid={self._session}; {token}"
        if answer.status != 200:
            self.told.errors.append(f"{method} {path}: {answer.status}")
        return text


def crowd(port: int, sessions: list[str], tasks: list[int], updates: int) -> Told:
    """All clients at once, `updates` in all."""
    each = updates // len(sessions)
    clients = [Client(nth, port, session) for nth, session in enumerate(sessions)]
    told = Told()
    with ThreadPoolExecutor(len(clients)) as hands:
        for one in hands.map(lambda client: client.work(tasks, each), clients):
            told.acknowledged += one.acknowledged
            told.refused += one.refused
            told.errors += one.errors
            told.seconds += one.seconds
    return told
