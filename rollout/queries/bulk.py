"""What one change to many tasks would do: for the preview, and for the act itself."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import Calendar, Corrections, NoWorkingDay
from regions.models import User
from regions.queries import corrections
from regions.undoing import MOST_ROWS
from regions.wording import full_day
from rollout.access import can_edit_task
from rollout.enums import LEFT_BEHIND, TASK_MOVES, UNFINISHED, BulkAct, TaskState
from rollout.models import Task
from rollout.queries.atwork import FOR_ALL, at_work

# As many as one undo takes back.
MOST_TASKS = MOST_ROWS
LONGEST_SHIFT = 250


@dataclass(frozen=True)
class Wanted:
    """What is to become of the tasks: a new owner, another day, or nothing any more."""

    what: BulkAct
    taker: User | None = None
    days: int = 0
    reason: str = ""

    @property
    def needs_reason(self) -> bool:
        return self.what != BulkAct.OWNER

    @property
    def words(self) -> str:
        """New owner: the manager."""
        if self.what == BulkAct.OWNER:
            name = self.taker.name if self.taker else _("nobody")
            return _("new person in charge: %(name)s") % {"name": name}
        if self.what == BulkAct.DROP:
            return _("dropped")
        count = abs(self.days)
        said = (
            ngettext("%(n)d working day later", "%(n)d working days later", count)
            if self.days > 0
            else ngettext(
                "%(n)d working day earlier", "%(n)d working days earlier", count
            )
        )
        return said % {"n": count}


@dataclass(frozen=True)
class Changing:
    """One task, what it is and becomes in words, and the values to set."""

    task: Task
    was: str
    becomes: str
    values: Mapping[str, Any]


@dataclass(frozen=True)
class Staying:
    """A task that stays as it is, and why."""

    task: Task
    why: str


@dataclass(frozen=True)
class Preview:
    """All that one change does. `seen` names exactly these rows as they are now."""

    wanted: Wanted
    changes: list[Changing]
    staying: list[Staying]

    @property
    def line(self) -> str:
        """12 tasks, 3 regions: new person in charge: the manager."""
        tasks = len(self.changes)
        regions = len({one.task.plan.region_id for one in self.changes})
        return _("%(tasks)s, %(regions)s: %(what)s") % {
            "tasks": ngettext("%(n)d task", "%(n)d tasks", tasks) % {"n": tasks},
            "regions": ngettext("%(n)d region", "%(n)d regions", regions)
            % {"n": regions},
            "what": self.wanted.words,
        }

    @property
    def seen(self) -> str:
        said = ";".join(
            f"{one.task.pk} {one.task.version} {sorted(one.values.items())}"
            for one in self.changes
        )
        return hashlib.sha256(said.encode()).hexdigest()[:32]


def preview_of(
    pks: list[int], wanted: Wanted, reader: User, *, lock: bool = False
) -> Preview:
    """Of the tasks that the reader sees; four queries, however many they are."""
    rows = (
        Task.objects.visible_to(reader)
        .filter(pk__in=pks[:MOST_TASKS])
        .select_related("plan__region", "owner")
        .order_by("due_date", "id")
    )
    if lock:
        rows = rows.select_for_update(of=("self",))
    corrected = corrections() if wanted.what == BulkAct.SHIFT else Corrections()
    places = _places(wanted.taker, reader.moment) if wanted.taker else None
    changes: list[Changing] = []
    staying: list[Staying] = []
    for task in rows:
        told = _told(task, wanted, reader, corrected)
        if places is not None and task.plan.region_id not in places:
            told = Staying(task, _("The new person does not work there."))
        if isinstance(told, Changing):
            changes.append(told)
        else:
            staying.append(told)
    return Preview(wanted, changes, staying)


def _places(taker: User, at: datetime) -> set[int | None] | None:
    """The regions whose tasks somebody can take, as for one task; none for all of them."""
    found = set(at_work(at).filter(user=taker).values_list("role", "region"))
    if any(role in FOR_ALL for role, _region in found):
        return None
    return {region for _role, region in found}


def _told(
    task: Task, wanted: Wanted, reader: User, corrected: Corrections
) -> Changing | Staying:
    if not (answer := can_edit_task(reader, task)):
        return Staying(task, answer.reason)
    if task.state not in UNFINISHED:
        state = {"state": task.get_state_display()}
        return Staying(task, _("It is %(state)s.") % state)
    if wanted.what == BulkAct.OWNER:
        return _to_owner(task, wanted.taker)
    if wanted.what == BulkAct.DROP:
        return _dropped(task, wanted.reason)
    return _shifted(task, wanted.days, Calendar.of(task.plan.region, corrected))


def _to_owner(task: Task, taker: User | None) -> Changing | Staying:
    was = task.owner.name if task.owner else _("nobody")
    becomes = taker.name if taker else _("nobody")
    if task.owner_id == (taker.pk if taker else None):
        return Staying(task, _("It is so already."))
    values: dict[str, Any] = {"owner": taker, "backup_id": task.backup_id}
    if taker is not None and task.backup_id == taker.pk:
        values["backup_id"] = None
    return Changing(task, was, becomes, values)


def _dropped(task: Task, reason: str) -> Changing | Staying:
    if TaskState.DROPPED not in TASK_MOVES[TaskState(task.state)]:
        return Staying(task, _("It cannot be dropped now."))
    values = {**LEFT_BEHIND, "state": TaskState.DROPPED, "drop_reason": reason}
    return Changing(
        task, task.get_state_display(), str(TaskState.DROPPED.label), values
    )


def _shifted(task: Task, count: int, calendar: Calendar) -> Changing | Staying:
    """The start moves along; both land on working days of the region."""
    try:
        due = calendar.add_working(task.due_date, count)
        start = task.start_date and calendar.add_working(task.start_date, count)
    except (NoWorkingDay, OverflowError):
        return Staying(task, _("No working day lies near enough."))
    values = {"due_date": due, "start_date": start}
    return Changing(task, full_day(task.due_date), full_day(due), values)
