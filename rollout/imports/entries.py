"""The text of a table as entries of typed values, and every cell that does not fit."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.sheets import Row, Table

from .columns import KINDS, Column, Value
from .faults import Fault
from .values import Refused

# Invisible, never meant, and one of them (NUL) is refused by PostgreSQL.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


@dataclass(frozen=True)
class Entry:
    """One row as values by column. A cell at fault counts as None, so that its row can
    still be referred to and one slip is named once."""

    table: Table
    row: int
    values: Mapping[str, Value]

    def __getitem__(self, column: str) -> Value:
        return self.values[column]

    def fault(self, column: str, message: str, allowed: tuple[str, ...] = ()) -> Fault:
        return fault_in(self.table, message, self.row, column, allowed)


def fault_in(
    table: Table,
    message: str,
    row: int | None = None,
    column: str = "",
    allowed: tuple[str, ...] = (),
) -> Fault:
    return Fault(table.file, message, table.sheet, row, column, allowed)


def parse_table(kind: str, table: Table) -> tuple[list[Entry], list[Fault]]:
    """The rows of a table as entries, and every cell that does not fit."""
    places = {name.lower(): place for place, name in enumerate(table.header)}
    missing = [
        fault_in(
            table,
            _("This column is missing."),
            table.header_row,
            column.name,
            column.allowed,
        )
        for column in KINDS[kind]
        if column.required and column.name not in places
    ]
    if missing:
        return [], missing
    entries, faults = [], []
    for row in table.rows:
        entry, wrong = _parse_row(kind, table, row, places)
        entries.append(entry)
        faults += _surplus(table, row) or wrong
    return entries, faults


def _parse_row(
    kind: str, table: Table, row: Row, places: Mapping[str, int]
) -> tuple[Entry, list[Fault]]:
    parsed: dict[str, Value] = {}
    entry = Entry(table, row.number, parsed)
    faults = []
    for column in KINDS[kind]:
        place = places.get(column.name)
        raw = "" if place is None else row.cells[place].strip()
        parsed[column.name], wrong = _value(entry, column, raw)
        faults += wrong
    return entry, faults


def _value(entry: Entry, column: Column, raw: str) -> tuple[Value, list[Fault]]:
    if not raw:
        if not column.required:
            return column.default, []
        return None, [
            entry.fault(column.name, _("This cell is empty."), column.allowed)
        ]
    if _CONTROL.search(raw):
        return None, [
            entry.fault(column.name, _("The text holds a control character."))
        ]
    try:
        return column.parse(raw), []
    except Refused as refusal:
        return None, [entry.fault(column.name, str(refusal), column.allowed)]


def _surplus(table: Table, row: Row) -> list[Fault]:
    """A text with a comma that lacks its quotation marks pushes the rest of the row aside,
    so no other fault of that row means anything."""
    if len(row.cells) <= len(table.header):
        return []
    message = _(
        "This row has %(n)d cells, the header %(most)d. Put texts with commas in quotes."
    )
    numbers = {"n": len(row.cells), "most": len(table.header)}
    return [fault_in(table, message % numbers, row.number)]


def unknown_columns(kind: str, table: Table) -> list[str]:
    known = {column.name for column in KINDS[kind]}
    return [name for name in table.header if name.lower() not in known]
