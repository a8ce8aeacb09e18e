"""Making a region's plan from the playbook, and moving its go-live."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.models import Step, StepLink
from regions import history
from regions.calendar import WorkableDays
from regions.history import Act
from regions.models import Programme, Region, RegionalCEO, Rhythm, User
from regions.queries import calendars
from regions.wording import full_day
from rollout.duedates import due_date
from rollout.models import Plan, PlanProcedure, Task, TaskLink, Wave


class CannotPlan(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The plan exists already, its dates contradict each other, or nobody said why."""


class CannotMoveGoLive(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The new day is impossible, or no reason was given."""


Owners = Callable[[Step], User | None]


def nobody(step: Step) -> User | None:
    """No person in charge yet."""
    return None


@transaction.atomic
def make_plan(
    region: Region,
    wave: Wave,
    *,
    steps: Iterable[Step],
    act: Act,
    go_live: date | None = None,
    kick_off: date | None = None,
    owner_of: Owners = nobody,
) -> Plan:
    """A plan with one task per step, each counted back from go-live.

    Go-live and kick-off are the wave's unless given. A go-live in a blackout needs
    `act.reason`. Raises CannotPlan.
    """
    go_live = go_live or wave.go_live_date
    kick_off = kick_off or wave.kick_off_date
    days = calendars().of(region, wave.programme_id)
    if stop := why_not_running(region, wave.programme):
        raise CannotPlan(stop)
    if Plan.objects.filter(programme=wave.programme_id, region=region).exists():
        raise CannotPlan(_("%(region)s has a plan already.") % {"region": region})
    if kick_off is not None and kick_off > go_live:
        raise CannotPlan(_("The kick-off lies after the go-live."))
    if not act.reason.strip() and (stop := in_blackout(go_live, days)):
        raise CannotPlan(stop)
    plan = history.create(
        Plan(
            region=region,
            wave=wave,
            programme_id=wave.programme_id,
            kick_off_date=kick_off,
            first_go_live_date=go_live,
            go_live_date=go_live,
        ),
        act,
    )
    tasks = [task_from(step, plan, days, owner=owner_of(step)) for step in steps]
    add_tasks(plan, tasks, act=act)
    set_rhythm_dates(plan, act=act)
    return plan


@transaction.atomic
def add_tasks(plan: Plan, tasks: Iterable[Task], *, act: Act) -> None:
    """The first tasks of a plan, in the order of their steps; the plan knows their versions."""
    tasks = history.create_all(tasks, act)
    by_step = {task.step_id: task for task in tasks if task.step_id is not None}
    links = StepLink.objects.filter(step__in=by_step, before__in=by_step)
    order = [
        TaskLink(task=by_step[link.step_id], before=by_step[link.before_id])
        for link in links
    ]
    history.create_all(order, act)
    versions = {task.step.procedure_id for task in tasks if task.step is not None}
    history.create_all(
        [PlanProcedure(plan=plan, procedure_id=pk) for pk in sorted(versions)], act
    )


def task_from(
    step: Step, plan: Plan, days: WorkableDays, *, owner: User | None
) -> Task:
    """A step as a task of one plan, not yet saved."""
    due = due_date(plan.go_live_date, step, days).day
    return Task(
        plan=plan,
        step=step,
        title=step.title,
        kind=step.kind,
        effort_hours=step.effort_hours,
        helper_ready=step.helper_ready,
        owner=owner,
        first_due_date=due,
        due_date=due,
    )


@transaction.atomic
def move_go_live(plan: Plan, *, to: date, reason: str, version: int, act: Act) -> Plan:
    """Move a region's go-live; tasks that are not finished move with it.

    The first promise stays. `act.reason` is replaced by `reason`, which every entry keeps.
    Raises CannotMoveGoLive and EditedMeanwhile.
    """
    if not reason.strip():
        raise CannotMoveGoLive(_("Say why the go-live moves."))
    rows = Plan.objects.select_related("region", "programme")
    row = history.lock(rows, plan.pk, version)
    check_go_live(row, to)
    act = replace(act, reason=reason.strip())
    history.change(row, {"go_live_date": to}, act)
    days = calendars().of(row.region, row.programme_id)
    tasks = (
        row.tasks.unfinished().filter(step__isnull=False).select_related("step", "plan")
    )
    history.change_all(
        (
            (task, {"due_date": due_date(to, task.step, days).day})
            for task in tasks.select_for_update(of=("self",))
            if task.step is not None
        ),
        act,
    )
    set_rhythm_dates(row, act=act)
    return row


def check_go_live(plan: Plan, to: date) -> None:
    """Raises CannotMoveGoLive for a day on which the plan cannot go live."""
    if stop := why_not_running(plan.region, plan.programme):
        raise CannotMoveGoLive(stop)
    if plan.kick_off_date is not None and to < plan.kick_off_date:
        raise CannotMoveGoLive(_("The go-live cannot lie before the kick-off."))


def why_not_running(region: Region, programme: Programme) -> str:
    """Why nothing is planned any more; nothing where it is."""
    if programme.closed_at is not None:
        said = _("%(programme)s is closed. Open it again first.")
        return said % {"programme": programme}
    if region.archived_at is not None:
        said = _("%(region)s is archived. Take it up again first.")
        return said % {"region": region}
    return ""


def in_blackout(day: date, days: WorkableDays) -> str:
    """Why a go-live on a day needs a reason; nothing where it needs none."""
    closed = days.closed_on(day)
    if closed is None:
        return ""
    said = _(
        "%(day)s lies in a blackout, %(why)s. Say why the region goes live all the same."
    )
    return said % {"day": full_day(day), "why": closed.reason}


def set_rhythm_dates(plan: Plan, *, act: Act) -> None:
    """Tell the rhythm of the region's CEO when kick-off and go-live are."""
    values: Mapping[str, Any] = {
        "kick_off_date": plan.kick_off_date,
        "go_live_date": plan.go_live_date,
    }
    ceo = RegionalCEO.objects.current().filter(region=plan.region_id).first()
    if ceo is None:
        return
    rhythm = Rhythm.objects.filter(ceo=ceo, programme=plan.programme_id).first()
    if rhythm is None:
        new = Rhythm(ceo=ceo, programme_id=plan.programme_id, **values)
        history.create(new, act)
    else:
        history.change(history.lock(Rhythm.objects.all(), rhythm.pk), values, act)
