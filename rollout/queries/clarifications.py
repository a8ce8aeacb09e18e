"""What is read of clarifications: the list, those of a region or task, what is due to tell."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, IntegerField, QuerySet, Value, When
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regions.calendar import Calendar, Corrections, NoWorkingDay, today
from regions.models import Region, User
from regions.wording import capital, day
from rollout.enums import UNSETTLED, ClarificationState
from rollout.models import Clarification, Task

# Working days of whoever is asked: after the asking, and before the answer is needed.
REMINDED_AFTER, REMINDED_BEFORE = 3, 2
EXPORTED_MOST = 10_000
SHOWN = 6


@dataclass(frozen=True)
class ClarificationLine:
    """A question as a list shows it: how far it is, and for how long nobody answers."""

    row: Clarification
    state: str
    is_late: bool


@dataclass(frozen=True)
class Reminder:
    """That whoever is asked should be told again, and which time of telling it is."""

    row: Clarification
    occurrence: str


def with_people(rows: QuerySet[Clarification]) -> QuerySet[Clarification]:
    return rows.select_related(
        "region", "programme", "task", "asked_by", "asked_of", "answered_by",
        "confirmed_by",
    )  # fmt: skip


def oldest_first(rows: QuerySet[Clarification]) -> QuerySet[Clarification]:
    """The unanswered first, the oldest of them on top; at the end what is settled."""
    rank = Case(
        *[When(state=state, then=Value(n)) for n, state in enumerate(UNSETTLED)],
        default=Value(len(UNSETTLED)),
        output_field=IntegerField(),
    )
    return rows.annotate(rank=rank).order_by("rank", "asked_at", "id")


def clarifications(user: User, wanted: Mapping[str, Any]) -> QuerySet[Clarification]:
    """Those that somebody sees, under the filters that are set."""
    rows = Clarification.objects.visible_to(user)
    for name in ("region", "state", "asked_of"):
        if value := wanted.get(name):
            rows = rows.filter(**{name: value})
    return oldest_first(with_people(rows))


def people_asked(user: User) -> QuerySet[User]:
    """Of whom something was asked, as far as the reader sees it."""
    asked = Clarification.objects.visible_to(user).values("asked_of")
    rows: QuerySet[User] = User.objects.filter(pk__in=asked).order_by("name", "id")
    return rows


def unsettled_of(region: Region, at: datetime) -> list[ClarificationLine]:
    """The first of those of a region that somebody still waits for. One query."""
    rows = Clarification.objects.filter(region=region).unsettled()
    return lines(oldest_first(with_people(rows))[:SHOWN], at)


def all_of(task: Task, user: User, at: datetime) -> list[ClarificationLine]:
    """Those of a task, settled ones too, as far as its reader sees them. One query."""
    rows = Clarification.objects.visible_to(user).filter(task=task)
    return lines(oldest_first(with_people(rows)), at)


@dataclass(frozen=True)
class Confirmation:
    """That a person in place confirms what was agreed on a task, and how far that is."""

    # The question that was confirmed, else the one that waits longest.
    line: ClarificationLine | None

    @property
    def is_given(self) -> bool:
        return self.line is not None and _is_confirmed(self.line)

    @property
    def words(self) -> str:
        if self.is_given:
            return _("Confirmed by a person in place.")
        return _("To be confirmed by a person in place.")


def confirmation_of(
    task: Task, questions: Iterable[ClarificationLine]
) -> Confirmation | None:
    """From the questions of the task; none where its step needs no confirmation."""
    if task.step is None or not task.step.needs_confirmation:
        return None
    found = [one for one in questions if one.row.state != ClarificationState.WITHDRAWN]
    # Those that wait are the first of them.
    found.sort(key=_is_confirmed, reverse=True)
    return Confirmation(next(iter(found), None))


def _is_confirmed(line: ClarificationLine) -> bool:
    return line.row.state == ClarificationState.CONFIRMED


def lines(rows: Iterable[Clarification], at: datetime) -> list[ClarificationLine]:
    return [line_of(row, at) for row in rows]


def line_of(row: Clarification, at: datetime) -> ClarificationLine:
    now = today(row.region, at)
    late = row.is_open and row.due_date is not None and row.due_date < now
    return ClarificationLine(row, state=_state(row, at), is_late=late)


def age_days(row: Clarification, at: datetime) -> int:
    """Days since a question was asked, by the calendar of its region."""
    return (today(row.region, at) - today(row.region, row.asked_at)).days


def _state(row: Clarification, at: datetime) -> str:
    """3 days unanswered, needed by Fri 12 Mar."""
    if not row.is_open:
        return capital(row.get_state_display())
    age = age_days(row, at)
    said = (
        ngettext("%(n)d day unanswered", "%(n)d days unanswered", age) % {"n": age}
        if age
        else _("Asked today")
    )
    if row.due_date is None:
        return said
    needed = _("%(said)s, needed by %(day)s")
    return needed % {"said": said, "day": day(row.due_date)}


# --- What is due to tell -------------------------------------------------------------


def reminders_due(
    rows: QuerySet[Clarification], at: datetime, corrected: Corrections
) -> list[Reminder]:
    """Unanswered questions of which somebody should be told again. One query.

    Once some working days after the asking, and once more before the answer is needed:
    each has an occurrence of its own, so that neither is told twice. Where both days have
    come, the nearer end counts.
    """
    return [
        Reminder(row, occurrence)
        for row in unanswered(rows)
        if (occurrence := _occurrence(row, at, corrected))
    ]


def _occurrence(row: Clarification, at: datetime, corrected: Corrections) -> str:
    """Which reminder it is time for; none is empty. Moved or asked anew, it is another."""
    calendar = Calendar.of(row.asked_of, corrected)
    now, asked = today(row.asked_of, at), today(row.asked_of, row.asked_at)
    try:
        due = row.due_date and calendar.add_working(row.due_date, -REMINDED_BEFORE)
        if due and asked < now and due <= now:
            return f"due {row.due_date}"
        if calendar.add_working(asked, REMINDED_AFTER) <= now:
            return f"asked {row.asked_at:%Y-%m-%d %H:%M:%S}"
    except NoWorkingDay:
        return ""
    return ""


def unanswered(rows: QuerySet[Clarification]) -> list[Clarification]:
    """Of these questions those that mails still have to ask, the oldest first. One query."""
    if rows.query.is_empty():
        return []
    found = rows.filter(state=ClarificationState.OPEN).select_related(
        "region", "programme", "asked_by", "asked_of", "task"
    )
    return list(found.order_by("asked_at", "id"))


# --- As a file -----------------------------------------------------------------------


def export_header() -> list[str]:
    return [
        _("Region"),
        _("Programme"),
        _("Task"),
        _("Question"),
        _("What we have understood"),
        _("Asked of"),
        _("E-mail"),
        _("Asked by"),
        _("Asked"),
        _("Needed by"),
        _("State"),
        _("Days unanswered"),
        _("Answer"),
        _("Answered by"),
        _("Answered"),
        _("Confirmed by"),
        _("Confirmed"),
    ]


def export_rows(rows: QuerySet[Clarification], at: datetime) -> Iterator[list[object]]:
    """One line for each, in the order of the list; no more than a file may hold."""
    for row in rows[:EXPORTED_MOST]:
        yield [
            row.region.name,
            row.programme.name,
            row.task.title if row.task else "",
            row.question,
            row.proposal,
            row.asked_of.name,
            row.asked_of.email,
            row.asked_by.name,
            timezone.localtime(row.asked_at),
            row.due_date,
            row.get_state_display(),
            age_days(row, at) if row.is_open else None,
            row.answer,
            row.answered_by.name if row.answered_by else "",
            _local(row.answered_at),
            row.confirmed_by.name if row.confirmed_by else "",
            _local(row.confirmed_at),
        ]


def _local(value: datetime | None) -> datetime | None:
    return timezone.localtime(value) if value else None
