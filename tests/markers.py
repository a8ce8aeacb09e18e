"""A marker in every text of a region, and who may read it.

Each marker names its region and its circle: `all` who work in the region, those `engaged`
in the talks with its CEO, the few who read `private` notes, or to whom a mail was sent,
as in `mailstaff`.
"""

import re
from collections.abc import Iterable

from django.db.models import Field, Model, Q, QuerySet

from pilots.models import Finding, Pilot, Procedure, Step, StepLink, SuccessCriterion
from regions.enums import Audience
from regions.models import (
    Absence,
    Ask,
    Attachment,
    Blackout,
    CheckIn,
    Contact,
    HistoryEntry,
    Holiday,
    Membership,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Sending,
    Snooze,
    Stance,
    User,
)  # fmt: skip
from regions.privacy import private_fields
from rollout.enums import TaskState
from rollout.models import (
    Breaker,
    Brief,
    CalendarFeed,
    ChecklistItem,
    Clarification,
    CloseOut,
    CloseOutReply,
    Duty,
    Handover,
    Heartbeat,
    LessonUse,
    Mail,
    MailEvent,
    Plan,
    PlanProcedure,
    Push,
    PushedPlan,
    Task,
    TaskComment,
    TaskFinding,
    TaskLink,
    TaskRequest,
    Wave,
)
from tests.history_guard import unrecorded
from tests.opened import open_history
from tests.texts import text_fields

# How a row of each model leads to its region.
WAY_TO_REGION: dict[type[Model], str] = {
    Absence: "user__memberships__region",
    Handover: "giver__memberships__region",
    Ask: "ceo__region",
    Attachment: "region",
    Blackout: "region",
    Brief: "ceo__region",
    CalendarFeed: "user__memberships__region",
    CheckIn: "ceo__region",
    Clarification: "region",
    Contact: "ceo__region",
    Duty: "recipient__memberships__region",
    HistoryEntry: "region",
    Mail: "recipient__memberships__region",
    MailEvent: "mail__recipient__memberships__region",
    Membership: "region",
    Plan: "region",
    PlanProcedure: "plan__region",
    Push: "plans__plan__region",
    PushedPlan: "plan__region",
    Region: "pk",
    RegionalCEO: "region",
    Rhythm: "ceo__region",
    Snooze: "rhythm__ceo__region",
    Stance: "ceo__region",
    Task: "plan__region",
    ChecklistItem: "task__plan__region",
    LessonUse: "task__plan__region",
    TaskComment: "task__plan__region",
    TaskFinding: "task__plan__region",
    TaskLink: "task__plan__region",
    TaskRequest: "task__plan__region",
    User: "memberships__region",
    Wave: "plans__region",
}
# Those of the programme, the calendar, the delivery and the forms sent: no region's.
OF_ALL = {
    Breaker, Finding, Heartbeat, Holiday, Pilot, Procedure, Programme, Sending, Step,
    StepLink, SuccessCriterion, CloseOut, CloseOutReply,
}  # fmt: skip
CIRCLES = {
    Ask: "engaged",
    Brief: "engaged",
    CheckIn: "engaged",
    Contact: "engaged",
    RegionalCEO: "engaged",
    Snooze: "engaged",
}
OF_AUDIENCE = {
    Audience.REGION: "all",
    Audience.ENGAGED: "engaged",
    Audience.PRIVATE: "private",
}
MARKER = re.compile(r"mark_([a-z]+)_([a-z]+)_")

# Which circles each role reads, in which regions.
MAILS = {"mailstaff", "mailliaison"}
EVERYWHERE = {"north", "south"}
READS: dict[str, tuple[set[str], set[str]]] = {
    "anonymous": (set(), set()),
    "outsider": (set(), set()),
    "former": (set(), set()),
    "cio": (EVERYWHERE, {"all", "engaged", "private", *MAILS}),
    "hq": (EVERYWHERE, {"all", "engaged", *MAILS}),
    "auditor": (EVERYWHERE, {"all", "engaged", *MAILS}),
    "liaison": ({"north"}, {"all", "engaged", "private", "mailliaison"}),
    "manager": ({"north"}, {"all"}),
    "staff": ({"north"}, {"all", "mailstaff"}),
    "helper": ({"north"}, {"all"}),
    "proofreader": ({"north"}, {"all"}),
    "south": ({"south"}, {"all", "mailstaff"}),
    "south_liaison": ({"south"}, {"all", "engaged", "private", "mailliaison"}),
    "south_manager": ({"south"}, {"all"}),
}


