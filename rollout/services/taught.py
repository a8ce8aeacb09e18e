"""What a task taught becomes a finding that knows its task."""

from typing import Any

from django.db import transaction

from pilots.models import Finding
from pilots.services.findings import record_finding
from regions import history
from regions.history import Act
from rollout.models import Task, TaskFinding


@transaction.atomic
def record_from_task(task: Task, *, act: Act, **values: Any) -> Finding:
    """Raises CannotMoveFinding."""
    finding = record_finding(programme=task.plan.programme, act=act, **values)
    history.create(TaskFinding(task=task, finding=finding), act)
    return finding
