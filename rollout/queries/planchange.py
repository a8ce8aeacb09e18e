"""What a version of a procedure would change in one plan; asks the database nothing.

A step is the same where its key is. Only what the playbook says otherwise is changed, and
only where the task still says what its own step said: what people of the region changed by
hand since stays theirs.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from pilots.models import Step
from rollout.duedates import DueDate, due_date, due_dates
from rollout.enums import UNFINISHED, TaskState
from rollout.models import Plan, PlanProcedure, Task, TaskLink
from rollout.queries.planfacts import PlanFacts, Version, owner_of
from rollout.queries.planorder import Order

# What a task takes from its step as it stands, under the same name.
COPIED = ("title", "kind", "effort_hours", "helper_ready")
# What its day is counted by.
COUNTED = ("offset_days", "offset_unit", "needs_region")


@dataclass(frozen=True)
class Adding:
    """A task, not yet saved, of a step that the plan does not have."""

    task: Task
    due: DueDate


@dataclass
class Changing:
    """A task that goes on; `values` are set, `by_hand` are fields that stay as they are."""

    task: Task
    was: Step
    becomes: Step
    values: dict[str, Any] = field(default_factory=dict)
    by_hand: list[str] = field(default_factory=list)
    after: list[Task] = field(default_factory=list)
    no_longer_after: list[Task] = field(default_factory=list)
    # What it would come after, but for a circle with what was ordered by hand.
    in_circle: list[Task] = field(default_factory=list)
    due: DueDate | None = None

    @property
    def is_told(self) -> bool:
        return bool(self.values or self.after or self.no_longer_after)


@dataclass(frozen=True)
class PlanChange:
    """All that one version does to one plan. `seen` names exactly these rows as they are."""

    follows: PlanProcedure
    today: date
    adding: list[Adding]
    going_on: list[Changing]
    dropping: list[Task]
    # Finished, so it stays though the version says it otherwise or gave it up.
    kept: list[Task]
    # Orders to make, of tasks that may not be saved yet, and to take away.
    links: list[TaskLink]
    gone: list[TaskLink]

    @property
    def plan(self) -> Plan:
        return self.follows.plan

    @property
    def changing(self) -> list[Changing]:
        return [one for one in self.going_on if one.is_told]

    @property
    def by_hand(self) -> list[Changing]:
        """Nothing of them changes, because people of the region changed it already."""
        return [
            one
            for one in self.going_on
            if not one.is_told and (one.by_hand or one.in_circle)
        ]

    @property
    def seen(self) -> str:
        said = [f"{self.follows.pk} {self.follows.version} {self.plan.version}"]
        for new in self.adding:
            step = new.task.step_id
            said.append(f"+{step} {new.task.due_date} {new.task.owner_id}")
        for one in self.going_on:
            values = sorted(one.values.items())
            said.append(f"{one.task.pk} {one.task.version} {one.becomes.pk} {values}")
        said += [f"-{task.pk} {task.version}" for task in self.dropping]
        said += [f"<{link}" for link in self.links]
        said += [f">{link.pk}" for link in self.gone]
        return hashlib.sha256(";".join(said).encode()).hexdigest()[:32]


def plan_change(facts: PlanFacts, version: Version) -> PlanChange:
    mine = {
        step.key: task
        for task in facts.tasks
        if (step := version.known.get(task.step_id or 0)) and version.is_of(step)
    }
    unfinished = {k: task for k, task in mine.items() if task.state in UNFINISHED}
    going_on = [
        _changing(task, version.step_of(task), version.steps[key], facts)
        for key, task in unfinished.items()
        if key in version.steps
    ]
    missing = {k: step for k, step in version.steps.items() if k not in mine}
    adding = {k: _added(step, facts, version) for k, step in missing.items()}
    finished = {k: task for k, task in mine.items() if k not in unfinished}
    order = Order(facts.links)
    links, gone = _reorder(going_on, adding, mine, order, version)
    due = _due_dates(going_on, adding, facts, order)
    for one in going_on:
        one.due = due.get(id(one.task))
    return PlanChange(
        follows=facts.follows,
        today=facts.today,
        adding=[Adding(task, due[id(task)]) for task in adding.values()],
        going_on=going_on,
        dropping=[t for key, t in unfinished.items() if key not in version.steps],
        kept=[t for key, t in finished.items() if _differs(t, key, version)],
        links=links,
        gone=gone,
    )


def _differs(task: Task, key: UUID, version: Version) -> bool:
    """Whether the version says of a finished task what its step did not."""
    was, becomes = version.step_of(task), version.steps.get(key)
    if becomes is None:
        return True
    names = (*COPIED, *COUNTED)
    return any(getattr(was, name) != getattr(becomes, name) for name in names)


def _changing(task: Task, was: Step, becomes: Step, facts: PlanFacts) -> Changing:
    one = Changing(task, was, becomes)
    for name in COPIED:
        before, after = getattr(was, name), getattr(becomes, name)
        if before != after:
            _take(one, name, before, after)
    if any(getattr(was, name) != getattr(becomes, name) for name in COUNTED):
        go_live = facts.plan.go_live_date
        before = due_date(go_live, was, facts.days).day
        _take(one, "due_date", before, due_date(go_live, becomes, facts.days).day)
    return one


def _take(one: Changing, name: str, before: Any, after: Any) -> None:
    """The new value, unless the task says something else than its step did."""
    now = getattr(one.task, name)
    if now == after:
        return
    if now == before:
        one.values[name] = after
    else:
        one.by_hand.append(name)


def _added(step: Step, facts: PlanFacts, version: Version) -> Task:
    plan = facts.plan
    due = due_date(plan.go_live_date, step, facts.days).day
    return Task(
        plan=plan,
        step=step,
        **{name: getattr(step, name) for name in COPIED},
        owner=owner_of(step, facts.tasks, version.known),
        first_due_date=due,
        due_date=due,
    )


# --- The order -----------------------------------------------------------------------


def _reorder(
    going_on: list[Changing],
    adding: Mapping[UUID, Task],
    mine: Mapping[UUID, Task],
    order: Order,
    version: Version,
) -> tuple[list[TaskLink], list[TaskLink]]:
    """Orders to make and to take away: what the version says otherwise than the one before."""
    standing = {k: t for k, t in mine.items() if t.state != TaskState.DROPPED}
    tasks = {**standing, **adding}
    wanted = [_orders(one, version) for one in going_on]
    gone = [
        link
        for one, (was, becomes) in zip(going_on, wanted, strict=True)
        for link in _no_longer_after(one, was - becomes, mine, order)
    ]
    links = [
        order.add(task, tasks[key])
        for task in adding.values()
        if task.step is not None
        for key in _sorted(version.before[task.step.pk], tasks)
    ]
    links += [
        link
        for one, (was, becomes) in zip(going_on, wanted, strict=True)
        for link in _after(one, becomes - was, tasks, order)
    ]
    return links, gone


def _orders(one: Changing, version: Version) -> tuple[frozenset[UUID], frozenset[UUID]]:
    """What came before a task by its own step, and what does by the new one."""
    return version.before[one.was.pk], version.before[one.becomes.pk]


def _no_longer_after(
    one: Changing, keys: Iterable[UUID], mine: Mapping[UUID, Task], order: Order
) -> Iterator[TaskLink]:
    for key in _sorted(keys, mine):
        if link := order.remove(one.task, mine[key]):
            one.no_longer_after.append(mine[key])
            yield link


def _after(
    one: Changing, keys: Iterable[UUID], tasks: Mapping[UUID, Task], order: Order
) -> Iterator[TaskLink]:
    for key in _sorted(keys, tasks):
        before = tasks[key]
        if order.is_circle(one.task, before):
            one.in_circle.append(before)
        elif not order.has(one.task, before):
            one.after.append(before)
            yield order.add(one.task, before)


def _sorted(keys: Iterable[UUID], tasks: Mapping[UUID, Task]) -> list[UUID]:
    """Those that the plan has, so that the same preview is the same text."""
    return sorted(key for key in keys if key in tasks)


def _due_dates(
    going_on: list[Changing],
    adding: Mapping[UUID, Task],
    facts: PlanFacts,
    order: Order,
) -> dict[int, DueDate]:
    """Of all that is new or has another day, whether the day can be kept."""
    moved = [one for one in going_on if "due_date" in one.values]
    counted = [(task, task.step) for task in adding.values()]
    counted += [(one.task, one.becomes) for one in moved]
    steps = {order.number(task): step for task, step in counted if step is not None}
    fixed = {task.pk: task.due_date for task in facts.tasks if task.state in UNFINISHED}
    found = due_dates(
        facts.plan.go_live_date,
        steps,
        facts.days,
        predecessors=order.before,
        fixed=fixed,
    )
    return {id(task): found[order.number(task)] for task, _step in counted}
