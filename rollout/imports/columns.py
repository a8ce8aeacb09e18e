"""Which columns each kind of table has, and what may stand in them."""

from dataclasses import dataclass
from typing import Any, TypeAlias

from django.conf import settings

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
from rollout.enums import (
    UNFINISHED,
    BlockReason,
    LessonAnswer,
    LessonOutcome,
    SkipReason,
)

from . import values
from .values import Choice, Parser, YesNo

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
        optional("address_as", values.text(100)),
        optional("careful_with", values.text(1000)),
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
    "check_ins": (
        Column("region", values.code),
        Column("day", values.day),
        optional("time", values.clock, None),
        optional("minutes", values.whole(1, 480), 15),
        optional("channel", Choice.of(Channel.values), Channel.PHONE.value),
    ),
    "stances": (
        Column("region", values.code),
        Column("judged", values.moment),
        Column("by", values.email),
        Column("current", Choice.of(Attitude.values)),
        Column("wanted", Choice.of(Attitude.values)),
        Column("sentence", values.text(300)),
    ),
    "clarifications": (
        Column("region", values.code),
        optional("task", TITLE),
        Column("question", values.text(500)),
        optional("proposal", values.text(2000)),
        Column("by", values.email),
        Column("of", values.email),
        Column("asked", values.moment),
        optional("due", values.day, None),
        optional("answered", values.moment),
        optional("answer", values.text(2000)),
        optional("confirmed", values.moment),
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
