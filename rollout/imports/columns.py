"""Which columns each kind of table has, and what may stand in them.

`parse_table` turns the text of a table into entries of typed values, and names every
cell that does not fit.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings
from django.utils.translation import gettext as _

from pilots.enums import Area, Direction, FindingKind, OffsetUnit, StepRole, TaskKind
from regions.enums import (
    AskAnswer,
    AskKind,
    AskOf,
    AskState,
    Attitude,
    Channel,
    Felt,
    Outcome,
    Role,
)
from regions.sheets import Row, Table
from rollout.enums import (
    UNFINISHED,
    BlockReason,
    LessonAnswer,
    LessonOutcome,
    SkipReason,
)

from . import values
from .faults import Fault
from .values import Choice, Parser, Refused, YesNo

# Invisible, never meant, and one of them (NUL) is refused by PostgreSQL.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
CEO = "ceo"
ANY = "*"
# What a parser makes of a cell: the column says which type.
Value: TypeAlias = Any


@dataclass(frozen=True)
class Column:
    """A column by its name. What is not required may be empty or missing as a whole."""

    name: str
    parse: Parser
    required: bool = True
    default: Value = ""

    @property
    def allowed(self) -> tuple[str, ...]:
        return getattr(self.parse, "allowed", ())


def optional(name: str, parse: Parser, default: Value = "") -> Column:
    return Column(name, parse, required=False, default=default)


OFFSET = Column("offset_days", values.whole(-1500, 1500))
# In which days an offset is counted, and whether the region's days off move it.
COUNTING = (
    optional("offset_unit", Choice.of(OffsetUnit.values), OffsetUnit.DAY.value),
    optional("needs_region", YesNo(), default=False),
)
TITLE = values.text(150)
KIND = Column("kind", Choice.of(TaskKind.values))
NOTE = optional("note", values.text(300))
PLACE = (
    optional("country", values.country),
    optional("subdivision", values.subdivision),
)

KINDS: dict[str, tuple[Column, ...]] = {
    "programme": (
        Column("code", values.code),
        Column("name", values.text(100)),
        optional("sample_today", values.day, None),
        optional("time_zone", values.zone, "UTC"),
    ),
    "regions": (
        Column("code", values.code),
        Column("name", values.text(100)),
        Column("wave", values.text(60)),
        Column("planned_go_live", values.day),
        optional("actual_go_live", values.day, None),
        optional("pilot", YesNo(), default=False),
        optional("time_zone", values.zone),
        *PLACE,
    ),
    "phases": (Column("milestone", TITLE), OFFSET, *COUNTING),
    "playbook_tasks": (
        Column("activity", values.text(100)),
        Column("task", TITLE),
        Column("responsible", Choice.of(StepRole.values)),
        OFFSET,
        *COUNTING,
        KIND,
        optional("function", values.text(60)),
        NOTE,
    ),
    "cutover_tasks": (
        Column("task", TITLE),
        OFFSET,
        *COUNTING,
        KIND,
        Column("owner_role", values.text(60)),
        NOTE,
    ),
    "lessons": (
        Column("kind", Choice.of(FindingKind.values)),
        Column("area", Choice.of(Area.values)),
        Column("title", TITLE),
        optional("effect", values.text(300)),
        optional("recommendation", values.text(300)),
        optional("from", values.text(60)),
        optional("step", TITLE),
        optional("source", values.text(100)),
    ),
    "lesson_uses": (
        Column("region", values.code),
        Column("lesson", TITLE),
        Column("answer", Choice.of(LessonAnswer.values)),
        optional("skip_reason", Choice.of(SkipReason.values)),
        Column("by", values.email),
        optional("outcome", Choice.of(LessonOutcome.values)),
    ),
    "success_criteria": (
        Column("pilot", values.text(60)),
        Column("metric", values.text(100)),
        optional("unit", values.text(20)),
        optional("baseline", values.number, None),
        Column("target", values.number),
        optional("direction", Choice.of(Direction.values), Direction.AT_LEAST.value),
        optional("actual", values.number, None),
        optional("evidence", values.text(300)),
        optional("mandatory", YesNo(), default=True),
    ),
    "people": (
        Column("email", values.email),
        Column("name", values.text(100)),
        Column("role", Choice.of(Role.values, [CEO])),
        optional("regions", values.codes, ()),
        Column("from", values.day),
        optional("phone", values.text(40)),
        optional(
            "language", Choice.of(dict(settings.LANGUAGES)), settings.LANGUAGE_CODE
        ),
        optional("time_zone", values.zone_or_morning),
        optional("working_days", values.weekdays, "12345"),
        *PLACE,
    ),
    "signins": (Column("email", values.email), Column("password", values.text(128))),
    "owners": (
        Column("responsible", values.text(60)),
        Column("kind", Choice.of(TaskKind.values, [ANY])),
        Column("role", Choice.of(role for role in Role.values if role != Role.AUDITOR)),
    ),
    "asks": (
        Column("region", values.code),
        Column("kind", Choice.of(AskKind.values)),
        optional("of", Choice.of(AskOf.values), AskOf.CEO.value),
        Column("text", values.text(200)),
        optional("due", values.day, None),
        optional("state", Choice.of(AskState.values), AskState.OPEN.value),
    ),
    "contacts": (
        Column("region", values.code),
        Column("held", values.moment),
        Column("by", values.email),
        optional("channel", Choice.of(Channel.values), Channel.PHONE.value),
        Column("outcome", Choice.of(Outcome.values)),
        optional("minutes", values.whole(1, 1440), 0),
        optional("felt", Choice.of(Felt.values)),
        optional("ask", values.text(200)),
        optional("answer", Choice.of(AskAnswer.values)),
        optional("note", values.text(2000)),
    ),
    "stances": (
        Column("region", values.code),
        Column("judged", values.moment),
        Column("by", values.email),
        Column("current", Choice.of(Attitude.values)),
        Column("wanted", Choice.of(Attitude.values)),
        Column("sentence", values.text(300)),
    ),
    "task_states": (
        Column("region", values.code),
        Column("task", TITLE),
        Column("state", Choice.of(UNFINISHED)),
        optional("reason", Choice.of(BlockReason.values)),
        NOTE,
        optional("waits_for", values.email),
        optional("ask", values.text(200)),
    ),
}


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
