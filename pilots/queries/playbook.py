"""What is read about the playbook: procedures with their steps, and the lessons of these.

A lesson stands on a step in all of its versions: steps are the same where their keys are.
"""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from pilots.models import Finding, Procedure, Step
from regions.models import Programme, User


def procedures_of(programme: Programme) -> list[Procedure]:
    """The playbook in its order, each step with what the adopted findings say of it.

    Three queries.
    """
    rows = Procedure.objects.newest().filter(programme=programme)
    return with_lessons(rows.order_by("position", "id"))


def drafts_of(programme: Programme, user: User) -> QuerySet[Procedure]:
    """Of next versions, as far as somebody sees them."""
    rows = Procedure.objects.visible_to(user).filter(published_at=None)
    return rows.filter(programme=programme).order_by("position", "id")


def with_lessons(procedures: QuerySet[Procedure]) -> list[Procedure]:
    """Versions with their steps in order; each step has its `lessons`. Three queries."""
    steps = Step.objects.order_by("position", "id")
    found = list(procedures.prefetch_related(Prefetch("steps", steps)))
    rows = [step for procedure in found for step in procedure.steps.all()]
    put_lessons(rows)
    return found


def put_lessons(steps: Collection[Step]) -> dict[UUID, list[Finding]]:
    """Each step gets its `lessons`, for pages; all of them by key. One query."""
    lessons = lessons_by_key({step.key for step in steps})
    for step in steps:
        step.lessons = lessons.get(step.key, [])  # type: ignore[attr-defined] # for pages
    return lessons


def lessons_by_key(keys: set[UUID]) -> dict[UUID, list[Finding]]:
    """Adopted findings by the steps that they concern, the older ones first. One query."""
    rows = Finding.objects.adopted().filter(step__key__in=keys)
    found: dict[UUID, list[Finding]] = defaultdict(list)
    for one in rows.select_related("pilot", "step").order_by("id"):
        if one.step is not None:
            found[one.step.key].append(one)
    return found


def lessons_for(step: Step | None) -> list[Finding]:
    """Adopted findings that concern the tasks of a step, whatever version they follow."""
    if step is None:
        return []
    return lessons_by_key({step.key}).get(step.key, [])
