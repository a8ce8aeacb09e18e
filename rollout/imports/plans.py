"""Writing the top app's part: waves, one plan per region, and its tasks as they stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from django.utils.translation import gettext_lazy

from regions.calendar import Calendar, WorkableDays
from regions.enums import Role
from regions.models import Membership, Programme, Region, User
from regions.queries import Calendars
from rollout.duedates import due_date
from rollout.enums import TaskState
from rollout.models import Plan, Task, Wave
from rollout.services.plans import add_tasks, make_plan, move_go_live, task_from

from .columns import ANY
from .content import Content
from .dates import finished_at
from .engagement import Asks
from .entries import Entry
from .ledger import Ledger
from .people import People, Regions
from .pilots import Steps
from .playbook import StepEntry

# Why a go-live moved, and why it may lie in a blackout.
PUBLISHED = gettext_lazy("as the programme published")
PLAIN_DAYS = WorkableDays(Calendar("12345"))
# A move of the past is dated so long before the promised go-live that nobody takes it
# for news of this week.
MOVE_KNOWN_BEFORE = timedelta(days=30)


def load_waves(
    content: Content, ledger: Ledger, programme: Programme
) -> Mapping[str, Wave]:
    """Waves by name; regions of one wave may differ, then it begins with the first."""
    go_lives: dict[str, date] = {}
    for entry in content.of("regions"):
        day = content.shift.day(entry["planned_go_live"])
        go_lives[entry["wave"]] = min(day, go_lives.get(entry["wave"], day))
    drafts = {
        name: Wave(
            programme=programme,
            name=name,
            go_live_date=day,
            kick_off_date=kick_off_of(content, day),
            opened_at=_opened_at(kick_off_of(content, day), ledger.act.at),
        )
        for name, day in go_lives.items()
    }
    known = {row.name: row for row in Wave.objects.filter(programme=programme)}
    return ledger.take("waves", drafts, known, ["go_live_date", "kick_off_date"])


def _opened_at(kick_off: date | None, at: datetime) -> datetime | None:
    """What was under way when it came in was opened before there was anybody to ask."""
    return at if kick_off is not None and kick_off <= at.date() else None


def kick_off_of(
    content: Content, go_live: date, days: WorkableDays = PLAIN_DAYS
) -> date | None:
    """That of a region by its days; of a wave by plain ones, as its regions differ."""
    step = content.kick_off
    return None if step is None else due_date(go_live, step, days).day


@dataclass(frozen=True)
class Owners:
    """Who is in charge of a step in a region, by the rules of owners.csv."""

    rules: list[Entry]
    # By role and region; the first one of people.csv.
    holders: Mapping[tuple[str, int | None], User]

    @classmethod
    def of(cls, content: Content, memberships: list[Membership]) -> "Owners":
        holders: dict[tuple[str, int | None], User] = {}
        for row in memberships:
            holders.setdefault((row.role, row.region_id), row.user)
        return cls(content.of("owners"), holders)

    def of_step(self, step: StepEntry, region_id: int) -> User | None:
        """The holder of the role that the first fitting rule names; none if nobody has it."""
        for rule in self.rules:
            if rule["responsible"] in (ANY, step.responsible) and rule["kind"] in (
                ANY,
                step.details["kind"],
            ):
                role = rule["role"]
                is_group_wide = role in (Role.CIO, Role.HQ)
                return self.holders.get((role, None if is_group_wide else region_id))
        return None


@dataclass(frozen=True)
class Work:
    """What the tasks of every plan are made from."""

    content: Content
    steps: Steps
    people: People
    owners: Owners
    asks: Asks
    calendars: Calendars
    at: datetime

    def days_of(self, region: Region, programme: Programme) -> WorkableDays:
        return self.calendars.of(region, programme.pk)

    def tasks_of(self, plan: Plan, code: str) -> Iterator[Task]:
        """The plan's tasks, not yet saved, in the state that they have at `at`."""
        stated = {
            entry["task"]: entry
            for entry in self.content.of("task_states")
            if entry["region"] == code
        }
        days = self.days_of(plan.region, plan.programme)
        for step in self.content.steps:
            row = self.steps.get(step.key)
            if row is None:
                continue
            owner = self.owners.of_step(step, plan.region_id)
            task = task_from(row, plan, days, owner=owner)
            task.first_due_date = due_date(plan.first_go_live_date, step, days).day
            if step.title in stated:
                self._state(task, stated[step.title])
            else:
                self._finish(task, plan, step)
            yield task

    def _state(self, task: Task, entry: Entry) -> None:
        task.state = entry["state"]
        task.block_reason = entry["reason"]
        task.block_note = entry["note"]
        task.waits_for = self.people.get(entry["waits_for"])
        task.waits_for_ask = self.asks.get((entry["region"], entry["ask"]))

    def _finish(self, task: Task, plan: Plan, step: StepEntry) -> None:
        task.finished_at = finished_at(
            task.first_due_date,
            slip=plan.slip_days,
            offset_days=step.offset_days,
            zone=plan.region.zone,
            at=self.at,
        )
        if task.finished_at is not None:
            task.state = TaskState.DONE


