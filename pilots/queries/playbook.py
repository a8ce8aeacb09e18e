"""What is read about the playbook: procedures with their steps, and the lessons of these."""

from django.db.models import Prefetch, QuerySet

from pilots.models import Finding, Procedure, Step
from regions.models import Programme


def procedures_of(programme: Programme) -> QuerySet[Procedure]:
    """The playbook in its order, each step with what the adopted findings say of it."""
    adopted = Prefetch(
        "findings", Finding.objects.adopted().order_by("id"), to_attr="lessons"
    )
    steps = Step.objects.order_by("offset_days", "position", "id").prefetch_related(
        adopted
    )
    return (
        Procedure.objects.newest()
        .filter(programme=programme)
        .prefetch_related(Prefetch("steps", steps))
        .order_by("position", "id")
    )


def lessons_for(step: Step | None) -> list[Finding]:
    """Adopted findings that concern the tasks of a step."""
    if step is None:
        return []
    return list(step.findings.adopted().select_related("pilot").order_by("id"))
