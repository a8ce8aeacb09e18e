"""Words of the middle app that the top app uses too."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


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


FINDING_MOVES = {
    FindingState.PROPOSED: {FindingState.REVIEWED, FindingState.REJECTED},
    FindingState.REVIEWED: {FindingState.ADOPTED, FindingState.REJECTED},
    FindingState.ADOPTED: {FindingState.RETIRED},
    FindingState.REJECTED: {FindingState.PROPOSED},
    FindingState.RETIRED: {FindingState.ADOPTED},
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
