"""Words of the middle app that the top app uses too."""

from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import Stage


class TaskKind(TextChoices):
    """What sort of work a step, and each task made from it, is."""

    WORK = "work", _("work")
    CLARIFY = "clarify", _("clarify")
    CONFIRM = "confirm", _("confirm")
    DATA = "data", _("data")
    MEETING = "meeting", _("meeting")
    MILESTONE = "milestone", _("milestone")


class StepRole(TextChoices):
    """Who does a step: somebody of the region, of headquarters, or both together."""

    REGION = "region", _("region")
    CENTRE = "centre", _("headquarters")
    SHARED = "shared", _("region and headquarters")


class OffsetUnit(TextChoices):
    """What the days of a step count: all of them, or those that the region works."""

    DAY = "day", _("days")
    WORKING_DAY = "working_day", _("working days")


class FindingKind(TextChoices):
    ACHIEVEMENT = "achievement", _("achievement")
    PROBLEM = "problem", _("problem")
    EXPERIENCE = "experience", _("experience")
    LESSON = "lesson", _("lesson")


class FindingState(TextChoices):
    PROPOSED = "proposed", _("proposed")
    REVIEWED = "reviewed", _("reviewed")
    ADOPTED = "adopted", _("adopted")
    REJECTED = "rejected", _("rejected")
    RETIRED = "retired", _("retired")
    MERGED = "merged", _("merged")


# Somebody still has to say what becomes of it.
UNDECIDED = (FindingState.PROPOSED, FindingState.REVIEWED)

FINDING_MOVES = {
    FindingState.PROPOSED: {
        FindingState.REVIEWED,
        FindingState.REJECTED,
        FindingState.MERGED,
    },
    FindingState.REVIEWED: {
        FindingState.ADOPTED,
        FindingState.REJECTED,
        FindingState.MERGED,
    },
    FindingState.ADOPTED: {FindingState.RETIRED, FindingState.MERGED},
    FindingState.REJECTED: {FindingState.PROPOSED},
    FindingState.RETIRED: {FindingState.ADOPTED},
    # Only the history takes a merging back.
    FindingState.MERGED: set(),
}


class Area(TextChoices):
    """What a finding is about."""

    LEADERSHIP = "leadership", _("leadership")
    RESOURCES = "resources", _("resources")
    SECURITY = "security", _("security")
    SCHEDULE = "schedule", _("schedule")
    SCOPE = "scope", _("scope")
    TRAINING = "training", _("training")
    SUPPORT = "support", _("support")
    DATA = "data", _("data")
    GOVERNANCE = "governance", _("governance")
    UNSORTED = "unsorted", pgettext_lazy("area", "not sorted yet")


class Effect(TextChoices):
    """What an effect is counted in."""

    DAYS = "days", pgettext_lazy("effect", "days")
    MONEY = "money", pgettext_lazy("effect", "money")
    RECORDS = "records", pgettext_lazy("effect", "records")


class Severity(TextChoices):
    """How bad it is when it happens again."""

    LOW = "low", pgettext_lazy("severity", "low")
    MEDIUM = "medium", pgettext_lazy("severity", "medium")
    HIGH = "high", pgettext_lazy("severity", "high")


class GateKind(TextChoices):
    """What has to be ready before a region goes live."""

    CEO = "ceo", pgettext_lazy("gate", "CEO")
    PEOPLE = "people", pgettext_lazy("gate", "people")
    DATA = "data", pgettext_lazy("gate", "data")
    PROCESS = "process", pgettext_lazy("gate", "process")
    SYSTEM = "system", pgettext_lazy("gate", "system")


# By what a finding comes back to mind: "stage-preparing", "gate-data", "task-meeting".
TRIGGER_GROUPS: dict[Any, tuple[str, type[TextChoices]]] = {
    _("Stage"): ("stage", Stage),
    _("Gate"): ("gate", GateKind),
    _("Kind of task"): ("task", TaskKind),
}
TRIGGERS = [
    f"{name}-{value}"
    for name, words in TRIGGER_GROUPS.values()
    for value in words.values
]


def triggers() -> list[tuple[Any, list[tuple[str, Any]]]]:
    """The same with their words, in groups."""
    return [
        (label, [(f"{name}-{value}", word) for value, word in words.choices])
        for label, (name, words) in TRIGGER_GROUPS.items()
    ]


class Direction(TextChoices):
    """On which side of its target a criterion is met."""

    AT_LEAST = "at_least", _("at least")
    AT_MOST = "at_most", _("at most")


class Judgement(TextChoices):
    """What became of a criterion."""

    MET = "met", pgettext_lazy("criterion", "met")
    UNMET = "unmet", pgettext_lazy("criterion", "not met")
    UNKNOWN = "unknown", pgettext_lazy("criterion", "unknown")
