"""What somebody has to be told at a moment, found from the state of things."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from pilots.models import Finding
from regions.calendar import Corrections
from regions.models import CheckIn, Rhythm, User
from rollout.enums import DutyKind, TaskState
from rollout.models import Brief, Clarification, Duty, Plan, Task
from rollout.queries.blocked import BlockedTask, blocked_tasks
from rollout.queries.briefs import answers_to_tell, briefs_of, news
from rollout.queries.calls import Talk, talks_due
from rollout.queries.clarifications import Reminder, reminders_due
from rollout.queries.owned import (
    REMINDED,
    OwnTask,
    assigned_tasks,
    just_given,
    overdue_tasks,
    plan_owners,
)
from rollout.queries.pushnews import carried
from rollout.queries.taught import forgotten_findings

Key = tuple[str, str, int, str, int]
# What makes a duty the same duty.
KEY = ("kind", "model", "object_id", "occurrence", "recipient_id")
# So many rows at a time are read about: memory does not grow with their number.
PART = 500


def duties_due(at: datetime, corrected: Corrections) -> Iterator[list[Duty]]:
    """Unsaved duties for all that is due, part by part."""
    for ids in parts(Rhythm.objects.running()):
        yield _check_ins(Rhythm.objects.filter(pk__in=ids), at, corrected)
    for ids in parts(Task.objects.running().filter(state=TaskState.BLOCKED)):
        yield _blocked_tasks(Task.objects.filter(pk__in=ids), at)
    late = Task.objects.running().filter(state__in=REMINDED, due_date__lt=at.date())
    for ids in parts(late):
        yield _overdue_tasks(Task.objects.filter(pk__in=ids), at, corrected)
    for ids in parts(just_given(at)):
        yield _assigned_tasks(Task.objects.filter(pk__in=ids), at)
    yield _new_plans(Plan.objects.running(), at)
    for ids in parts(Clarification.objects.running().unanswered()):
        yield _questions(Clarification.objects.filter(pk__in=ids), at, corrected)
    for ids in parts(news(at)):
        yield _answers(Brief.objects.filter(pk__in=ids), at)
    for ids in parts(Finding.objects.running().undecided().exclude(owner=None)):
        yield _findings(Finding.objects.filter(pk__in=ids), at)


def parts(rows: QuerySet[Any]) -> Iterator[list[int]]:
    """The keys of rows, some hundred at a time."""
    return chunks(list(rows.order_by("pk").values_list("pk", flat=True)))


def chunks(keys: list[int]) -> Iterator[list[int]]:
    for first in range(0, len(keys), PART):
        yield keys[first : first + PART]


def still_due(
    duties: Iterable[Duty], at: datetime, corrected: Corrections
) -> list[Duty]:
    """Those of some duties that would be found again; only their own rows are read."""
    duties = list(duties)
    again = _check_ins(rhythms_of(duties), at, corrected)
    again += _blocked_tasks(tasks_of(duties, DutyKind.BLOCKED), at)
    again += _overdue_tasks(tasks_of(duties, DutyKind.OVERDUE), at, corrected)
    again += _assigned_tasks(tasks_of(duties, DutyKind.ASSIGNED), at)
    again += _new_plans(plans_of(duties), at)
    again += _questions(questions_of(duties), at, corrected)
    answers = briefs_of(duties, DutyKind.CALL_ME, DutyKind.BRIEF_ANSWER)
    again += _answers(news(at) & answers, at)
    again += _findings(findings_of(duties), at)
    again += _carried(duties)
    keys = {key_of(duty) for duty in again}
    return [duty for duty in duties if key_of(duty) in keys]


def rhythms_of(duties: Iterable[Duty]) -> QuerySet[Rhythm]:
    """The rhythms behind check-in duties, which name a rhythm or a booking."""
    ids = _ids(duties, DutyKind.CHECK_IN)
    if not ids:
        return Rhythm.objects.none()
    booked = CheckIn.objects.filter(
        pk__in=[pk for model, pk in ids if model == CheckIn._meta.label_lower],
        ceo=OuterRef("ceo"),
        programme=OuterRef("programme"),
    )
    rhythms = [pk for model, pk in ids if model == Rhythm._meta.label_lower]
    return Rhythm.objects.running().filter(Q(pk__in=rhythms) | Exists(booked))


def tasks_of(duties: Iterable[Duty], kind: DutyKind) -> QuerySet[Task]:
    ids = [pk for _model, pk in _ids(duties, kind)]
    return Task.objects.running().filter(pk__in=ids) if ids else Task.objects.none()


def plans_of(duties: Iterable[Duty]) -> QuerySet[Plan]:
    ids = [pk for _model, pk in _ids(duties, DutyKind.PLAN)]
    return Plan.objects.running().filter(pk__in=ids) if ids else Plan.objects.none()


def questions_of(duties: Iterable[Duty]) -> QuerySet[Clarification]:
    """Those that are asked by mail, or of which somebody is reminded."""
    kinds = (DutyKind.CONFIRMATION, DutyKind.CLARIFICATION)
    ids = {duty.object_id for duty in duties if duty.kind in kinds}
    if not ids:
        return Clarification.objects.none()
    return Clarification.objects.running().filter(pk__in=ids)


def findings_of(duties: Iterable[Duty]) -> QuerySet[Finding]:
    ids = [pk for _model, pk in _ids(duties, DutyKind.FINDING)]
    return Finding.objects.filter(pk__in=ids) if ids else Finding.objects.none()


def key_of(duty: Duty) -> Key:
    return duty.kind, duty.model, duty.object_id, duty.occurrence, duty.recipient_id


def _ids(duties: Iterable[Duty], kind: DutyKind) -> set[tuple[str, int]]:
    return {(duty.model, duty.object_id) for duty in duties if duty.kind == kind}


def _check_ins(
    rhythms: QuerySet[Rhythm], at: datetime, corrected: Corrections
) -> list[Duty]:
    return [
        _check_in(talk, caller, at)
        for talk in talks_due(rhythms, at, corrected)
        for caller in talk.callers
        if talk.is_for_today and caller.may_sign_in and not talk.put_off_by(caller)
    ]


def _blocked_tasks(tasks: QuerySet[Task], at: datetime) -> list[Duty]:
    return [_blocked(one, at) for one in blocked_tasks(tasks, at) if not one.is_own]


def _overdue_tasks(
    tasks: QuerySet[Task], at: datetime, corrected: Corrections
) -> list[Duty]:
    """The occurrence is the due day: a new one is told anew."""
    found = overdue_tasks(tasks, at, corrected)
    return [_own(DutyKind.OVERDUE, one, at) for one in found]


def _assigned_tasks(tasks: QuerySet[Task], at: datetime) -> list[Duty]:
    """The occurrence is the act that gave it."""
    return [_own(DutyKind.ASSIGNED, one, at) for one in assigned_tasks(tasks, at)]


def _own(kind: DutyKind, one: OwnTask, at: datetime) -> Duty:
    return _duty(kind, one.task, one.occurrence, one.person, at)


def _new_plans(plans: QuerySet[Plan], at: datetime) -> list[Duty]:
    """Once for each person and plan, whatever becomes of it."""
    return [
        Duty(
            kind=DutyKind.PLAN,
            model=Plan._meta.label_lower,
            object_id=plan,
            occurrence="0",
            recipient_id=owner,
            created_at=at,
        )
        for plan, owner in plan_owners(plans, at)
    ]


def _questions(
    rows: QuerySet[Clarification], at: datetime, corrected: Corrections
) -> list[Duty]:
    return [_question(one, at) for one in reminders_due(rows, at, corrected)]


def _question(one: Reminder, at: datetime) -> Duty:
    return _duty(DutyKind.CLARIFICATION, one.row, one.occurrence, one.row.asked_of, at)


def _findings(rows: QuerySet[Finding], at: datetime) -> list[Duty]:
    """Once for each owner, however long it waits."""
    return [
        _duty(DutyKind.FINDING, row, "0", row.owner, at)
        for row in forgotten_findings(rows, at)
        if row.owner is not None
    ]


def _carried(duties: list[Duty]) -> list[Duty]:
    """Those that still tell something; they were added by the push itself or its undo."""
    known = {one.key for one in carried(duties)}
    return [
        duty
        for duty in duties
        if duty.kind == DutyKind.CARRIED
        and ((duty.model, duty.object_id), duty.recipient_id) in known
    ]


def _answers(rows: QuerySet[Brief], at: datetime) -> list[Duty]:
    return [
        _duty(one.kind, one.row, one.occurrence, one.recipient, at)
        for one in answers_to_tell(rows, at)
    ]


def _check_in(talk: Talk, caller: User, at: datetime) -> Duty:
    """The occurrence is the talk that the rhythm counts from, or the booking and its
    sequence: computing it again never tells anybody twice."""
    one = talk.engagement
    if one.booked is not None and one.is_booked_today:
        return _duty(
            DutyKind.CHECK_IN, one.booked, str(one.booked.sequence), caller, at
        )
    return _duty(DutyKind.CHECK_IN, one.rhythm, str(one.last_contact_id), caller, at)


def _blocked(one: BlockedTask, at: datetime) -> Duty:
    """The occurrence is the act that blocked: blocked again is told again."""
    return _duty(DutyKind.BLOCKED, one.task, str(one.entry_id), one.person, at)


def _duty(
    kind: DutyKind, row: Model, occurrence: str, recipient: User, at: datetime
) -> Duty:
    return Duty(
        kind=kind,
        model=row._meta.label_lower,
        object_id=row.pk,
        occurrence=occurrence,
        recipient=recipient,
        created_at=at,
    )
