"""How a task is shown in a row: by when in words, how it stands, who waits for it."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.utils import timezone
from django.utils.translation import gettext as _

from regions.wording import clock, day, days
from rollout.duedates import slip_days
from rollout.enums import UNFINISHED, TaskState
from rollout.models import Task, TaskRequest
from rollout.queries.lessons import lessons_wait
from rollout.queries.requests import about_request, asked_about
from rollout.queries.taskparts import waiting_words, who_waits


@dataclass(frozen=True)
class TaskLine:
    """A task as its row shows it on a day; words are made where they are shown."""

    task: Task
    today: date
    # The newest request about it.
    request: TaskRequest | None = None
    # Who cannot go on before it is finished.
    waits: Sequence[str] = ()
    # Whether nobody said what is done with a lesson on it.
    has_lesson: bool = False

    @property
    def due(self) -> str:
        late = (self.today - self.task.due_date).days
        if late > 0 and self.is_unfinished:
            return _("%(days)s late") % {"days": days(late)}
        if late == 0 and self.is_unfinished:
            return _("Due today")
        return day(self.task.due_date)

    @property
    def is_late(self) -> bool:
        return self.is_unfinished and self.task.due_date < self.today

    @property
    def asked(self) -> str:
        """What became of the request."""
        if self.request is None or not self.is_unfinished:
            return ""
        return about_request(self.request)

    @property
    def waiting(self) -> str:
        return waiting_words(self.waits) if self.is_unfinished else ""

    @property
    def detail(self) -> str:
        """Its state if that says more than its day does, else the note of its step."""
        return _detail(self.task)

    @property
    def slip(self) -> str:
        """By how much its day, or the day it was finished, differs from what was promised."""
        return _slip(self.task)

    @property
    def saved(self) -> str:
        """When Done was saved, by the clock of the reader."""
        at = self.task.finished_at
        return clock(timezone.localtime(at)) if at else ""

    @property
    def is_handed_back(self) -> bool:
        """Its owner said that it is not his, and has no answer yet."""
        one = self.request
        return one is not None and one.is_open and not one.is_date

    @property
    def is_done(self) -> bool:
        return self.task.state == TaskState.DONE

    @property
    def is_blocked(self) -> bool:
        return self.task.state == TaskState.BLOCKED

    @property
    def note(self) -> str:
        """What is worth knowing where the state has a column of its own."""
        return _why_blocked(self.task) if self.is_blocked else _step_note(self.task)

    @property
    def is_unfinished(self) -> bool:
        return self.task.state in UNFINISHED


def own_lines(rows: Collection[Task], now: date) -> list[TaskLine]:
    """As their owner sees them: with what he asked, and who and what waits. Three queries
    at most."""
    asked, names = asked_about(task.pk for task in rows), who_waits(rows)
    lessons = lessons_wait(rows)
    return [
        TaskLine(
            task,
            now,
            asked.get(task.pk),
            names.get(task.pk, ()),
            has_lesson=task.pk in lessons,
        )
        for task in rows
    ]


def task_lines(rows: Iterable[Task], now: date) -> list[TaskLine]:
    return [TaskLine(task, now) for task in rows]


def _slip(task: Task) -> str:
    """3 days later than agreed; nothing where it is as promised."""
    slip = slip_days(task, task.plan.region.zone)
    if not slip:
        return ""
    words = {
        (True, True): _("%(days)s later than agreed"),
        (True, False): _("%(days)s earlier than agreed"),
        (False, True): _("%(days)s later than first planned"),
        (False, False): _("%(days)s earlier than first planned"),
    }
    said = words[task.baseline_date is not None, slip > 0]
    return said % {"days": days(abs(slip))}


def _detail(task: Task) -> str:
    if task.state == TaskState.BLOCKED:
        return _("Blocked: %(why)s") % {"why": _why_blocked(task)}
    if task.state == TaskState.STARTED:
        return _("Started")
    return _step_note(task)


def _why_blocked(task: Task) -> str:
    why = task.block_note or task.get_block_reason_display()
    if task.waits_for is None:
        return why
    return _("%(why)s (%(who)s)") % {"why": why, "who": task.waits_for.name}


def _step_note(task: Task) -> str:
    return task.step.note if task.step else ""
