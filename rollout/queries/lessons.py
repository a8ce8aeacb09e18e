"""Lessons where they are needed: on a task, on a region's plan, and how they were answered.

What people answered is counted as far as the reader sees the tasks.
"""

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field

from django.db.models import Count, F, Q, QuerySet, Sum
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import FindingState
from pilots.models import Finding
from pilots.queries import lessons_for
from regions.models import Programme, User
from regions.wording import listed, sentences
from rollout.access import can_see_effect, can_work_on
from rollout.enums import (
    UNFINISHED,
    LessonAnswer,
    LessonOutcome,
    SkipReason,
    TaskState,
)
from rollout.models import LessonUse, Plan, Task
from rollout.models.lesson import OUTCOMES_OF

ACTED_ON = (LessonAnswer.USED, LessonAnswer.ADAPTED)


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
    rows = tasks.select_related("plan", "step", "owner").order_by("due_date", "id")[
        :most
    ]
    found = {task.pk: task for task in rows}
    steps = {task.step_id for task in found.values()}
    findings = Finding.objects.adopted().filter(step__in=steps).select_related("pilot")
    by_step: dict[int | None, list[Finding]] = defaultdict(list)
    for one in findings.order_by("id"):
        by_step[one.step_id].append(one)
    uses = LessonUse.objects.filter(task__in=list(found))
    answered = set(uses.values_list("task", "finding"))
    lines = [
        LessonLine(task, one, None, bool(can_work_on(user, task)))
        for task in found.values()
        for one in by_step[task.step_id]
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
    counted = rows.annotate(lessons=_standing(), answered=_answered())
    found = counted.aggregate(standing=Sum("lessons"), said=Sum("answered"))
    return LessonCount(found["standing"] or 0, found["said"] or 0)


def lessons_wait(tasks: Collection[Task]) -> set[int]:
    """The tasks with a lesson that nobody answered. One query at most."""
    numbers = [task.pk for task in tasks if task.step_id is not None]
    if not numbers:
        return set()
    rows = _waiting(Task.objects.filter(pk__in=numbers))
    return set(rows.values_list("pk", flat=True))


def _waiting(tasks: QuerySet[Task]) -> QuerySet[Task]:
    counted = tasks.annotate(lessons=_standing(), answered=_answered())
    return counted.filter(lessons__gt=F("answered"))


def _standing() -> Count:
    """The lessons on a task."""
    adopted = Q(step__findings__state=FindingState.ADOPTED)
    return Count("step__findings", filter=adopted, distinct=True)


def _answered() -> Count:
    """How many of these were answered."""
    standing = Q(
        lesson_uses__finding__state=FindingState.ADOPTED,
        lesson_uses__finding__step=F("step"),
    )
    return Count("lesson_uses", filter=standing, distinct=True)


# --- How they were answered ----------------------------------------------------------


@dataclass
class UseCount:
    """Answers to one lesson, or to all of a procedure."""

    plans: set[int] = field(default_factory=set)
    answers: Counter[str] = field(default_factory=Counter)
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    def add(self, plan: int, answer: str, reason: str, outcome: str) -> None:
        self.answers[answer] += 1
        if answer in ACTED_ON:
            self.plans.add(plan)
        if reason:
            self.reasons[reason] += 1
        if outcome:
            self.outcomes[outcome] += 1

    @property
    def why_skipped(self) -> str:
        """came too late (3), nobody has time for it (1); the most frequent first."""
        said = [
            _("%(why)s (%(n)d)") % {"why": SkipReason(reason).label, "n": n}
            for reason, n in sorted(
                self.reasons.items(), key=lambda one: (-one[1], one)
            )
        ]
        return listed(said)

    @property
    def words(self) -> str:
        """Used in 5 plans, helped in 3 of 4. Skipped 2 times: came too late (2)."""
        return (
            sentences(_use_words(self)) if self.answers else _("Nobody answered yet.")
        )


def _use_words(count: UseCount) -> list[str]:
    n, told = len(count.plans), sum(count.outcomes.values())
    said = ngettext("Used in %(n)d plan", "Used in %(n)d plans", n) % {"n": n}
    if told:
        helped = {"helped": count.outcomes[LessonOutcome.HELPED], "told": told}
        said += _(", helped in %(helped)d of %(told)d") % helped
    words = [_("%(sentence)s.") % {"sentence": said}]
    if back := count.outcomes[LessonOutcome.CAME_BACK]:
        came = ngettext(
            "The problem came back %(n)d time.",
            "The problem came back %(n)d times.",
            back,
        )
        words.append(came % {"n": back})
    if skipped := count.answers[LessonAnswer.SKIPPED]:
        left_out = ngettext(
            "Skipped %(n)d time: %(why)s.", "Skipped %(n)d times: %(why)s.", skipped
        )
        words.append(left_out % {"n": skipped, "why": count.why_skipped})
    return words


@dataclass(frozen=True)
class Uses:
    """The answers in one programme, by lesson and by procedure, as the reader sees them."""

    by_finding: dict[int, UseCount]
    by_procedure: dict[int, UseCount]
    # Whether they are those of all regions.
    is_whole: bool
    may_see_effect: bool

    def of_finding(self, number: int) -> UseCount:
        return self.by_finding.get(number, UseCount())

    def of_procedure(self, number: int) -> UseCount:
        return self.by_procedure.get(number, UseCount())


def uses_in(programme: Programme, user: User) -> Uses:
    """One query, however many lessons and answers there are."""
    return _count(LessonUse.objects.filter(finding__programme=programme), user)


def uses_of(finding: Finding, user: User) -> Uses:
    """The same of one lesson."""
    return _count(LessonUse.objects.filter(finding=finding), user)


def _count(rows: QuerySet[LessonUse], user: User) -> Uses:
    by_finding: dict[int, UseCount] = defaultdict(UseCount)
    by_procedure: dict[int, UseCount] = defaultdict(UseCount)
    seen = rows.filter(task__in=Task.objects.visible_to(user).values("pk"))
    columns = seen.values_list(
        "finding", "finding__step__procedure", "task__plan",
        "answer", "skip_reason", "outcome",
    )  # fmt: skip
    for finding, procedure, plan, answer, reason, outcome in columns:
        for count in (by_finding[finding], by_procedure[procedure]):
            count.add(plan, answer, reason, outcome)
    return Uses(
        dict(by_finding),
        dict(by_procedure),
        is_whole=user.standing.sees_all,
        may_see_effect=bool(can_see_effect(user)),
    )


@dataclass(frozen=True)
class ReviewLine:
    """One lesson on the list for the next version: what to keep, change or give up."""

    finding: Finding
    count: UseCount

    @property
    def numbers(self) -> list[tuple[str, int]]:
        """In the order of the columns: answers, then outcomes."""
        answers = [(one.label, self.count.answers[one]) for one in LessonAnswer]
        outcomes = [(one.label, self.count.outcomes[one]) for one in LessonOutcome]
        return [(str(label), n) for label, n in answers + outcomes]


def review_lines(programme: Programme, user: User) -> list[ReviewLine]:
    """Lessons that stand on tasks or were answered, by step. Two queries."""
    uses = uses_in(programme, user)
    wanted = Q(state=FindingState.ADOPTED) | Q(pk__in=list(uses.by_finding))
    rows = (
        Finding.objects.visible_to(user)
        .filter(wanted, programme=programme, step__isnull=False)
        .select_related("step__procedure")
        .order_by("step__procedure__position", "step__offset_days", "step", "id")
    )
    return [ReviewLine(one, uses.of_finding(one.pk)) for one in rows]
