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


@dataclass
class Found:
    """All of a run."""

    mails: int
    version: str
    on_date: str
    cores: int
    speeds: list[Speed] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
