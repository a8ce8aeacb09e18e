"""What a load does with rows: new ones are written, those that are there stay as they are."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from regions import history
from regions.history import Act
from regions.models import Versioned

Row = TypeVar("Row", bound=Versioned)
Key = TypeVar("Key")


@dataclass
class Count:
    """Rows of one kind: written, found equal, and found to differ and therefore kept."""

    kind: str
    new: int = 0
    same: int = 0
    kept: int = 0


@dataclass
class Ledger:
    """Writes the rows of one load and counts them."""

    act: Act
    counts: dict[str, Count] = field(default_factory=dict)

    def count(self, kind: str) -> Count:
        return self.counts.setdefault(kind, Count(kind))

    def take(
        self,
        kind: str,
        drafts: Mapping[Key, Row],
        known: Mapping[Key, Row],
        fields: Iterable[str],
    ) -> dict[Key, Row]:
        """The stored row of every key: the one that is known, else the draft, now saved.

        People may have changed a known row since, so one that differs from its draft in
        `fields` is kept and only counted.
        """
        fields = tuple(fields)
        new = {key: draft for key, draft in drafts.items() if key not in known}
        history.create_all(new.values(), self.act)
        self.count(kind).new += len(new)
        for key in drafts.keys() - new.keys():
            self.compare(kind, drafts[key], known[key], fields)
        return {key: known.get(key, draft) for key, draft in drafts.items()}

    def compare(self, kind: str, draft: Row, row: Row, fields: Iterable[str]) -> None:
        count = self.count(kind)
        if all(getattr(draft, name) == getattr(row, name) for name in fields):
            count.same += 1
        else:
            count.kept += 1
