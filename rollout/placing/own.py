"""What the mails to owners place: overdue, given and planned tasks."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.models import User
from regions.wording import day, days
from rollout.links import PAUSE, TASKS
from rollout.models import Task
from rollout.placing import BLOCKS, page, standing_in
from rollout.queries.owned import OwnTask
from rollout.queries.taskparts import waiting_words


def overdue_context(
    found: list[OwnTask],
    waiting: Mapping[int, Sequence[str]],
    liaison: User | None,
    now: date,
) -> dict[str, Any]:
    """What the templates of E4 place: the oldest ones, each with its three answers."""
    late = [days_late(one, now) for one in found]
    lines = [
        _own_line(one, days(n), waiting.get(one.task.pk, ()))
        for one, n in zip(found, late, strict=True)
    ]
    return {
        "subject": _overdue_subject(found, late[0]),
        "tasks": lines[:BLOCKS],
        "count": len(lines),
        "more": max(len(lines) - BLOCKS, 0),
        "liaison": liaison,
        "link": TASKS,
        "programme": found[0].task.plan.programme,
        "pause": PAUSE,
    }


def days_late(one: OwnTask, now: date) -> int:
    return (now - one.task.due_date).days


def _overdue_subject(found: list[OwnTask], late: int) -> str:
    n, first = len(found), found[0].task
    waiting = ngettext("%(n)d task waiting", "%(n)d tasks waiting", n) % {"n": n}
    oldest = ngettext("oldest %(n)d day", "oldest %(n)d days", late) % {"n": late}
    return pgettext("subject", "%(waiting)s, %(oldest)s: %(title)s %(region)s") % {
        "waiting": waiting,
        "oldest": oldest,
        "title": first.title,
        "region": first.plan.region.name,
    }


def _own_line(one: OwnTask, late: str, names: Sequence[str]) -> dict[str, Any]:
    task = one.task
    return {
        "pk": task.pk,
        "title": task.title,
        "where": _("%(region)s, was due on %(day)s, %(late)s ago")
        % {"region": task.plan.region.name, "day": day(task.due_date), "late": late},
        "waiting": waiting_words(names),
        "why": task.step.note if task.step else "",
        "standing_in": standing_in(one.absence),
    }


def assigned_context(found: list[OwnTask]) -> dict[str, Any]:
    """What the templates of a task that is given and due at once place."""
    due = _("%(region)s, due on %(day)s")
    lines = [
        {
            "title": one.task.title,
            "region": one.task.plan.region.name,
            "where": due
            % {"region": one.task.plan.region.name, "day": day(one.task.due_date)},
            "standing_in": standing_in(one.absence),
            "url": page("rollout:task", one.task.pk),
        }
        for one in found
    ]
    return {
        "tasks": lines[:BLOCKS],
        "first": lines[0],
        "due": day(found[0].task.due_date),
        "count": len(lines),
        "others": len(lines) - 1,
        "more": max(len(lines) - BLOCKS, 0),
        "list_url": page("rollout:my-tasks"),
        "programme": found[0].task.plan.programme,
    }


def plan_context(found: list[Task]) -> dict[str, Any]:
    """What the templates of a new plan place: whose work in it the reader has, by region."""
    by_plan: dict[int, list[Task]] = {}
    for task in found:
        by_plan.setdefault(task.plan_id, []).append(task)
    return {
        "plans": [_plan(tasks) for tasks in by_plan.values()],
        "region": found[0].plan.region.name,
        "others": len(by_plan) - 1,
        "count": len(found),
        "due": day(found[0].due_date),
        "list_url": page("rollout:my-tasks"),
        "programme": found[0].plan.programme,
        "pause": PAUSE,
    }


def _plan(tasks: list[Task]) -> dict[str, Any]:
    plan = tasks[0].plan
    return {
        "region": plan.region.name,
        "go_live": day(plan.go_live_date),
        "tasks": [(task.title, day(task.due_date)) for task in tasks[:BLOCKS]],
        "more": max(len(tasks) - BLOCKS, 0),
    }
