"""What a run did wrong, judged from outside: from what was due and what the sink took.

Knows nothing of the product: no model, no rule of it, only addresses, marks (what a mail
is about), Message-IDs, dates and bytes.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from .bounds import percentile, upper_bound

Line = Mapping[str, Any]
SHOWN = 5


@dataclass(frozen=True)
class Due:
    """Somebody has to be told something from a moment on, unless it was settled before.

    `due_at`: none when nobody asks how late the mail was. `settled_at`: from then on a mail about it would be wrong; none is owed any more.
    """

    to: str
    mark: str
    due_at: float | None
    settled_at: float | None = None


@dataclass
class Verdict:
    """Counts of one run. Each fault stands in `shown` in words, the first few of a kind."""

    due: int = 0
    messages: int = 0
    lost: int = 0
    repeated: int = 0
    visible: int = 0
    wrong: int = 0
    late: list[float] = field(default_factory=list)
    shown: list[str] = field(default_factory=list)

    @property
    def p99(self) -> float | None:
        return percentile(self.late, 0.99)

    @property
    def bound(self) -> float:
        """95 % upper bound of the share of duties that were lost, told twice or wrongly."""
        return upper_bound(self.lost + self.visible + self.wrong, self.due)

    def add(self, other: "Verdict") -> None:
        for name in ("due", "messages", "lost", "repeated", "visible", "wrong"):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.late += other.late
        self.shown += other.shown

    def blame(self, kind: str, number: int, words: str) -> None:
        setattr(self, kind, getattr(self, kind) + number)
        if sum(line.startswith(kind) for line in self.shown) < SHOWN:
            self.shown.append(f"{kind}: {words}")


def judge(due: Sequence[Due], lines: Iterable[Line]) -> Verdict:
    """The verdict on what was due, from the lines of the sink."""
    taken = [line for line in lines if line["event"] == "accepted"]
    verdict = Verdict(due=len(due))
    _repeats(taken, verdict)
    _mixtures(taken, verdict)
    _strays(due, taken, verdict)
    _duties(due, taken, verdict)
    return verdict


def identity(line: Line) -> tuple[str, str]:
    """What a mail server may drop a repeat by."""
    return line["message_id"], line["date"]


def _repeats(taken: Sequence[Line], verdict: Verdict) -> None:
    """The same message more than once on the wire: same Message-ID, Date and body."""
    copies = Counter((*identity(line), line["body"]) for line in taken)
    verdict.messages = len(copies)
    for (message_id, *_), count in copies.items():
        if count > 1:
            verdict.blame("repeated", count - 1, f"{message_id} came {count} times")


def _mixtures(taken: Sequence[Line], verdict: Verdict) -> None:
    """A Message-ID that stands for more than one text, date, head or person."""
    faces: dict[str, set[tuple[str, ...]]] = defaultdict(set)
    for line in taken:
        if not line["message_id"]:
            verdict.blame("wrong", 1, f"a mail to {line['to']} has no Message-ID")
        faces[line["message_id"]].add(
            (line["to"], line["date"], line["head"], line["body"])
        )
    for message_id, found in faces.items():
        if len(found) > 1:
            words = f"{message_id} stands for {len(found)} different mails"
            verdict.blame("wrong", len(found) - 1, words)


def _strays(due: Sequence[Due], taken: Sequence[Line], verdict: Verdict) -> None:
    """Told to somebody who need not know, before it was due, or about nothing."""
    known = {(one.to, one.mark): one for one in due}
    for line in taken:
        if not line["marks"]:
            verdict.blame("wrong", 1, f"a mail to {line['to']} is about nothing")
        for mark in line["marks"]:
            one = known.get((line["to"], mark))
            if one is None:
                verdict.blame("wrong", 1, f"{line['to']} was told of {mark}")
            elif one.settled_at is not None and line["at"] > one.settled_at:
                words = f"{line['to']} was told of {mark} although it was settled"
                verdict.blame("wrong", 1, words)


def _duties(due: Sequence[Due], taken: Sequence[Line], verdict: Verdict) -> None:
    """Each duty: told, told once after dedupe, and how late."""
    told: dict[tuple[str, str], list[Line]] = defaultdict(list)
    for line in taken:
        for mark in line["marks"]:
            told[line["to"], mark].append(line)
    for one in due:
        mails = told.get((one.to, one.mark), [])
        if not mails:
            if one.settled_at is None:
                verdict.blame("lost", 1, f"{one.to} was not told of {one.mark}")
            continue
        if one.due_at is not None:
            verdict.late.append(min(line["at"] for line in mails) - one.due_at)
        messages = len({identity(line) for line in mails})
        if messages > 1:
            words = f"{one.to} was told of {one.mark} in {messages} messages"
            verdict.blame("visible", messages - 1, words)


def check_ledger(
    rows: Iterable[tuple[str, str]], lines: Iterable[Line], verdict: Verdict
) -> None:
    """The product's own account (Message-ID, state) against the wire.

    The state is "sent", "perhaps" for what may have arrived, or anything else.
    """
    taken = {line["message_id"] for line in lines if line["event"] == "accepted"}
    state = {message_id: state for message_id, state in rows if message_id}
    for message_id in sorted(taken - {""}):
        if state.get(message_id) not in ("sent", "perhaps"):
            words = f"{message_id} was taken, the ledger says {state.get(message_id)}"
            verdict.blame("wrong", 1, words)
    for message_id, said in state.items():
        if said == "sent" and message_id not in taken:
            verdict.blame("wrong", 1, f"{message_id} is sent by the ledger alone")


def connections_in_a_minute(lines: Iterable[Line]) -> int:
    """The most connections that were opened within any sixty seconds."""
    moments = sorted(line["at"] for line in lines if line["event"] == "connect")
    most, first = 0, 0
    for last, moment in enumerate(moments):
        while moment - moments[first] >= 60:
            first += 1
        most = max(most, last - first + 1)
    return most
