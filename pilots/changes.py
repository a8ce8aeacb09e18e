"""What one version of a procedure says otherwise than another, step by step, field by field."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from pilots.models import Step

# What a step says, in the order in which it is told. What comes before it is told last.
FIELDS = (
    "title", "kind", "role", "function", "offset_days", "offset_unit", "needs_region",
    "effort_hours", "helper_ready", "needs_confirmation", "note", "how_to",
)  # fmt: skip
BEFORE = "predecessors"


@dataclass(frozen=True)
class FieldChange:
    """One field that differs; of `predecessors` the keys of the steps."""

    field: str
    before: Any
    after: Any


@dataclass(frozen=True)
class StepChange:
    """One step in two versions; new without a `before`, given up without an `after`."""

    before: Step | None
    after: Step | None
    fields: tuple[FieldChange, ...] = ()

    @property
    def step(self) -> Step:
        """As it stands now, else as it last stood."""
        step = self.after or self.before
        assert step is not None, "a change is of some step"  # noqa: S101
        return step

    @property
    def is_new(self) -> bool:
        return self.before is None

    @property
    def is_gone(self) -> bool:
        return self.after is None


def changes_between(before: Iterable[Step], after: Iterable[Step]) -> list[StepChange]:
    """Only what differs: in the order of the later version, then what it gave up.

    Steps are the same where their keys are. The steps need `predecessors` fetched.
    """
    old = {step.key: step for step in before}
    new = {step.key: step for step in after}
    found = []
    for key, step in new.items():
        former = old.get(key)
        fields = () if former is None else _fields(former, step)
        if former is None or fields:
            found.append(StepChange(former, step, fields))
    return found + [StepChange(old[key], None) for key in old if key not in new]


def _fields(former: Step, step: Step) -> tuple[FieldChange, ...]:
    read: dict[str, Callable[[Step], Any]] = {
        name: _reader(name) for name in FIELDS
    } | {BEFORE: keys_before}
    return tuple(
        FieldChange(name, of(former), of(step))
        for name, of in read.items()
        if of(former) != of(step)
    )


def _reader(name: str) -> Callable[[Step], Any]:
    return lambda step: getattr(step, name)


def keys_before(step: Step) -> frozenset[UUID]:
    """Of the steps that come before one."""
    return frozenset(one.key for one in step.predecessors.all())
