"""What people say of a lesson on their task: used, adapted, skipped; later what came of it.

A tap that is sent again does nothing more, and who taps on a page that no longer holds is
shown what stands there now.
"""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.models import Finding
from pilots.queries import lessons_for
from regions import history
from regions.history import Act
from rollout.enums import (
    LessonAnswer,
    LessonOutcome,
    SkipReason,
    TaskState,
)
from rollout.models import LessonUse, Task
from rollout.models.lesson import OUTCOMES_OF

NO_OUTCOME = {"outcome": "", "outcome_by": None, "outcome_at": None}


class CannotAnswerLesson(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The lesson does not stand on the task, or it is too early, or a reason is missing."""


@transaction.atomic
def answer_lesson(
    task: Task,
    finding: Finding,
    *,
    answer: str,
    skip_reason: str = "",
    skip_note: str = "",
    act: Act,
) -> LessonUse:
    """Say what is done with a lesson. Raises CannotAnswerLesson, or EditedMeanwhile where
    somebody said something else."""
    if answer != LessonAnswer.SKIPPED:
        skip_reason = skip_note = ""
    elif skip_reason not in SkipReason.values:
        raise CannotAnswerLesson(_("Say why it is skipped."))
    # Whoever answers for a task at the same time waits here.
    task = history.lock(Task.objects.select_related("plan", "step"), task.pk)
    said = {"answer": answer, "skip_reason": skip_reason, "skip_note": skip_note}
    row = LessonUse.objects.filter(task=task, finding=finding).first()
    if row is not None:
        if any(getattr(row, name) != value for name, value in said.items()):
            raise history.EditedMeanwhile(row)
        return row
    if finding not in lessons_for(task.step):
        raise CannotAnswerLesson(_("This lesson does not stand on this task any more."))
    return history.create(
        LessonUse(task=task, finding=finding, by=act.by, at=act.at, **said), act
    )


@transaction.atomic
def tell_outcome(use: LessonUse, *, outcome: str, version: int, act: Act) -> LessonUse:
    """Say what came of it, once the task is done. Raises CannotAnswerLesson."""
    row = _locked(use)
    if row.outcome == outcome:
        return row
    if row.version != version:
        raise history.EditedMeanwhile(row)
    if row.task.state != TaskState.DONE:
        raise CannotAnswerLesson(_("Say what came of it once the task is done."))
    if LessonOutcome(outcome) not in OUTCOMES_OF[LessonAnswer(row.answer)]:
        raise CannotAnswerLesson(_("A lesson that was skipped cannot have helped."))
    told = {"outcome": outcome, "outcome_by": act.by, "outcome_at": act.at}
    history.change(row, told, act)
    return row


@transaction.atomic
def take_back(use: LessonUse, *, version: int, act: Act) -> LessonUse | None:
    """The outcome if there is one, else the answer; then no row is left."""
    row = _locked(use, version)
    if row.outcome:
        history.change(row, NO_OUTCOME, act)
        return row
    history.delete(row, act)
    return None


def _locked(use: LessonUse, version: int | None = None) -> LessonUse:
    rows = LessonUse.objects.select_related("task__plan", "finding")
    return history.lock(rows, use.pk, version)
