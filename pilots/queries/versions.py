"""What is read about one version of a procedure, and how it differs from the one before."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet

from pilots.changes import changes_between
from pilots.changewords import Told, told
from pilots.models import Finding, Procedure, Step
from regions.models import User

from .playbook import put_lessons


@dataclass(frozen=True)
class VersionPage:
    """One version with its steps; `steps` have `lessons` and what comes before them."""

    procedure: Procedure
    steps: list[Step]
    # All that the reader sees, the newest first.
    versions: list[Procedure]
    former: Procedure | None
    changes: list[Told]
    # Lessons of its steps that the version before did not know yet.
    fresh: list[Finding]

    @property
    def draft(self) -> Procedure | None:
        return next((one for one in self.versions if one.is_draft), None)

    @property
    def newest(self) -> Procedure | None:
        """The version that plans are made from now."""
        return next((one for one in self.versions if not one.is_draft), None)


def versions_of(procedure: Procedure, user: User) -> QuerySet[Procedure]:
    """The newest first."""
    return (
        Procedure.objects.visible_to(user)
        .filter(programme=procedure.programme_id, name=procedure.name)
        .select_related("published_by")
        .order_by("-number")
    )


def version_page(procedure: Procedure, user: User) -> VersionPage:
    """Six queries, however many steps and versions there are."""
    versions = list(versions_of(procedure, user))
    earlier = (one for one in versions if one.number < procedure.number)
    former = next((one for one in earlier if not one.is_draft), None)
    both = [procedure.pk] if former is None else [procedure.pk, former.pk]
    rows = Step.objects.filter(procedure__in=both).order_by("position", "id")
    steps: list[Step] = []
    before: list[Step] = []
    for step in rows.prefetch_related("predecessors"):
        (steps if step.procedure_id == procedure.pk else before).append(step)
    lessons = put_lessons(steps)
    changes = changes_between(before, steps) if former else []
    titles = {step.key: step.title for step in (*before, *steps)}
    return VersionPage(
        procedure,
        steps,
        versions,
        former,
        [told(one, titles) for one in changes],
        _fresh(lessons, former),
    )


def _fresh(
    lessons: dict[UUID, list[Finding]], former: Procedure | None
) -> list[Finding]:
    """Those tied to a step that was not of the version before, or to a later copy of it."""
    if former is None:
        return []
    return [
        one
        for of_step in lessons.values()
        for one in of_step
        if one.step is not None and one.step.procedure_id != former.pk
    ]
