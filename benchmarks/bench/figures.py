"""What was measured."""

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Speed:
    """What one sender did on one store."""

    sender: str
    store: str
    mails: int
    seconds: float

    @property
    def per_second(self) -> float:
        return self.mails / self.seconds


@dataclass(frozen=True)
class Size:
    """What so many duties at once took on one store."""

    store: str
    duties: int
    plan_seconds: float
    plan_mb: float
    # Of the first batches: mails and statements.
    batches: Sequence[tuple[int, int]]
    sent: int
    worker_mb: float


@dataclass(frozen=True)
class Taps:
    """Done on My tasks, beside a bare Django POST; medians, of somebody with many tasks."""

    store: str
    tasks: int
    bare_ms: float
    tap_ms: float
    tap_statements: int
    page_statements: int


@dataclass
class Found:
    """All of a run."""

    mails: int
    version: str
    on_date: str
    cores: int
    speeds: list[Speed] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    taps: list[Taps] = field(default_factory=list)
