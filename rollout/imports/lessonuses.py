"""What the people of a region did with a lesson, and what came of it: checked and written."""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, time, timedelta

from django.utils.translation import gettext as _

from pilots.models import Finding
from regions.models import Programme
from rollout.enums import LessonAnswer, LessonOutcome
from rollout.models import LessonUse, Task
from rollout.models.lesson import OUTCOMES_OF

from .checking import doubles, unknown
from .content import Content, filled
from .entries import Entry
from .faults import Fault
from .ledger import Ledger
from .people import People

# So long before the task was first due somebody said what he does with the lesson.
SAID_BEFORE = timedelta(days=28)


def faults_of_uses(content: Content, emails: Collection[str]) -> Iterator[Fault]:
    uses = content.of("lesson_uses")
    tied = filled(row["title"] for row in content.of("lessons") if row["step"])
    yield from doubles(uses, "region", "lesson")
    yield from unknown(uses, "region", content.region_codes)
    yield from unknown(uses, "lesson", tied)
    yield from unknown(uses, "by", emails)
    for entry in uses:
        yield from _answer_is_sound(entry)


def _answer_is_sound(entry: Entry) -> Iterator[Fault]:
    if entry["answer"] is None:
        return
    answer = LessonAnswer(entry["answer"])
    is_skipped = answer == LessonAnswer.SKIPPED
    if is_skipped and entry["skip_reason"] == "":
        yield entry.fault("skip_reason", _("Say why it is skipped."))
    if entry["skip_reason"] and not is_skipped:
        yield entry.fault("skip_reason", _("This belongs to skipped lessons only."))
    if entry["outcome"] and LessonOutcome(entry["outcome"]) not in OUTCOMES_OF[answer]:
        yield entry.fault("outcome", _("A lesson that was skipped cannot have helped."))


def load_uses(
    content: Content, ledger: Ledger, programme: Programme, people: People
) -> None:
    """Answers by region and lesson, on the task that the lesson concerns there."""
    titles = {entry["lesson"] for entry in content.of("lesson_uses")}
    rows = Finding.objects.filter(programme=programme, title__in=titles)
    findings = {row.title: row for row in rows.select_related("step")}
    steps = {row.step.key for row in findings.values() if row.step}
    tasks = Task.objects.filter(plan__programme=programme, step__key__in=steps)
    by_place = {
        (task.plan.region.code, task.step.key): task
        for task in tasks.select_related("plan__region", "step")
        if task.step
    }
    drafts = {}
    for entry in content.of("lesson_uses"):
        finding = findings[entry["lesson"]]
        step = finding.step
        task = by_place.get((entry["region"], step.key)) if step else None
        if task is not None:
            key = entry["region"], finding.title
            drafts[key] = _use(entry, finding, task, people, ledger.act.at)
    uses = LessonUse.objects.filter(finding__in=findings.values())
    known = {
        (row.task.plan.region.code, row.finding.title): row
        for row in uses.select_related("task__plan__region", "finding")
    }
    ledger.take("answers", drafts, known, ["answer", "skip_reason", "by_id"])


def _use(
    entry: Entry, finding: Finding, task: Task, people: People, at: datetime
) -> LessonUse:
    """What came of it is told by the same person, when the task is done."""
    noon = datetime.combine(task.first_due_date - SAID_BEFORE, time(12), UTC)
    use = LessonUse(
        task=task,
        finding=finding,
        answer=entry["answer"],
        skip_reason=entry["skip_reason"],
        by=people[entry["by"]],
        at=min(noon, at),
    )
    if entry["outcome"] and task.finished_at is not None:
        use.outcome = entry["outcome"]
        use.outcome_by, use.outcome_at = use.by, task.finished_at
    return use
