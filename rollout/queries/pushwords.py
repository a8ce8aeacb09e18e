"""What carrying a version into a plan would do, in words: task by task, from what to what."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from pilots.enums import TaskKind
from regions.telling import field_label
from regions.wording import full_day, listed
from rollout.duedates import DueDate
from rollout.models import Plan, Task
from rollout.queries.planchange import Adding, Changing, PlanChange
from rollout.queries.plans import trouble_words


@dataclass(frozen=True)
class FieldLine:
    """One field: what it is called, what it was and what it becomes."""

    label: str
    was: str
    becomes: str


@dataclass(frozen=True)
class TaskLine:
    """One task of the preview. A task that is not there yet has no number."""

    title: str
    pk: int | None
    who: str
    fields: list[FieldLine]
    # What somebody should look at before he goes on.
    odd: list[str]
    # What stays as people of the region set it.
    by_hand: str = ""


@dataclass(frozen=True)
class PlanLines:
    """One region of the preview."""

    change: PlanChange
    adding: list[TaskLine]
    changing: list[TaskLine]
    dropping: list[TaskLine]
    kept: list[TaskLine]
    odd: int

    @property
    def plan(self) -> Plan:
        return self.change.plan

    @property
    def is_empty(self) -> bool:
        return not (self.adding or self.changing or self.dropping or self.kept)


def plan_lines(change: PlanChange) -> PlanLines:
    adding = [_added(one, change.today) for one in change.adding]
    changing = [_changed(one, change.today) for one in change.changing]
    kept = [_plain(task, _finished(task)) for task in change.kept]
    kept += [_plain(one.task, _by_hand(one)) for one in change.by_hand]
    return PlanLines(
        change=change,
        adding=adding,
        changing=changing,
        dropping=[_plain(task) for task in change.dropping],
        kept=kept,
        odd=sum(bool(line.odd) for line in (*adding, *changing)),
    )


def _added(one: Adding, now: date) -> TaskLine:
    task = one.task
    due = FieldLine(field_label("rollout.task", "due_date"), "", full_day(one.due.day))
    return TaskLine(task.title, None, _who(task), [due], _odd(one.due, now))


def _changed(one: Changing, now: date) -> TaskLine:
    fields = [
        FieldLine(
            field_label("rollout.task", name),
            _value(name, getattr(one.task, name)),
            _value(name, value),
        )
        for name, value in one.values.items()
    ]
    if one.after or one.no_longer_after:
        label = pgettext("order of tasks", "Comes after")
        was, becomes = _titles(one.no_longer_after), _titles(one.after)
        fields.append(FieldLine(label, was, becomes))
    odd = _odd(one.due, now) if one.due else []
    start = one.task.start_date
    if start is not None and start > one.values.get("due_date", start):
        odd.append(_("before its start"))
    return TaskLine(
        one.task.title, one.task.pk, _who(one.task), fields, odd, _by_hand(one)
    )


def _plain(task: Task, why: str = "") -> TaskLine:
    return TaskLine(task.title, task.pk, _who(task), [], [], why)


def _who(task: Task) -> str:
    return task.owner.name if task.owner else _("nobody")


def _finished(task: Task) -> str:
    return _("It is %(state)s.") % {"state": task.get_state_display()}


def _by_hand(one: Changing) -> str:
    """Set in the region since: Due, Title."""
    said = []
    if one.by_hand:
        names = listed(field_label("rollout.task", name) for name in one.by_hand)
        said.append(_("Stays as it was set by hand: %(fields)s.") % {"fields": names})
    if one.in_circle:
        titles = {"tasks": _titles(one.in_circle)}
        said.append(
            _("Does not come after %(tasks)s, which already comes after it.") % titles
        )
    return " ".join(said)


def _odd(due: DueDate, now: date) -> list[str]:
    words = [_("before today")] if due.day < now else []
    return [*words, trouble_words(due.trouble)] if due.trouble else words


def _titles(tasks: Iterable[Task]) -> str:
    return listed(task.title for task in tasks)


def _value(name: str, value: Any) -> str:
    if value is None:
        return "–"
    if name == "due_date":
        return full_day(value)
    if name == "effort_hours":
        return f"{value.normalize():f}"
    if name == "kind":
        return str(TaskKind(value).label)
    if name == "helper_ready":
        return _("yes") if value else _("no")
    return str(value)
