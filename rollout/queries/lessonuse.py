"""How lessons were answered, by lesson and by procedure, and the list for the next version.

What people answered is counted as far as the reader sees the tasks.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass, field

from django.db.models import OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from pilots.enums import FindingState
from pilots.models import Finding, Procedure, Step
from regions.models import Programme, User
from regions.wording import listed, sentences
from rollout.access import can_see_effect
from rollout.enums import LessonAnswer, LessonOutcome, SkipReason
from rollout.models import LessonUse, Task

ACTED_ON = (LessonAnswer.USED, LessonAnswer.ADAPTED)


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
    """The answers in one programme, by lesson and by the name of the procedure, over all of
    its versions, as the reader sees them."""

    by_finding: dict[int, UseCount]
    by_procedure: dict[str, UseCount]
    # Whether they are those of all regions.
    is_whole: bool
    may_see_effect: bool

    def of_finding(self, number: int) -> UseCount:
        return self.by_finding.get(number, UseCount())

    def of_procedure(self, name: str) -> UseCount:
        return self.by_procedure.get(name, UseCount())


def uses_in(programme: Programme, user: User) -> Uses:
    """One query, however many lessons and answers there are."""
    return _count(LessonUse.objects.filter(finding__programme=programme), user)


def uses_of(finding: Finding, user: User) -> Uses:
    """The same of one lesson."""
    return _count(LessonUse.objects.filter(finding=finding), user)


def _count(rows: QuerySet[LessonUse], user: User) -> Uses:
    by_finding: dict[int, UseCount] = defaultdict(UseCount)
    by_procedure: dict[str, UseCount] = defaultdict(UseCount)
    seen = rows.filter(task__in=Task.objects.visible_to(user).values("pk"))
    columns = seen.values_list(
        "finding", "finding__step__procedure__name", "task__plan",
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
    # Its step, as the newest version calls it; given up, as it was called last.
    step: str
    count: UseCount

    @property
    def numbers(self) -> list[tuple[str, int]]:
        """In the order of the columns: answers, then outcomes."""
        answers = [(one.label, self.count.answers[one]) for one in LessonAnswer]
        outcomes = [(one.label, self.count.outcomes[one]) for one in LessonOutcome]
        return [(str(label), n) for label, n in answers + outcomes]


def review_lines(
    programme: Programme, user: User, procedure: str = ""
) -> list[ReviewLine]:
    """Lessons that stand on tasks or were answered, by step; of all procedures, or of
    every version of one. Two queries."""
    uses = uses_in(programme, user)
    wanted = Q(state=FindingState.ADOPTED) | Q(pk__in=list(uses.by_finding))
    if procedure:
        wanted &= Q(step__procedure__name=procedure)
    newest = Procedure.objects.newest()
    now = Step.objects.filter(key=OuterRef("step__key"), procedure__in=newest)
    rows = (
        Finding.objects.visible_to(user)
        .filter(wanted, programme=programme, step__isnull=False)
        .select_related("step__procedure")
        .annotate(step_now=Subquery(now.values("title")[:1]))
        .order_by(
            "step__procedure__position", "step__procedure__name", "step__offset_days",
            "step__key", "id",
        )
    )  # fmt: skip
    return [ReviewLine(one, _step_now(one), uses.of_finding(one.pk)) for one in rows]


def _step_now(one: Finding) -> str:
    now: str | None = one.step_now  # type: ignore[attr-defined] # annotated
    return now or str(one.step)
