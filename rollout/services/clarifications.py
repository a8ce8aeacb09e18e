"""Asking a named person, what he says, and who confirms it.

The question is mailed in the transaction that keeps it. Whoever is asked answers on a page
or by the link in a mail; his last answer wins.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from pilots.enums import TaskKind
from regions import history
from regions.history import Act, EditedMeanwhile
from regions.models import Programme, Region, User
from regions.services.people import add_person
from rollout.enums import (
    ClarificationState,
    DutyKind,
    Reply,
    TaskState,
)
from rollout.models import Clarification, Mail, Task
from rollout.services.duties import mailed_just_now
from rollout.services.plans import why_not_running
from rollout.services.questionmails import mail_questions
from rollout.services.seldom import WrittenLately, too_soon
from rollout.services.tasks import CannotMoveTask, complete_task, reopen_task

# Tasks that are nothing but a question, so that its answer finishes them.
ASKING = (TaskKind.CLARIFY, TaskKind.CONFIRM)
NOBODY = ("answered_by", "answered_at", "confirmed_by", "confirmed_at")
UNANSWERED = {"answer": "", **dict.fromkeys(NOBODY)}


class CannotAsk(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Nobody to ask, or asked again too soon."""


class CannotReply(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It says nothing, or the question is withdrawn."""


class CannotSettle(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """There is no answer yet, or the question is settled already."""


@dataclass(frozen=True)
class About:
    """Where a question belongs: a region in a programme, perhaps a task there."""

    region: Region
    programme: Programme
    task: Task | None = None


@dataclass(frozen=True)
class Question:
    """What is asked, what we have understood so far, and by when the answer is needed."""

    question: str
    proposal: str = ""
    due_date: date | None = None

    @property
    def values(self) -> dict[str, Any]:
        return {
            "question": self.question.strip(),
            "proposal": self.proposal.strip(),
            "due_date": self.due_date,
        }


@dataclass(frozen=True)
class NewPerson:
    """Somebody to be asked whom nobody has named yet."""

    name: str
    email: str


# --- Asking --------------------------------------------------------------------------


@transaction.atomic
def ask(
    about: About, question: Question, *, of: User | NewPerson, act: Act
) -> Clarification:
    """Keep a question and mail it at once. Raises CannotAsk."""
    _insist_on_running(about.region, about.programme)
    person = _named(of, about.region, act) if isinstance(of, NewPerson) else of
    if person == act.by:
        raise CannotAsk(_("Ask somebody else than yourself."))
    if person.left_date is not None:
        gone = _("%(name)s has left. Ask somebody else.")
        raise CannotAsk(gone % {"name": person.name})
    row = Clarification(
        region=about.region,
        programme=about.programme,
        task=about.task,
        asked_by=act.by,
        asked_of=person,
        asked_at=act.at,
        **question.values,
    )
    history.create(row, act)
    _mail([row], act.at)
    return row


@transaction.atomic
def ask_again(
    row: Clarification, question: Question, *, version: int, act: Act
) -> Clarification:
    """Ask anew, with what was corrected; the answer so far stays in the history.

    Raises EditedMeanwhile and CannotAsk.
    """
    row = _locked(row, version)
    if row.state == ClarificationState.WITHDRAWN:
        raise CannotAsk(_("This question was withdrawn."))
    _insist_on_running(row.region, row.programme)
    _insist_on_a_pause(row, act.at)
    _reopen_task(row, act)
    asked = {"state": ClarificationState.OPEN, "asked_at": act.at}
    history.change(row, {**question.values, **UNANSWERED, **asked}, act)
    _mail([row], act.at)
    return row


@transaction.atomic
def mail_links(rows: list[Clarification], *, at: datetime) -> Mail:
    """Questions of one person once more to the known address, in a mail whose link works.

    Raises CannotAsk.
    """
    for row in map(_locked, rows):
        _insist_on_running(row.region, row.programme)
        _insist_on_a_pause(row, at)
    return _mail(rows, at, is_wanted=True)


def _named(new: NewPerson, region: Region, act: Act) -> User:
    """Whoever has the address already, else a new person without a login, who lives and
    works as his region does."""
    email = new.email.strip().lower()
    known: User | None = User.objects.filter(email=email).first()
    if known is not None:
        return known
    where = ("time_zone", "working_days", "country", "subdivision")
    place = {name: getattr(region, name) for name in where}
    language = get_language() or "en"
    return add_person(email=email, name=new.name, language=language, act=act, **place)


def _mail(rows: list[Clarification], at: datetime, **how: Any) -> Mail:
    try:
        return mail_questions(rows, at, **how)
    except WrittenLately as refusal:
        raise CannotAsk(too_soon(refusal)) from refusal


def _insist_on_running(region: Region, programme: Programme) -> None:
    """Nothing is asked, and no mail goes out, of what is closed or archived."""
    if stop := why_not_running(region, programme):
        raise CannotAsk(stop)


def _insist_on_a_pause(row: Clarification, at: datetime) -> None:
    if mailed_just_now(DutyKind.CONFIRMATION, row, at):
        raise CannotAsk(_("It was mailed just now. Try again in a minute."))


# --- Answering -----------------------------------------------------------------------


@transaction.atomic
def reply(row: Clarification, said: str, text: str, *, act: Act) -> Clarification:
    """What whoever is asked says: that we are right, what is wrong, or his own words.

    Said again it changes nothing. Raises CannotReply.
    """
    row = _locked(row)
    if row.state == ClarificationState.WITHDRAWN:
        raise CannotReply(_("This question was withdrawn; no answer is needed."))
    state, answer = _understood(row, said, text.strip())
    if (row.state, row.answer) == (state, answer):
        return row
    is_confirmed = state == ClarificationState.CONFIRMED
    values = {
        "state": state,
        "answer": answer,
        "answered_by": act.by,
        "answered_at": act.at,
        "confirmed_by": act.by if is_confirmed else None,
        "confirmed_at": act.at if is_confirmed else None,
    }
    _reopen_task(row, act)
    history.change(row, values, act)
    _finish_task(row, act)
    return row


def _understood(
    row: Clarification, said: str, text: str
) -> tuple[ClarificationState, str]:
    if not row.proposal:
        if not text:
            raise CannotReply(_("Write an answer first."))
        return ClarificationState.ANSWERED, text
    if said == Reply.RIGHT:
        return ClarificationState.CONFIRMED, row.proposal
    if said != Reply.WRONG:
        raise CannotReply(_("Choose an answer first."))
    if not text:
        raise CannotReply(_("Say what is right instead."))
    return ClarificationState.DECLINED, text


# --- Settling ------------------------------------------------------------------------


@transaction.atomic
def confirm(row: Clarification, *, version: int, act: Act) -> Clarification:
    """The answer holds from now on. Raises EditedMeanwhile and CannotSettle."""
    row = _locked(row, version)
    if row.state not in (ClarificationState.ANSWERED, ClarificationState.DECLINED):
        raise CannotSettle(_("There is no answer to confirm."))
    values = {
        "state": ClarificationState.CONFIRMED,
        "confirmed_by": act.by,
        "confirmed_at": act.at,
    }
    history.change(row, values, act)
    _finish_task(row, act)
    return row


@transaction.atomic
def withdraw(row: Clarification, *, version: int, act: Act) -> Clarification:
    """Nobody need answer any more. Raises EditedMeanwhile and CannotSettle."""
    row = _locked(row, version)
    if row.is_settled:
        raise CannotSettle(_("This question is settled already."))
    history.change(row, {"state": ClarificationState.WITHDRAWN}, act)
    return row


def _locked(row: Clarification, version: int | None = None) -> Clarification:
    rows = Clarification.objects.select_related(
        "region", "programme", "asked_of", "task"
    )
    return history.lock(rows, row.pk, version)


# --- The task that hangs on it -------------------------------------------------------


def _finish_task(row: Clarification, act: Act) -> None:
    """A task that only asks is done with its last answer: nobody has to tap it, too.

    Where it cannot be done now, the answer holds all the same.
    """
    task = row.task
    if task is None or task.kind not in ASKING or not row.is_settled:
        return
    if Clarification.objects.filter(task=task).unsettled().exists():
        return
    with suppress(CannotMoveTask, EditedMeanwhile):
        complete_task(task, version=task.version, act=act)


def _reopen_task(row: Clarification, act: Act) -> None:
    """What this confirmation had finished is open again when it no longer holds."""
    task = row.task
    if task is None or row.confirmed_at is None:
        return
    if task.state == TaskState.DONE and task.finished_at == row.confirmed_at:
        with suppress(CannotMoveTask, EditedMeanwhile):
            reopen_task(task, version=task.version, act=act)
            task.refresh_from_db()
