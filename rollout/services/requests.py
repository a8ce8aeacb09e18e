"""Asking for another date or owner of a task, and answering it."""

from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User
from rollout.enums import UNFINISHED, RequestKind, RequestState
from rollout.models import Task, TaskRequest


class CannotAsk(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The task is finished, or the wish says nothing new."""


class CannotSettle(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It was answered already, or what is granted is missing."""


@transaction.atomic
def ask_for_date(task: Task, *, wished: date, reason: str, act: Act) -> TaskRequest:
    """Another day for a task. Asked again before the answer, the newer wish counts.

    Raises CannotAsk.
    """
    row = _locked(task)
    if not reason.strip():
        raise CannotAsk(_("Say why another date is needed."))
    if wished == row.due_date:
        raise CannotAsk(_("It is due on that day already."))
    wish = {"wished_date": wished, "reason": reason.strip()}
    return _ask(row, RequestKind.DATE, wish, act)


@transaction.atomic
def ask_for_owner(task: Task, *, reason: str = "", act: Act) -> TaskRequest:
    """Say that a task is not one's own; it stays there until another owner is named.

    Raises CannotAsk.
    """
    return _ask(_locked(task), RequestKind.NOT_MINE, {"reason": reason.strip()}, act)


def _ask(task: Task, kind: RequestKind, wish: dict[str, Any], act: Act) -> TaskRequest:
    if task.state not in UNFINISHED:
        raise CannotAsk(_("This task is finished."))
    # The task is locked, so nobody asks the same at this moment.
    asked = TaskRequest.objects.filter(task=task, kind=kind, state=RequestState.OPEN)
    if known := asked.select_related("task__plan").first():
        history.change(known, wish, act)
        return known
    assert act.by is not None, "somebody asks"  # noqa: S101 - of callers, not of input
    new = TaskRequest(task=task, kind=kind, by=act.by, at=act.at, **wish)
    return history.create(new, act)


@transaction.atomic
def grant_date(
    request: TaskRequest, *, to: date, answer: str = "", version: int, act: Act
) -> None:
    """Move the task to the day that was wished, or to another one. First due stays.

    Raises CannotSettle and EditedMeanwhile.
    """
    row = _settle(request, RequestState.GRANTED, answer, version, act)
    history.change(_locked(row.task), {"due_date": to}, act)


@transaction.atomic
def grant_owner(
    request: TaskRequest, *, to: User, answer: str = "", version: int, act: Act
) -> None:
    """Give the task to somebody else. Raises CannotSettle and EditedMeanwhile."""
    row = _settle(request, RequestState.GRANTED, answer, version, act)
    task = _locked(row.task)
    if task.owner_id == to.pk:
        raise CannotSettle(_("Choose somebody else: it is this person's already."))
    values: dict[str, Any] = {"owner": to}
    if task.backup_id == to.pk:
        # Who has it now no longer stands in for himself.
        values["backup"] = None
    history.change(task, values, act)


@transaction.atomic
def decline(request: TaskRequest, *, answer: str, version: int, act: Act) -> None:
    """The task stays as it is, and the asker reads why.

    Raises CannotSettle and EditedMeanwhile.
    """
    if not answer.strip():
        raise CannotSettle(_("Say why not; who asked reads it."))
    _settle(request, RequestState.DECLINED, answer, version, act)


@transaction.atomic
def withdraw(request: TaskRequest, *, version: int, act: Act) -> None:
    """Raises CannotSettle and EditedMeanwhile."""
    _settle(request, RequestState.WITHDRAWN, "", version, act)


def _settle(
    request: TaskRequest, state: RequestState, answer: str, version: int, act: Act
) -> TaskRequest:
    rows = TaskRequest.objects.select_related("task__plan")
    row = history.lock(rows, request.pk, version)
    if row.state != RequestState.OPEN:
        raise CannotSettle(_("This was answered in the meantime."))
    values = {"state": state, "settled_by": act.by, "settled_at": act.at}
    history.change(row, {**values, "answer": answer.strip()}, act)
    return row


def _locked(task: Task) -> Task:
    return history.lock(Task.objects.select_related("plan"), task.pk)
