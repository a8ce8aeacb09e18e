"""Making a region's plan from the playbook, and moving its go-live."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.models import Step
from regions import history
from regions.history import Act
from regions.models import Region, RegionalCEO, Rhythm, User
from rollout.duedates import due_date
from rollout.models import Plan, Task, Wave


class CannotPlan(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The plan exists already, or its dates contradict each other."""


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
    """A plan with one task per step, each due at go-live plus the step's offset.

    Go-live and kick-off are the wave's unless given. Raises CannotPlan.
    """
    go_live = go_live or wave.go_live_date
    kick_off = kick_off or wave.kick_off_date
    if Plan.objects.filter(programme=wave.programme_id, region=region).exists():
        raise CannotPlan(_("%(region)s has a plan already.") % {"region": region})
    if kick_off is not None and kick_off > go_live:
        raise CannotPlan(_("The kick-off lies after the go-live."))
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
    history.create_all(
        [task_from(step, plan, owner=owner_of(step)) for step in steps],
        act,
    )
    set_rhythm_dates(plan, act=act)
    return plan


def task_from(step: Step, plan: Plan, *, owner: User | None) -> Task:
    """A step as a task of one plan, not yet saved."""
    due = due_date(plan.go_live_date, step.offset_days)
    return Task(
        plan=plan,
        step=step,
        title=step.title,
        kind=step.kind,
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
    row = history.lock(Plan.objects.all(), plan.pk, version)
    check_go_live(row, to)
    act = Act(by=act.by, at=act.at, via=act.via, reason=reason.strip(), id=act.id)
    history.change(row, {"go_live_date": to}, act)
    tasks = (
        row.tasks.unfinished().filter(step__isnull=False).select_related("step", "plan")
    )
    history.change_all(
        (
            (task, {"due_date": due_date(to, task.step.offset_days)})
            for task in tasks.select_for_update(of=("self",))
            if task.step is not None
        ),
        act,
    )
    set_rhythm_dates(row, act=act)
    return row


def check_go_live(plan: Plan, to: date) -> None:
    """Raises CannotMoveGoLive for a day on which the plan cannot go live."""
    if plan.kick_off_date is not None and to < plan.kick_off_date:
        raise CannotMoveGoLive(_("The go-live cannot lie before the kick-off."))


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