def marker(region: Region, circle: str) -> str:
    return f"mark_{region.code.lower()}_{circle}_"


def mark(region: Region) -> None:
    """Put its marker into every text of a region's rows, and of its CEO."""
    with unrecorded(), open_history():
        for model, way in WAY_TO_REGION.items():
            for row in model._default_manager.filter(**{way: region.pk}).distinct():
                _mark(row, region)
        for ceo in User.objects.filter(ceo_of__region=region):
            _mark(ceo, region)


def fillable(row: Model) -> list[Field]:
    """Only a blocked task says what is missing, only a dropped one why, only a finding
    without a pilot its wave, only a skipped lesson has a note.

    Undo needs the states in the history.
    """
    if isinstance(row, HistoryEntry) and row.field != "name":
        return []
    left_out = set()
    if isinstance(row, Task):
        left_out = {"block_note"} if row.state != TaskState.BLOCKED else set()
        left_out |= {"drop_reason"} if row.state != TaskState.DROPPED else set()
    elif isinstance(row, Finding):
        left_out = {"wave_name"} if row.pilot_id is not None else set()
        left_out |= {"effect_currency"} if row.effect_of != "money" else set()
    elif isinstance(row, LessonUse) and not row.skip_reason:
        left_out = {"skip_note"}
    elif isinstance(row, Wave) and row.opened_by_id is None:
        left_out = {"overruled_reason"}
    return [field for field in text_fields(type(row)) if field.name not in left_out]


def _mark(row: Model, region: Region) -> None:
    texts = {
        field.name: marker(region, _circle(row, field.name)) for field in fillable(row)
    }
    if texts:
        QuerySet(type(row)).filter(pk=row.pk).update(**texts)
        for name, text in texts.items():
            setattr(row, name, text)


def _circle(row: Model, name: str) -> str:
    if isinstance(row, Mail):
        return f"mail{row.recipient.email.partition('.')[0]}"
    if isinstance(row, MailEvent):
        return _circle(row.mail, "")
    if isinstance(row, HistoryEntry):
        return OF_AUDIENCE[Audience(row.audience)]
    if name in private_fields(row):
        return "private"
    return CIRCLES.get(type(row), "all")


def leaks(role: str, text: str) -> set[str]:
    """The markers in a text that this role may not read."""
    regions, circles = READS[role]
    return {
        f"{role} reads {region}'s {circle}"
        for region, circle in set(MARKER.findall(text.lower()))
        if region not in regions or circle not in circles
    }


def unmarked(models: Iterable[type[Model]]) -> set[str]:
    """Models with texts of which nobody said to whom they belong."""
    return {
        model._meta.label
        for model in models
        if text_fields(model) and model not in WAY_TO_REGION and model not in OF_ALL
    }


def without(region: Region) -> None:
    """Take a region away with all that hangs on it."""
    with unrecorded(), open_history():
        people = User.objects.filter(
            Q(memberships__region=region) | Q(ceo_of__region=region)
        ).distinct()
        ids = list(people.values_list("pk", flat=True))
        order = [
            MailEvent, Duty, Mail, HistoryEntry, Attachment, Clarification, TaskLink,
            TaskFinding, ChecklistItem, TaskComment, LessonUse, TaskRequest, Task, Brief,
            Contact, CheckIn, Ask, Stance, Snooze, Rhythm, CalendarFeed, PlanProcedure,
            PushedPlan, Push, Plan, Wave, Blackout, RegionalCEO,
            Handover, Absence, Membership,
        ]  # fmt: skip
        # A wave is known by its plans only while they are there.
        found = {model: _numbers(model, region) for model in order}
        # A CEO has no role in his region, and yet mails.
        QuerySet(Duty).filter(recipient__in=ids).delete()
        QuerySet(MailEvent).filter(mail__recipient__in=ids).delete()
        QuerySet(Mail).filter(recipient__in=ids).delete()
        for model in order:
            QuerySet(model).filter(pk__in=found[model]).delete()
        QuerySet(HistoryEntry).filter(by__in=ids).delete()
        User.objects.filter(pk__in=ids).delete()
        region.delete()


def _numbers(model: type[Model], region: Region) -> list[int]:
    rows = model._default_manager.filter(**{WAY_TO_REGION[model]: region.pk})
    return list(rows.values_list("pk", flat=True))
