"""All tasks that somebody sees, under the filters of the address, in an order of choice."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import F, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.calendar import monday_of, today
from regions.models import Region, User
from regions.pinyin import fits
from regions.wording import capital
from rollout.access import can_edit_task
from rollout.enums import DueWindow
from rollout.models import Task
from rollout.models.task import TaskQuerySet
from rollout.queries.tasklines import TaskLine

EXPORTED_MOST = 20_000
A_DAY, A_WEEK = timedelta(days=1), timedelta(weeks=1)
SORTS: Mapping[str, tuple[str, ...]] = {
    "due": ("due_date",),
    "title": ("title",),
    "region": ("plan__region__name", "due_date"),
    "owner": ("owner__name", "due_date"),
    "state": ("state", "due_date"),
    "hours": ("remaining_hours", "due_date"),
}
LABELS = {
    "title": gettext_lazy("Task"),
    "region": gettext_lazy("Region"),
    "owner": gettext_lazy("In charge"),
    "due": gettext_lazy("Due"),
    "state": gettext_lazy("State"),
    "hours": gettext_lazy("Hours left"),
}


# Filters that a field answers by itself.
FIELDS = {
    "region": "plan__region",
    "wave": "plan__wave",
    "owner": "owner",
    "kind": "kind",
    "helper_ready": "helper_ready",
    "counts": "counts",
}


@dataclass(frozen=True)
class Row:
    """One task of the list, and what the reader may do with it."""

    line: TaskLine
    may_edit: bool

    @property
    def task(self) -> Task:
        return self.line.task


@dataclass(frozen=True)
class Column:
    """The head of a column: what a tap on it sorts by, and how it is sorted now."""

    name: str
    label: str
    sort: str
    order: str


def columns(sort: str) -> list[Column]:
    """`sort` as it stands in the address: due, or -due for the last first."""
    return [
        Column(
            name,
            str(label),
            sort=f"-{name}" if sort == name else name,
            order={name: "ascending", f"-{name}": "descending"}.get(sort, ""),
        )
        for name, label in LABELS.items()
    ]


def due_in(window: str, day: date) -> Q:
    """Due within a window seen from a day. This week is what is left of it."""
    monday = monday_of(day) + A_WEEK
    return {
        DueWindow.OVERDUE: Q(due_date__lt=day),
        DueWindow.TODAY: Q(due_date=day),
        DueWindow.WEEK: Q(due_date__gte=day, due_date__lt=monday),
        DueWindow.NEXT_WEEK: Q(due_date__gte=monday, due_date__lt=monday + A_WEEK),
        DueWindow.FOUR_WEEKS: Q(due_date__gte=day, due_date__lt=day + 4 * A_WEEK),
        DueWindow.LATER: Q(due_date__gte=monday + A_WEEK),
    }[DueWindow(window)]


def tasks(reader: User, wanted: Mapping[str, Any], at: datetime) -> QuerySet[Task]:
    """Under the filters that are set; what is to do, unless a state is asked for. Days are
    the reader's. A search costs three statements."""
    rows = _in_state(Task.objects.visible_to(reader), wanted.get("state", "todo"))
    exact = {FIELDS[name]: value for name, value in wanted.items() if name in FIELDS}
    rows = rows.filter(**exact)
    if wanted.get("nobody"):
        rows = rows.filter(owner=None)
    if window := wanted.get("due"):
        rows = rows.filter(due_in(window, today(reader, at)))
    if words := wanted.get("q"):
        rows = rows.filter(_named(rows, words))
    joined = rows.select_related(
        "plan__region", "plan__wave", "step", "owner", "waits_for"
    )
    return joined.order_by(*_order(wanted.get("sort", "due")), "id")


def _in_state(rows: TaskQuerySet, state: str) -> QuerySet[Task]:
    if state == "todo":
        return rows.unfinished().running()
    return rows if state == "all" else rows.filter(state=state)


def _order(sort: str) -> Iterator[OrderBy]:
    """What says nothing comes last, whichever way it is sorted."""
    name = sort.removeprefix("-")
    for place, field in enumerate(SORTS.get(name, SORTS["due"])):
        if sort.startswith("-") and place == 0:
            yield F(field).desc(nulls_last=True)
        else:
            yield F(field).asc(nulls_last=True)


def _named(rows: QuerySet[Task], words: str) -> Q:
    """By title, person and region, as written, by pinyin or by its initials."""
    titles = rows.order_by().values_list("title", flat=True).distinct()
    found = [title for title in titles if not title.isascii() and fits(words, title)]
    return (
        Q(title__icontains=words)
        | Q(title__in=found)
        | Q(owner__in=_fitting(User.objects.all(), words))
        | Q(plan__region__in=_fitting(Region.objects.all(), words))
    )


def _fitting(rows: Any, words: str) -> list[int]:
    names: Iterable[tuple[int, str]] = rows.values_list("pk", "name")
    return [pk for pk, name in names if fits(words, name)]


def row_of(task: Task, reader: User, at: datetime) -> Row:
    return Row(
        TaskLine(task, today(reader, at)),
        may_edit=bool(can_edit_task(reader, task)),
    )


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    names = (
        "plan", "title", "kind", "owner", "backup", "start_date", "first_due_date",
        "due_date", "state", "finished_at", "block_reason", "block_note", "waits_for",
        "drop_reason", "effort_hours", "remaining_hours", "helper_ready", "counts",
    )  # fmt: skip
    labels = [_label(Task, name) for name in names[1:]]
    return [_("Region"), _("Wave"), *labels]


def _label(model: type[Model], name: str) -> str:
    column: Any = model._meta.get_field(name)
    return capital(str(column.verbose_name))


def export_rows(rows: QuerySet[Task], reader: User) -> Iterator[list[object]]:
    for task in rows.select_related("backup")[:EXPORTED_MOST]:
        finished = task.finished_at and task.finished_at.astimezone(reader.zone)
        yield [
            task.plan.region.name,
            task.plan.wave.name,
            task.title,
            task.get_kind_display(),
            task.owner.name if task.owner else "",
            task.backup.name if task.backup else "",
            task.start_date,
            task.first_due_date,
            task.due_date,
            task.get_state_display(),
            finished,
            task.get_block_reason_display() if task.block_reason else "",
            task.block_note,
            task.waits_for.name if task.waits_for else "",
            task.drop_reason,
            task.effort_hours,
            task.remaining_hours,
            _("yes") if task.helper_ready else _("no"),
            _("yes") if task.counts else _("no"),
        ]
