"""What is read about the playbook: procedures with their steps, findings with their step."""

from dataclasses import dataclass

from django.db.models import Count, Prefetch, Q, QuerySet

from pilots.enums import FindingState
from pilots.models import Finding, Procedure, Step
from regions.models import Programme, User


@dataclass(frozen=True)
class StateCount:
    state: str
    label: str
    count: int


def procedures_of(programme: Programme) -> QuerySet[Procedure]:
    """The playbook in its order, each step with what the adopted findings say of it."""
    adopted = Prefetch(
        "findings", Finding.objects.adopted().order_by("id"), to_attr="lessons"
    )
    steps = Step.objects.order_by("offset_days", "position", "id").prefetch_related(
        adopted
    )
    return (
        Procedure.objects.filter(programme=programme)
        .prefetch_related(Prefetch("steps", steps))
        .order_by("position", "id")
    )


def findings_of(
    programme: Programme, user: User, state: str = "", words: str = ""
) -> QuerySet[Finding]:
    """Findings that this user may read, newest first, with step and pilot."""
    rows = Finding.objects.visible_to(user).filter(programme=programme)
    if state:
        rows = rows.filter(state=state)
    if words:
        rows = rows.filter(
            Q(title__icontains=words) | Q(recommendation__icontains=words)
        )
    return rows.select_related("step", "pilot", "author").order_by("-id")


def finding_counts(programme: Programme, user: User) -> list[StateCount]:
    """How many findings stand in each state."""
    rows = Finding.objects.visible_to(user).filter(programme=programme)
    counts = dict(rows.values_list("state").annotate(n=Count("id")).order_by("state"))
    return [
        StateCount(state.value, str(state.label), counts[state.value])
        for state in FindingState
        if counts.get(state.value)
    ]


def lessons_for(step: Step | None) -> list[Finding]:
    """Adopted findings that concern the tasks of a step."""
    if step is None:
        return []
    return list(step.findings.adopted().select_related("pilot").order_by("id"))
