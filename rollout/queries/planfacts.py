"""What is known when a version of a procedure is to go into a plan: both, as they are now."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from pilots.changes import keys_before
from pilots.models import Procedure, Step
from regions.calendar import WorkableDays
from regions.models import User
from rollout.enums import UNFINISHED
from rollout.models import Plan, PlanProcedure, Task, TaskLink


@dataclass(frozen=True)
class Version:
    """A published version, and every step of its programme that tasks may come from."""

    procedure: Procedure
    known: Mapping[int, Step]

    @cached_property
    def steps(self) -> dict[UUID, Step]:
        rows = [s for s in self.known.values() if s.procedure_id == self.procedure.pk]
        rows.sort(key=lambda step: (step.position, step.pk))
        return {step.key: step for step in rows}

    @cached_property
    def before(self) -> dict[int, frozenset[UUID]]:
        """Of each step those that come before it; asked for every task of every plan."""
        return {pk: keys_before(step) for pk, step in self.known.items()}

    def step_of(self, task: Task) -> Step:
        """The one that a task comes from, of whatever version."""
        return self.known[task.step_id or 0]

    def is_of(self, step: Step) -> bool:
        """Whether a step belongs to any version of this procedure."""
        return step.procedure.name == self.procedure.name


@dataclass(frozen=True)
class PlanFacts:
    """A plan that follows an earlier version, its tasks in their order, and its days."""

    follows: PlanProcedure
    tasks: list[Task]
    links: list[TaskLink]
    days: WorkableDays
    today: date

    @property
    def plan(self) -> Plan:
        return self.follows.plan


def owner_of(
    step: Step, tasks: Iterable[Task], known: Mapping[int, Step]
) -> User | None:
    """Who has most of the unfinished work of this role and function in the plan."""
    kind = step.role, step.function
    owners = [
        task.owner
        for task in tasks
        if task.owner is not None
        and task.state in UNFINISHED
        and (of := known.get(task.step_id or 0))
        and (of.role, of.function) == kind
    ]
    return max(Counter(owners).items(), key=lambda one: one[1])[0] if owners else None
