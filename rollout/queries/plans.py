"""What is read about one plan's days: what a move would bring, what cannot be kept."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import Prefetch
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import Closed, WorkableDays, today
from regions.queries import calendars
from regions.wording import full_day, sentences
from rollout.duedates import DueDate, Trouble, due_dates
from rollout.enums import UNFINISHED
from rollout.models import Plan, Task, TaskLink

# Blackouts that end so long after go-live are still told beside it.
AFTER_GO_LIVE = timedelta(days=30)


@dataclass(frozen=True)
class OddDay:
    """A task whose day somebody should look at, and why."""

    task: Task
    day: date
    why: str


@dataclass(frozen=True)
class Moving:
    """What moving a plan's go-live to a day brings; nothing is written for it."""

    plan: Plan
    to: date
    count: int
    impossible: list[OddDay]
    days_off: list[OddDay]
    past: list[OddDay]
    closed: Closed | None

    @property
    def days(self) -> int:
        return (self.to - self.plan.go_live_date).days

    @property
    def said(self) -> str:
        """In sentences, as lists of many plans tell it."""
        lines = [_move_words(self), _count_words(self.count)]
        if self.closed:
            lines.append(
                _("It lies in a blackout: %(why)s.") % {"why": self.closed.reason}
            )
        lines += _odd_words(self)
        return sentences(line for line in lines if line)


def movable(plans: Iterable[Plan]) -> dict[int, list[Task]]:
    """The tasks that move with a go-live, with what each waits for, by plan. Two queries."""
    links = TaskLink.objects.filter(before__state__in=UNFINISHED)
    rows = (
        Task.objects.unfinished()
        .filter(step__isnull=False, plan__in=[plan.pk for plan in plans])
        .select_related("step")
        .prefetch_related(
            Prefetch("links_before", queryset=links.select_related("before"))
        )
        .order_by("due_date", "id")
    )
    found: dict[int, list[Task]] = defaultdict(list)
    for task in rows:
        found[task.plan_id].append(task)
    return found


def days_of(
    go_live: date, tasks: Iterable[Task], days: WorkableDays
) -> dict[int, DueDate]:
    """The days that the steps of movable tasks have with a go-live, by the task's number."""
    steps = {task.pk: task.step for task in tasks if task.step is not None}
    links = [link for task in tasks for link in task.links_before.all()]
    waiting: dict[int, list[int]] = defaultdict(list)
    for link in links:
        waiting[link.task_id].append(link.before_id)
    # What a task waits for and does not move with it: a task added by hand.
    fixed = {link.before_id: link.before.due_date for link in links}
    return due_dates(go_live, steps, days, predecessors=waiting, fixed=fixed)


def moving(
    plan: Plan, to: date, tasks: list[Task], days: WorkableDays, *, at: datetime
) -> Moving:
    """No queries, once the tasks and the calendar are read."""
    found = days_of(to, tasks, days)
    now = today(plan.region, at)
    odd = [(task, found[task.pk].day) for task in tasks]
    return Moving(
        plan=plan,
        to=to,
        count=sum(task.due_date != day for task, day in odd),
        impossible=_impossible(tasks, found),
        days_off=[
            OddDay(task, day, _why_off(day, days))
            for task, day in odd
            if not days.is_free(day)
        ],
        past=[OddDay(task, day, _("before today")) for task, day in odd if day < now],
        closed=days.closed_on(to),
    )


def move_of(plan: Plan, to: date, *, at: datetime) -> Moving:
    """What moving one go-live brings. Four queries."""
    days = calendars().of(plan.region, plan.programme_id)
    return moving(plan, to, movable([plan])[plan.pk], days, at=at)


def moves_of(plans: Iterable[tuple[Plan, date]], *, at: datetime) -> dict[int, Moving]:
    """The same for many plans, in as many queries."""
    pairs = list(plans)
    known, tasks = calendars(), movable([plan for plan, _to in pairs])
    return {
        plan.pk: moving(
            plan, to, tasks[plan.pk], known.of(plan.region, plan.programme_id), at=at
        )
        for plan, to in pairs
    }


def impossible_days(plan: Plan, days: WorkableDays) -> list[OddDay]:
    """What cannot be kept of the plan as it stands; a day set by hand is its setter's."""
    tasks = movable([plan])[plan.pk]
    found = days_of(plan.go_live_date, tasks, days)
    return [one for one in _impossible(tasks, found) if one.day == one.task.due_date]


def near_blackouts(plan: Plan, days: WorkableDays, now: date) -> list[Closed]:
    """Those that are not over yet and begin before the region has settled in."""
    return [
        one
        for one in days.blackouts
        if one.last >= now and one.first <= plan.go_live_date + AFTER_GO_LIVE
    ]


def trouble_words(trouble: Trouble) -> str:
    """Why a day is impossible."""
    words = {
        Trouble.NO_FREE_DAY: _("no free day within 60 days"),
        Trouble.BEFORE_PREDECESSOR: _("before what it waits for"),
    }
    return words[trouble]


def _impossible(tasks: Iterable[Task], found: Mapping[int, DueDate]) -> list[OddDay]:
    return [
        OddDay(task, due.day, trouble_words(due.trouble))
        for task in tasks
        if (due := found[task.pk]).trouble is not None
    ]


def _why_off(day: date, days: WorkableDays) -> str:
    closed = days.closed_on(day)
    return closed.reason if closed else _("not worked there")


def _move_words(one: Moving) -> str:
    return _("Go-live %(to)s instead of %(was)s (%(days)+d days).") % {
        "to": full_day(one.to),
        "was": full_day(one.plan.go_live_date),
        "days": one.days,
    }


def _count_words(count: int) -> str:
    if not count:
        return ""
    said = ngettext(
        "%(n)d task that is not finished moves with it.",
        "%(n)d tasks that are not finished move with it.",
        count,
    )
    return said % {"n": count}


def _odd_words(one: Moving) -> list[str]:
    impossible = ngettext(
        "%(n)d day is impossible.", "%(n)d days are impossible.", len(one.impossible)
    )
    off = ngettext(
        "%(n)d task falls on a day off.",
        "%(n)d tasks fall on a day off.",
        len(one.days_off),
    )
    past = ngettext(
        "%(n)d task falls before today.",
        "%(n)d tasks fall before today.",
        len(one.past),
    )
    counted = ((impossible, one.impossible), (off, one.days_off), (past, one.past))
    return [said % {"n": len(found)} for said, found in counted if found]
