"""What a scenario works with, and what it hands back."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from .oracle import Verdict
from .stand import SetUp, Stand
from .stores import Store

NEVER = ("lost", "visible", "wrong")


@dataclass
class Measured:
    """The counts of one scenario on one store."""

    verdict: Verdict = field(default_factory=Verdict)
    kills: int = 0
    # How many repeats on the wire the goal allows: same Message-ID, Date and body.
    repeats_allowed: int = 0
    # Breaches of what the scenario promises besides the counts, in words.
    faults: list[str] = field(default_factory=list)
    # What else was measured, such as the seconds until all was told.
    facts: dict[str, float] = field(default_factory=dict)

    def check(self, holds: object, words: str) -> None:
        if not holds:
            self.faults.append(words)

    def worst(self, name: str, value: float) -> None:
        self.facts[name] = max(round(value, 1), self.facts.get(name, 0.0))

    def add(self, stand: Stand) -> None:
        """The verdict on a stand, beside those before it."""
        self.verdict.add(stand.verdict())

    @property
    def breaches(self) -> list[str]:
        """Everything that keeps this row from its goal."""
        counts = [
            f"{getattr(self.verdict, name)} {name}"
            for name in NEVER
            if getattr(self.verdict, name)
        ]
        if self.verdict.repeated > self.repeats_allowed:
            counts.append(
                f"{self.verdict.repeated} repeated on the wire, "
                f"{self.repeats_allowed} allowed"
            )
        return counts + self.faults


class Bench:
    """One store to run scenarios on, as it is or tampered with."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        say: Callable[[str], None],
        *,
        tamper: str = "",
        in_haste: bool = False,
    ) -> None:
        """In haste, clocks are stepped over what would have to be waited for."""
        self.folder, self.store, self.say, self.tamper = folder, store, say, tamper
        self.in_haste = in_haste or bool(tamper)
        self._number = 0

    @contextmanager
    def stand(
        self,
        *,
        workers: int = 2,
        hurry: float = 1,
        clock: str = "",
        email: str = SetUp.email,
        web: bool = False,
        planted: str = "",
        tampered: bool = True,
    ) -> Iterator[Stand]:
        """A fresh product, not started yet."""
        self._number += 1
        tamper = self.tamper if tampered else ""
        how = SetUp(workers, tamper, planted, hurry, clock, email, web)
        stand = Stand(self.folder / f"{self._number}", self.store, how)
        with stand.running():
            yield stand


@dataclass(frozen=True)
class Control:
    """A product that is broken on purpose: the scenario must see it.

    `measure` is the count that has to go red, or "goal" for the row's own promise.
    """

    tamper: str
    size: int
    measure: str

    def value(self, measured: Measured) -> int:
        if self.measure == "goal":
            return len(measured.faults)
        return int(getattr(measured.verdict, self.measure))


@dataclass(frozen=True)
class Scenario:
    name: str
    does: str
    goal: str
    run: Callable[[Bench, int], Measured]
    # How many kills, mails or rounds a full run takes; fewer are no proof.
    size: int
    control: Control
    stores: tuple[str, ...] = ("sqlite", "postgres")
    # Nothing else may run beside it, as it counts seconds.
    runs_alone: bool = False
