"""What the page of a task shows besides the task: why, how, after what, who said what."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import F
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import today
from regions.models import User
from regions.wording import full_day, listed, sentences
from rollout.access import can_comment, can_edit_task
from rollout.enums import UNFINISHED
from rollout.models import ChecklistItem, Task, TaskComment, TaskLink

MOST_STEPS = 3
_LINES = re.compile(r"[\r\n]+\s*")
_ENDS = re.compile(r"[;；\n]+\s*|(?<=[.!?])\s+|(?<=[。！？])\s*")


@dataclass(frozen=True)
class TaskParts:
    """Everything that hangs on a task, and what the reader may do with it."""

    why: str
    how: list[str]
    note: str
    before: list[Task]
    after: list[Task]
    checklist: list[ChecklistItem]
    comments: list[TaskComment]
    may_edit: bool
    may_comment: bool

    @property
    def waits_for(self) -> list[Task]:
        """What has to be finished first and is not."""
        return [task for task in self.before if task.state in UNFINISHED]

    @property
    def ticked(self) -> int:
        return sum(item.is_done for item in self.checklist)


def task_parts(task: Task, reader: User) -> TaskParts:
    """Four queries."""
    links = TaskLink.objects.select_related("task__owner", "before__owner")
    before = [
        one.before for one in links.filter(task=task).order_by("before__due_date", "id")
    ]
    after = [
        one.task for one in links.filter(before=task).order_by("task__due_date", "id")
    ]
    items = task.checklist.select_related("done_by").order_by("position", "id")
    comments = task.comments.select_related("by").order_by("id")
    return TaskParts(
        why=_why(task, after, reader),
        how=how_to(task),
        note=task.step.note if task.step and task.step.how_to else "",
        before=before,
        after=after,
        checklist=list(items),
        comments=list(comments),
        may_edit=bool(can_edit_task(reader, task)),
        may_comment=bool(can_comment(reader, task)),
    )


def how_to(task: Task) -> list[str]:
    """What the playbook says in at most three short steps; where it says nothing, the note
    of the step. What is more stays in the last one."""
    step = task.step
    if step is None:
        return []
    return steps_told(step.how_to) or _cut(_ENDS, step.note)


def steps_told(how_to: str) -> list[str]:
    """Each stands on a line."""
    return _cut(_LINES, how_to)


def _cut(ends: re.Pattern[str], text: str) -> list[str]:
    found = ends.split(text.strip(), MOST_STEPS - 1)
    return [" ".join(one.split()) for one in found if one.strip()]


def _why(task: Task, after: list[Task], reader: User) -> str:
    """What hangs on it: those that come after it, and the go-live."""
    told = []
    waiting = [one for one in after if one.state in UNFINISHED]
    if waiting:
        said = ngettext(
            "%(names)s cannot be finished before it.",
            "%(n)d tasks cannot be finished before it: %(names)s.",
            len(waiting),
        )
        names = listed(_("“%(title)s”") % {"title": one.title} for one in waiting)
        told.append(said % {"n": len(waiting), "names": names})
    left = (task.plan.go_live_date - today(task.plan.region, reader.moment)).days
    if left >= 0:
        said = ngettext(
            "%(region)s goes live on %(day)s, in %(n)d day.",
            "%(region)s goes live on %(day)s, in %(n)d days.",
            left,
        )
        day = full_day(task.plan.go_live_date)
        told.append(said % {"region": task.plan.region.name, "day": day, "n": left})
    return sentences(told)


def who_waits(tasks: Iterable[Task]) -> dict[int, list[str]]:
    """The others whose tasks come after these and are not finished. One query."""
    links = (
        TaskLink.objects.filter(before__in=[task.pk for task in tasks])
        .filter(task__state__in=UNFINISHED, task__owner__isnull=False)
        .exclude(task__owner=F("before__owner"))
        .select_related("task__owner")
        .order_by("task__due_date", "id")
    )
    found: dict[int, list[str]] = {}
    for link in links:
        names = found.setdefault(link.before_id, [])
        if link.task.owner and link.task.owner.name not in names:
            names.append(link.task.owner.name)
    return found


def waiting_words(names: Sequence[str]) -> str:
    if not names:
        return ""
    said = ngettext("%(names)s waits for it", "%(names)s wait for it", len(names))
    return said % {"names": listed(names)}
