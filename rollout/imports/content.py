"""What the files of a programme say, typed, and what their rows may refer to besides."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from zoneinfo import ZoneInfo

from .columns import CEO
from .dates import Shift
from .entries import Entry
from .playbook import StepEntry, kick_off_step


@dataclass(frozen=True)
class Content:
    """One programme, ready to be loaded once it was checked."""

    code: str
    name: str
    time_zone: str
    shift: Shift
    entries: dict[str, list[Entry]]
    steps: list[StepEntry]

    def of(self, kind: str) -> list[Entry]:
        return self.entries.get(kind, [])

    @cached_property
    def kick_off(self) -> StepEntry | None:
        return kick_off_step(self.steps)

    @cached_property
    def region_codes(self) -> frozenset[str]:
        return filled(entry["code"] for entry in self.of("regions"))

    @cached_property
    def ceos(self) -> dict[str, Entry]:
        """The person at the head of each region, by the region's code."""
        return {
            code: entry
            for entry in reversed(self.of("people"))
            if entry["role"] == CEO
            for code in entry["regions"] or ()
        }

    def zone_name_of(self, region: Entry) -> str:
        return region["time_zone"] or self.time_zone

    def zone_of(self, region: Entry) -> ZoneInfo:
        return ZoneInfo(self.zone_name_of(region))


@dataclass(frozen=True)
class Known:
    """What the database holds already and rows may refer to."""

    emails: frozenset[str]
    regions_with_ceo: frozenset[str]


def filled(values: Iterable[str | None]) -> frozenset[str]:
    """Without empty cells and those at fault."""
    return frozenset(value for value in values if value)
