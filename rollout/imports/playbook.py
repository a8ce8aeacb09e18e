"""The steps that milestones, playbook and cut-over list describe, each in its procedure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pilots.enums import OffsetUnit, StepRole, TaskKind

from .entries import Entry

MILESTONES, CUT_OVER = "Programme milestones", "Cut-over"
MILESTONE = "milestone"
# In the cut-over list, who belongs to headquarters; everybody else is of the region.
CENTRAL = "rollout team"
KICK_OFF_TITLES = ("Kick-off", "启动会")


@dataclass(frozen=True)
class StepEntry:
    """A row that becomes a step. `responsible` is what owners.csv is compared with."""

    entry: Entry
    title_column: str
    procedure: str
    title: str
    responsible: str
    details: Mapping[str, Any]

    @property
    def offset_days(self) -> int:
        days: int = self.entry["offset_days"]
        return days

    @property
    def offset_unit(self) -> str:
        return str(self.entry["offset_unit"])

    @property
    def needs_region(self) -> bool:
        return bool(self.entry["needs_region"])

    @property
    def about_day(self) -> float:
        """In days of the calendar, near enough to sort by."""
        is_day = self.offset_unit == OffsetUnit.DAY
        return self.offset_days if is_day else self.offset_days * 7 / 5

    @property
    def key(self) -> tuple[str, str]:
        return self.procedure, self.title


def steps_of(entries: Mapping[str, Sequence[Entry]]) -> list[StepEntry]:
    """All steps, in the order of their files. Rows at fault come too, with None in them."""
    return [
        *map(_milestone, entries.get("phases", ())),
        *map(_task, entries.get("playbook_tasks", ())),
        *map(_cut_over, entries.get("cutover_tasks", ())),
    ]


def by_day(steps: Sequence[StepEntry]) -> list[StepEntry]:
    """Procedure by procedure, and in each by day: as a reader expects them, whatever the
    order of the files."""
    places = {name: place for place, name in enumerate(procedures_of(steps))}
    return sorted(steps, key=lambda step: (places[step.procedure], step.about_day))


def kick_off_step(steps: Sequence[StepEntry]) -> StepEntry | None:
    """The step that is the kick-off: it tells how long before go-live a region begins."""
    return next((step for step in steps if step.title in KICK_OFF_TITLES), None)


def procedures_of(steps: Sequence[StepEntry]) -> Iterator[str]:
    """Their names, each once, in order."""
    yield from dict.fromkeys(step.procedure for step in steps)


def _milestone(entry: Entry) -> StepEntry:
    return StepEntry(
        entry,
        "milestone",
        MILESTONES,
        entry["milestone"],
        responsible=MILESTONE,
        details={
            "kind": TaskKind.MILESTONE.value,
            "role": StepRole.SHARED.value,
            "function": "",
        },
    )


def _task(entry: Entry) -> StepEntry:
    return StepEntry(
        entry,
        "task",
        entry["activity"],
        entry["task"],
        responsible=entry["responsible"],
        details={
            "kind": entry["kind"],
            "role": entry["responsible"],
            "function": entry["function"],
            "note": entry["note"],
        },
    )


def _cut_over(entry: Entry) -> StepEntry:
    owner = entry["owner_role"]
    return StepEntry(
        entry,
        "task",
        CUT_OVER,
        entry["task"],
        responsible=owner,
        details={
            "kind": entry["kind"],
            "role": (StepRole.CENTRE if owner == CENTRAL else StepRole.REGION).value,
            "function": owner,
            "note": entry["note"],
        },
    )
