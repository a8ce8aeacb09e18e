"""What each answer of a mail server leads to: attempts, copies, and what becomes of it.

Some people's mails meet the answer, others' are taken as ever beside them. Pauses are
stepped over; time-outs of connections pass `HURRY` times as fast.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from benchmarks.faults.bench import Bench, Control, Measured, Scenario
from benchmarks.faults.oracle import Due
from benchmarks.faults.stand import Stand

HURRY = 40.0
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0
LONGEST_PAUSE = 20 * MINUTE
MOMENT_SECONDS = 0.7
OTHERS = 2
MOST_TICKS = 120
ROWS = """SELECT u.email, m.state, m.attempts, m.id FROM rollout_mail m
JOIN regions_user u ON u.id = m.recipient_id ORDER BY m.id"""


@dataclass(frozen=True)
class Answer:
    """One row of the table of answers."""

    name: str
    point: str
    do: str
    text: str = ""
    # The server mends after so many attempts of each mail; none: it never does.
    mends_after: int | None = None
    # How many attempts each mail gets if it never mends, and what it ends as.
    attempts: int = 0
    ends: str = "sent"
    # Copies on the wire beside the one that is due.
    copies: int = 0
    # The pauses after the first attempts, in seconds.
    pauses: tuple[float, ...] = ()

    @property
    def hits_everybody(self) -> bool:
        return self.point == "connect"

    def rule(self, people: Sequence[Due]) -> dict[str, Any]:
        to = "" if self.hits_everybody else "|".join(f"^{one.to}$" for one in people)
        return {"at": self.point, "do": self.do, "text": self.text, "to": to}


def said(point: str, code: int, **more: Any) -> Answer:
    return Answer(f"{code} at {point}", point, "answer", f"{code} sorry", **more)


DOUBLING = (30.0, 60.0, 120.0)
LATER = (5 * MINUTE, 15 * MINUTE, 60 * MINUTE)
FOR_A_WHILE = [
    said("rcpt", 450, mends_after=4, pauses=DOUBLING),
    said("dot", 451, mends_after=4, pauses=DOUBLING),
    said("rcpt", 452, mends_after=1),
    said("rcpt", 421, mends_after=2, pauses=DOUBLING[:1]),
    said("connect", 421, mends_after=0),
    Answer("refused", "connect", "refuse", mends_after=0),
    Answer("black hole", "connect", "silent", mends_after=0),
    Answer("silence at rcpt", "rcpt", "silent", mends_after=1),
    Answer("cut before the text", "data", "cut", mends_after=3, pauses=DOUBLING[:2]),
    Answer("cut amid the text", "body", "cut", mends_after=1),
]
UNCERTAIN = [
    Answer("cut, not taken", "dot", "cut", mends_after=2, pauses=LATER[:1]),
    Answer("cut, taken", "taken", "cut", mends_after=2, copies=2, pauses=LATER[:1]),
    Answer("time-out, taken", "taken", "silent", mends_after=1, copies=1),
    Answer(
        "always cut, taken",
        "taken",
        "cut",
        attempts=4,
        ends="failed",
        copies=3,
        pauses=LATER,
    ),
]
FOR_EVER = [
    said("rcpt", 550, attempts=1, ends="failed"),
    said("dot", 554, attempts=1, ends="failed"),
    said("dot", 552, attempts=3, ends="failed"),
]


class Case:
    """One answer, met by the mails of some people."""

    def __init__(self, stand: Stand, answer: Answer, measured: Measured) -> None:
        self.stand, self.answer, self.measured = stand, answer, measured
        self.people: list[Due] = []
        self.others: list[Due] = []

    def run(self, number: int) -> None:
        self._begin(number)
        for pause in self.answer.pauses:
            self._look_at_pause(pause)
        if self.answer.mends_after is None:
            self._let_it_end()
        else:
            self._mend()
        self._look_at_rows()

    def check(self, holds: object, words: str) -> None:
        self.measured.check(holds, f"{self.answer.name}: {words}")

    # --- Steps -----------------------------------------------------------------------

    def _begin(self, number: int) -> None:
        stand, answer = self.stand, self.answer
        coming = [Due(email, "", 0.0) for email in stand.people[:number]]
        if answer.do == "refuse":
            stand.wire.refuse()
        else:
            stand.wire.will(answer.rule(coming))
        self.people = stand.feed(number)
        self.others = stand.feed(OTHERS)
        if answer.hits_everybody:
            self._tick(10)
            return
        self._tick_until(lambda: min(self.attempts()) >= 1, "was not attempted")
        self._tick_until(self._others_told, "others were held up")

    def _look_at_pause(self, pause: float) -> None:
        """No attempt before half of the pause, the next one before it is twice as long."""
        before, begun = max(self.attempts()), self.stand.clock.now()
        self.stand.clock.step(pause * 0.4)
        self._tick(2)
        self.check(max(self.attempts()) == before, f"again within {pause * 0.4:.0f} s")
        while min(self.attempts()) <= before and self._passed(begun) < 2 * pause + 30:
            self.stand.clock.step(pause * 0.2)
            self._tick(2)
        passed = self._passed(begun)
        self.check(min(self.attempts()) > before, f"not again within {passed:.0f} s")

    def _mend(self) -> None:
        self.stand.wire.will()
        self.stand.wire.listen()
        for _number in range(6):
            self.stand.clock.step(LONGEST_PAUSE / 2)
            self._tick(3)
            if self._all_told() and self._ends() == {self.answer.ends}:
                break
        self.check(self._all_told(), "not told after it was mended")

    def _let_it_end(self) -> None:
        for _number in range(10):
            self.stand.clock.step(LONGEST_PAUSE)
            self._tick(2)
        seen = set(self.attempts())
        self.check(seen == {self.answer.attempts}, f"{sorted(seen)} attempts")
        self.stand.wire.will()
        if not self.answer.copies:  # refused for good: nobody is owed a mail
            for one in self.people:
                self.stand.settle(one, self.stand.clock.now())

    def _look_at_rows(self) -> None:
        ends = self._ends()
        self.check(ends == {self.answer.ends}, f"the ledger says {sorted(ends)}")

    def _ends(self) -> set[str]:
        """What the ledger says of the mails."""
        mine = {one.to for one in self.people}
        return {str(row[1]) for row in self.stand.store.rows(ROWS) if row[0] in mine}

    # --- What is seen ----------------------------------------------------------------

    def attempts(self) -> list[int]:
        """How often each of the mails met the answer."""
        met = [
            line["to"]
            for line in self.stand.wire.lines()
            if line["event"] == self.answer.do and line["point"] == self.answer.point
        ]
        return [met.count(one.to) for one in self.people]

    def _others_told(self) -> bool:
        return {(one.to, one.mark) for one in self.others} <= self.stand.told()

    def _all_told(self) -> bool:
        everybody = self.people + self.others
        return {(one.to, one.mark) for one in everybody} <= self.stand.told()

    def _passed(self, begun: float) -> float:
        return self.stand.clock.now() - begun

    def _tick(self, times: int) -> None:
        for _number in range(times):
            self.stand.order("tick")
            time.sleep(MOMENT_SECONDS)

    def _tick_until(self, look: Callable[[], bool], otherwise: str) -> None:
        for _number in range(MOST_TICKS):
            if look():
                return
            self._tick(1)
        self.check(holds=False, words=otherwise)


def answered(bench: Bench, number: int, *, answers: Sequence[Answer]) -> Measured:
    """Each answer in turn, met by the mails of so many people."""
    measured = Measured()
    if bench.tamper:  # one answer is enough to see that it is broken
        answers = answers[-1:]
    measured.repeats_allowed = number * sum(answer.copies for answer in answers)
    with bench.stand(clock="all", hurry=HURRY) as stand:
        stand.world(regions=5, people=(number + OTHERS) * len(answers))
        for part in stand.workers:
            part.start()
        for answer in answers:
            Case(stand, answer, measured).run(number)
            bench.say(f"{answer.name}: {measured.faults or 'as promised'}")
        stand.quiet(6)
        measured.add(stand)
    measured.verdict.late = []  # the clock was stepped
    return measured


def next_slot(bench: Bench, number: int) -> Measured:
    """Refused all day: the mail of the next slot takes over what is still to be told."""
    measured = Measured()
    with bench.stand(clock="all") as stand:
        stand.world(regions=5, people=number)
        stand.wire.will({"at": "rcpt", "do": "answer", "text": "450 sorry"})
        for part in stand.workers:
            part.start()
        case = Case(stand, said("rcpt", 450), measured)
        case.people = stand.feed(number)
        for _number in range(12):
            case._tick(3)
            stand.clock.step(2 * HOUR)
        stand.wire.will()
        for _number in range(4):
            case._tick(4)
            stand.clock.step(LONGEST_PAUSE)
        states = sorted(str(row[1]) for row in stand.store.rows(ROWS))
        expected = sorted(["superseded", "sent"] * number)
        measured.check(states == expected, f"the ledger says {states}")
        stand.quiet(6)
        measured.add(stand)
    measured.verdict.late = []
    return measured


SCENARIOS = [
    Scenario(
        "refused-for-a-while",
        "refused, black hole, 421, 450, 451, 452, cut before the dot",
        "0 lost, 0 repeated, pauses from 30 s doubling",
        partial(answered, answers=FOR_A_WHILE),
        5,
        Control("gives-up", 1, "lost"),
    ),
    Scenario(
        "next-slot",
        "450 until the next day",
        "superseded by the mail of the next slot, told once",
        next_slot,
        5,
        Control("gives-up", 2, "lost"),
    ),
    Scenario(
        "uncertain",
        "cut or time-out after the final dot",
        "again after 5, 15 and 60 min, the same bytes; then failed",
        partial(answered, answers=UNCERTAIN),
        5,
        Control("fresh-id", 1, "visible"),
    ),
    Scenario(
        "refused-for-ever",
        "550, 554, 552",
        "1 attempt (552: 3), then failed; others are not held up",
        partial(answered, answers=FOR_EVER),
        5,
        Control("never-gives-up", 1, "goal"),
    ),
]
