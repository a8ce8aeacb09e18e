"""What carrying a version of the playbook into plans would do: for the page, and for the act.

Only plans that follow an earlier version of the procedure, and only while there is anything
to prepare: a plan that went live stays as it is, and so do closed programmes and archived
regions.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext as _

from pilots.models import Procedure, Step
from regions.calendar import today
from regions.models import User
from regions.queries import calendars
from rollout.models import Plan, PlanProcedure, Push, PushedPlan, Task, TaskLink
from rollout.queries.planchange import PlanChange, plan_change
from rollout.queries.planfacts import PlanFacts, Version


@dataclass(frozen=True)
class Staying:
    """A plan that keeps its version, and why."""

    follows: PlanProcedure
    why: str

    @property
    def plan(self) -> Plan:
        return self.follows.plan


@dataclass(frozen=True)
class PushPreview:
    """What one version would do, plan by plan, in the order of the regions' codes."""

    procedure: Procedure
    changes: list[PlanChange]
    staying: list[Staying]

    @property
    def reasons(self) -> dict[str, list[Plan]]:
        """Which plans keep their version, by the reason."""
        found: dict[str, list[Plan]] = defaultdict(list)
        for one in self.staying:
            found[one.why].append(one.plan)
        return dict(found)


def followers(procedure: Procedure, reader: User) -> QuerySet[PlanProcedure]:
    """The plans that follow an earlier version, each with the newest that it follows."""
    versions = PlanProcedure.objects.filter(
        plan=OuterRef("plan"),
        procedure__programme=procedure.programme_id,
        procedure__name=procedure.name,
    )
    newest = versions.order_by("-procedure__number").values("pk")[:1]
    return (
        PlanProcedure.objects.visible_to(reader)
        .filter(
            procedure__programme=procedure.programme_id,
            procedure__name=procedure.name,
            procedure__number__lt=procedure.number,
            pk=Subquery(newest),
        )
        .select_related("procedure", "plan__region", "plan__programme", "plan__wave")
        .order_by("plan__region__code", "id")
    )


def push_preview(
    procedure: Procedure,
    reader: User,
    at: datetime,
    *,
    plans: Collection[int] | None = None,
    lock: bool = False,
) -> PushPreview:
    """Of the plans that the reader sees, or of some; eight queries, however many they are.

    With `lock` the plans and then their tasks stay as they are read.
    """
    rows = followers(procedure, reader)
    if plans is not None:
        rows = rows.filter(plan__in=plans)
    found = list(rows)
    stops = {one.plan_id: why for one in found if (why := why_it_stays(one.plan, at))}
    moving = [one for one in found if one.plan_id not in stops]
    facts = _facts(moving, at, lock=lock)
    version = Version(procedure, _steps(procedure.programme_id))
    return PushPreview(
        procedure,
        [plan_change(one, version) for one in facts],
        [Staying(one, stops[one.plan_id]) for one in found if one.plan_id in stops],
    )


def why_it_stays(plan: Plan, at: datetime) -> str:
    if plan.programme.closed_at is not None:
        return _("The programme is closed.")
    if plan.region.archived_at is not None:
        return _("The region is archived.")
    if plan.is_live(today(plan.region, at)):
        return _("It is live.")
    return ""


def _steps(programme_id: int) -> dict[int, Step]:
    """Of every version in a programme, by number: tasks come from any of them."""
    rows = Step.objects.filter(procedure__programme=programme_id)
    rows = rows.select_related("procedure").prefetch_related("predecessors")
    return {step.pk: step for step in rows}


def _facts(rows: list[PlanProcedure], at: datetime, *, lock: bool) -> list[PlanFacts]:
    plans = {one.plan_id: one.plan for one in rows}
    tasks = Task.objects.filter(plan__in=plans).select_related("owner").order_by("id")
    if lock:
        locked = Plan.objects.filter(pk__in=plans).order_by("pk").select_for_update()
        for pk, version in locked.values_list("pk", "version"):
            plans[pk].version = version
        tasks = tasks.select_for_update(of=("self",))
    of_plan: dict[int, list[Task]] = defaultdict(list)
    for task in tasks:
        task.plan = plans[task.plan_id]
        of_plan[task.plan_id].append(task)
    links: dict[int, list[TaskLink]] = defaultdict(list)
    ordered = TaskLink.objects.filter(task__plan__in=plans).order_by("id")
    by_pk = {task.pk: task for found in of_plan.values() for task in found}
    for link in ordered:
        if link.task_id in by_pk:
            link.task, link.before = by_pk[link.task_id], by_pk[link.before_id]
            links[link.task.plan_id].append(link)
    known = calendars()
    return [
        PlanFacts(
            follows=one,
            tasks=of_plan[one.plan_id],
            links=links[one.plan_id],
            days=known.of(one.plan.region, one.plan.programme_id),
            today=today(one.plan.region, at),
        )
        for one in rows
    ]


def newest_of(procedure: Procedure) -> Procedure:
    """The version that plans are made from now."""
    rows = Procedure.objects.newest().filter(programme=procedure.programme_id)
    return rows.get(name=procedure.name)


# --- What is known of it elsewhere ---------------------------------------------------


@dataclass(frozen=True)
class Followed:
    """A version that a plan follows, and the later one that is out."""

    procedure: Procedure
    newest: Procedure


def behind_of_plan(plan: Plan) -> list[Followed]:
    """What a plan follows while a later version is out, in the playbook's order. One query."""
    versions = PlanProcedure.objects.filter(plan=plan, procedure=OuterRef("pk"))
    rows = Procedure.objects.published().filter(programme=plan.programme_id)
    newest: dict[str, Procedure] = {}
    followed: dict[str, Procedure] = {}
    found: QuerySet[Any] = rows.annotate(used=Exists(versions))
    for row in found.order_by("position", "number"):
        newest[row.name] = row
        if row.used:
            # A plan that has tasks of two versions follows the later one.
            followed[row.name] = row
    return [
        Followed(row, newest[name])
        for name, row in followed.items()
        if row.number < newest[name].number
    ]


def behind_of(procedure: Procedure, reader: User) -> int:
    """How many plans could follow this version and do not yet; none once a later one is out.

    Go-lives are compared with the reader's day: the page looks at that of the region.
    """
    is_newest = Procedure.objects.newest().filter(pk=procedure.pk)
    rows = followers(procedure, reader).filter(
        Exists(is_newest),
        plan__programme__closed_at=None,
        plan__region__archived_at=None,
        plan__go_live_date__gt=reader.moment.date(),
    )
    return rows.count()


@dataclass(frozen=True)
class PastPush:
    """When a version was carried, into which plans, and how many still are as it left them."""

    push: Push
    plans: list[PushedPlan]

    @property
    def lasting(self) -> int:
        return sum(one.undone_at is None for one in self.plans)


def pushes_of(procedure: Procedure, reader: User) -> list[PastPush]:
    """The newest first. Two queries."""
    plans = PushedPlan.objects.select_related("plan__region").order_by(
        "plan__region__code", "id"
    )
    rows = (
        Push.objects.visible_to(reader)
        .filter(procedure=procedure)
        .select_related("by")
        .prefetch_related(Prefetch("plans", plans))
        .order_by("-at", "-id")
    )
    return [PastPush(row, list(row.plans.all())) for row in rows]
