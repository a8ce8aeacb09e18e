"""Lessons where they are needed: on a task, and on a region's plan.

A lesson stands on every task whose step has the key of its own step, whatever the version.
"""

from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import (
    Exists,
    Func,
    IntegerField,
    OuterRef,
    QuerySet,
    Subquery,
    Sum,
)
from django.utils.translation import gettext as _

from pilots.models import Finding
from pilots.queries import lessons_by_key, lessons_for
from regions.models import User
from rollout.access import can_work_on
from rollout.enums import UNFINISHED, LessonAnswer, LessonOutcome, TaskState
from rollout.models import LessonUse, Plan, Task
from rollout.models.lesson import OUTCOMES_OF

# --- On a task -----------------------------------------------------------------------


@dataclass(frozen=True)
class LessonLine:
    """One lesson on one task: what was said of it, and what the reader can say."""

    task: Task
    finding: Finding
    use: LessonUse | None
    may_answer: bool

    @property
    def key(self) -> str:
        """The row keeps it, whatever becomes of the answer."""
        return f"lesson-{self.task.pk}-{self.finding.pk}"

    @property
    def outcomes(self) -> list[LessonOutcome]:
        """What can be told of it now."""
        use = self.use
        if use is None or use.outcome or self.task.state != TaskState.DONE:
            return []
        return list(OUTCOMES_OF[LessonAnswer(use.answer)])

    @property
    def answered(self) -> str:
        """Skipped: came too late (the list was keyed in March)."""
        use = self.use
        if use is None or not use.skip_reason:
            return use.get_answer_display() if use else ""
        why = use.get_skip_reason_display()
        if use.skip_note:
            why = _("%(why)s (%(who)s)") % {"why": why, "who": use.skip_note}
        return _("skipped: %(why)s") % {"why": why}


def lesson_lines(task: Task, user: User) -> list[LessonLine]:
    """Two queries, and none where the task comes from no step."""
    findings = lessons_for(task.step)
    if not findings:
        return []
    uses = LessonUse.objects.filter(task=task).select_related("by", "outcome_by")
    known = {use.finding_id: use for use in uses}
    may = bool(can_work_on(user, task))
    return [LessonLine(task, one, known.get(one.pk), may) for one in findings]


def lesson_line(task: Task, finding: Finding, user: User) -> LessonLine:
    """One of them, as it stands now. One query."""
    uses = LessonUse.objects.filter(task=task, finding=finding)
    use = uses.select_related("by", "outcome_by").first()
    return LessonLine(task, finding, use, bool(can_work_on(user, task)))


# --- On a plan -----------------------------------------------------------------------


def open_lessons(plan: Plan, user: User, most: int) -> list[LessonLine]:
    """The lessons of a plan that nobody answered, of the tasks due first. Three queries."""
    tasks = _waiting(plan.tasks.filter(state__in=UNFINISHED))
    rows = tasks.select_related("plan__region", "step", "owner")
    found = list(rows.order_by("due_date", "id")[:most])
    by_key = lessons_by_key({task.step.key for task in found if task.step})
    uses = LessonUse.objects.filter(task__in=found)
    answered = set(uses.values_list("task", "finding"))
    lines = [
        LessonLine(task, one, None, bool(can_work_on(user, task)))
        for task in found
        for one in (by_key.get(task.step.key, []) if task.step else [])
        if (task.pk, one.pk) not in answered
    ]
    return lines[:most]


@dataclass(frozen=True)
class LessonCount:
    """How many lessons stand on the tasks of a plan, and of how many somebody said what
    is done with them."""

    all: int
    answered: int


def lesson_count(plan: Plan) -> LessonCount:
    """One query."""
    rows = plan.tasks.exclude(state=TaskState.DROPPED)
    counted = rows.annotate(
        lessons=_number(_standing()), waiting=_number(_unanswered())
    )
    found = counted.aggregate(standing=Sum("lessons"), open=Sum("waiting"))
    standing, waiting = found["standing"] or 0, found["open"] or 0
    return LessonCount(standing, standing - waiting)


def lessons_wait(tasks: Collection[Task]) -> set[int]:
    """The tasks with a lesson that nobody answered. One query at most."""
    numbers = [task.pk for task in tasks if task.step_id is not None]
    if not numbers:
        return set()
    rows = _waiting(Task.objects.filter(pk__in=numbers))
    return set(rows.values_list("pk", flat=True))


def _waiting(tasks: QuerySet[Task]) -> QuerySet[Task]:
    return tasks.filter(Exists(_unanswered()))


def _standing() -> QuerySet[Finding]:
    """The lessons on the task of the query around it."""
    return Finding.objects.adopted().filter(step__key=OuterRef("step__key"))


def _unanswered() -> QuerySet[Finding]:
    """Those of them that nobody answered."""
    task = OuterRef(OuterRef("pk"))
    answers = LessonUse.objects.filter(task=task, finding=OuterRef("pk"))
    return _standing().filter(~Exists(answers))


def _number(rows: QuerySet[Finding]) -> Subquery:
    counted = rows.order_by().annotate(n=Func("pk", function="COUNT"))
    return Subquery(counted.values("n"), output_field=IntegerField())