def load_plans(
    ledger: Ledger,
    work: Work,
    programme: Programme,
    *,
    regions: Regions,
    waves: Mapping[str, Wave],
) -> None:
    """One plan per region with its tasks. A plan that is there already stays as it is."""
    plans = Plan.objects.filter(programme=programme, region__in=regions.values())
    rows = plans.select_related("region", "programme")
    known = {row.region.code: row for row in rows}
    made: list[tuple[Plan, list[Task]]] = []
    for entry in work.content.of("regions"):
        code, wave = entry["code"], waves[entry["wave"]]
        days = work.days_of(regions[code], programme)
        draft = _draft(work.content, entry, wave, days)
        if code in known:
            fields = ["wave_id", "first_go_live_date", "go_live_date", "kick_off_date"]
            ledger.compare("plans", draft, known[code], fields)
        else:
            plan = _make(draft, ledger, region=regions[code], days=days)
            ledger.count("plans").new += 1
            made.append((plan, list(work.tasks_of(plan, code))))
    count = ledger.count("tasks")
    for plan, tasks in made:
        add_tasks(plan, tasks, act=ledger.act)
        count.new += len(tasks)
    _compare_tasks(ledger, work, known)


def _compare_tasks(ledger: Ledger, work: Work, plans: Mapping[str, Plan]) -> None:
    """Only what the files fix: state, owner and due day belong to people after the load."""
    rows = Task.objects.filter(plan__in=plans.values(), step__isnull=False)
    by_step = {(row.plan_id, row.step_id): row for row in rows}
    for code, plan in plans.items():
        for draft in work.tasks_of(plan, code):
            if row := by_step.get((plan.pk, draft.step_id)):
                ledger.compare("tasks", draft, row, ["title", "kind", "first_due_date"])


def _draft(content: Content, entry: Entry, wave: Wave, days: WorkableDays) -> Plan:
    planned = content.shift.day(entry["planned_go_live"])
    return Plan(
        wave=wave,
        first_go_live_date=planned,
        go_live_date=content.shift.day_or_none(entry["actual_go_live"]) or planned,
        kick_off_date=kick_off_of(content, planned, days),
    )


def _make(draft: Plan, ledger: Ledger, *, region: Region, days: WorkableDays) -> Plan:
    """The plan as it was promised, then moved to the real go-live; its tasks come after."""
    needs_reason = days.closed_on(draft.first_go_live_date) is not None
    plan = make_plan(
        region,
        draft.wave,
        steps=(),
        act=replace(ledger.act, reason=str(PUBLISHED) if needs_reason else ""),
        go_live=draft.first_go_live_date,
        kick_off=draft.kick_off_date,
    )
    if draft.go_live_date != plan.go_live_date:
        plan = move_go_live(
            plan,
            to=draft.go_live_date,
            reason=str(PUBLISHED),
            version=plan.version,
            act=replace(ledger.act, at=_move_known_at(plan, ledger.act.at)),
        )
    return plan


def _move_known_at(plan: Plan, at: datetime) -> datetime:
    day = plan.first_go_live_date - MOVE_KNOWN_BEFORE
    return min(datetime.combine(day, time(12), UTC), at)
