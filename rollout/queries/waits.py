"""Which tasks wait for asks, since when and at what cost, and what was freed; in words too.

All sentences are in the active language.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.calendar import Calendar, today
from regions.enums import AskState, Change, Via
from regions.models import Ask, HistoryEntry
from regions.queries import corrections
from regions.wording import day, days, sentences
from rollout.enums import TaskState
from rollout.models import Task
from rollout.waiting import Gain, Waits, gain_of, waits_on

TASK = Task._meta.label_lower


@dataclass(frozen=True)
class Freed:
    """The tasks that an ask freed when it was kept, and what that won."""

    tasks: list[Task]
    gain: Gain


def waits_for(asks: Collection[Ask], at: datetime) -> dict[int, Waits]:
    """What waits for each of these asks, and the days that cost. Four queries at most."""
    rows = Task.objects.filter(waits_for_ask__in=asks, state=TaskState.BLOCKED)
    tasks = list(with_owner(rows))
    if not tasks:
        return {}
    since, asked = _blocked_at(tasks), _asked_at(asks)
    corrected = corrections()
    found = {}
    for ask in asks:
        region = ask.ceo.region
        mine = [
            (task, today(region, since.get(task.pk, at)))
            for task in tasks
            if task.waits_for_ask_id == ask.pk
        ]
        made = today(region, asked[ask.pk]) if ask.pk in asked else date.min
        calendar = Calendar.of(region, corrected)
        found[ask.pk] = waits_on(today(region, at), mine, made, calendar)
    return found


def _blocked_at(tasks: Iterable[Task]) -> dict[int, datetime]:
    """When each was blocked, or freed of another ask if that was later. A link to what was
    blocked already begins nothing new."""
    told = Q(change=Change.CREATED) | Q(field="state")
    told |= Q(field="waits_for_ask") & ~Q(before="")
    rows = HistoryEntry.objects.filter(
        told, model=TASK, object_id__in=[task.pk for task in tasks]
    )
    return dict(rows.order_by("id").values_list("object_id", "at"))


def _asked_at(asks: Iterable[Ask]) -> dict[int, datetime]:
    """When each was made; of what came from files nobody knows it."""
    rows = HistoryEntry.objects.filter(
        model=Ask._meta.label_lower,
        object_id__in=[ask.pk for ask in asks],
        change=Change.CREATED,
    ).exclude(via=Via.IMPORT)
    return dict(rows.values_list("object_id", "at"))


# --- What was freed ------------------------------------------------------------------


def freed_by(ask: Ask) -> Freed | None:
    """What the act freed that settled a kept ask; nothing where no task waited. Five
    queries at most."""
    if ask.state != AskState.DONE:
        return None
    entries = HistoryEntry.objects
    kept = entries.of(ask).filter(field="state").order_by("-id").first()
    if kept is None:
        return None
    links = entries.filter(act=kept.act, model=TASK, field="waits_for_ask")
    freed = links.filter(before=str(ask.pk)).values("object_id")
    tasks = list(with_owner(Task.objects.filter(pk__in=freed)))
    due = {task.pk: task.due_date for task in tasks} | _due_then(tasks, kept)
    region = ask.ceo.region
    calendar = Calendar.of(region, corrections())
    gain = gain_of(today(region, kept.at), due.values(), calendar)
    return Freed(tasks, gain) if gain else None


def with_owner(rows: QuerySet[Task]) -> QuerySet[Task]:
    return rows.select_related("owner").order_by("due_date", "id")


def _due_then(tasks: Iterable[Task], then: HistoryEntry) -> dict[int, date]:
    """The due days that moved since, as they were."""
    moves: Any = HistoryEntry.objects.filter(
        model=TASK,
        object_id__in=[task.pk for task in tasks],
        field="due_date",
        id__gt=then.pk,
    )
    newest_first = moves.order_by("-id").values_list("object_id", "before")
    return {pk: date.fromisoformat(before) for pk, before in newest_first}


# --- In words ------------------------------------------------------------------------


def cost_words(waits: Waits, now: date) -> str:
    """3 tasks wait, the longest for 8 working days; the first was due on Mon 9 Mar, 4 days
    ago."""
    count, first = len(waits), waits.first_due
    if first is None:
        return ""
    tasks = ngettext("%(n)d task waits", "%(n)d tasks wait", count) % {"n": count}
    return _("%(tasks)s, %(since)s; %(due)s.") % {
        "tasks": tasks,
        "since": _since_words(count, waits.longest),
        "due": _due_words(count, first, now, ago=True),
    }


def _since_words(count: int, longest: int) -> str:
    if not longest:
        return _("since today")
    if count == 1:
        return ngettext("for %(n)d working day", "for %(n)d working days", longest) % {
            "n": longest
        }
    return ngettext(
        "the longest for %(n)d working day",
        "the longest for %(n)d working days",
        longest,
    ) % {"n": longest}


def _due_words(count: int, first: date, now: date, *, ago: bool = False) -> str:
    which = pgettext("task", "it") if count == 1 else pgettext("task", "the first")
    said = {"which": which, "day": day(first), "days": days((now - first).days)}
    if first == now:
        return _("%(which)s is due today") % said
    if first > now:
        return _("%(which)s is due on %(day)s") % said
    if ago:
        return _("%(which)s was due on %(day)s, %(days)s ago") % said
    return _("%(which)s was due on %(day)s") % said


def short_words(waits: Waits) -> str:
    """2 tasks, the longest for 8 working days."""
    count = len(waits)
    if not count:
        return ""
    tasks = ngettext("%(n)d task", "%(n)d tasks", count) % {"n": count}
    said = {"tasks": tasks, "since": _since_words(count, waits.longest)}
    return _("%(tasks)s, %(since)s") % said


def gain_words(freed: Freed, now: date) -> str:
    """2 tasks freed on Tue 10 Mar. That won 3 working days: the first was due on …"""
    count, gain = len(freed.tasks), freed.gain
    said = ngettext(
        "%(n)d task freed on %(day)s.", "%(n)d tasks freed on %(day)s.", count
    ) % {"n": count, "day": day(gain.day)}
    due = {"n": abs(gain.won), "due": _due_words(count, gain.first_due, now)}
    if gain.won > 0:
        won = ngettext(
            "That won %(n)d working day: %(due)s.",
            "That won %(n)d working days: %(due)s.",
            gain.won,
        )
    elif gain.won < 0:
        won = ngettext(
            "%(n)d working day was lost: %(due)s.",
            "%(n)d working days were lost: %(due)s.",
            -gain.won,
        )
    else:
        won = _("No working day was won or lost: %(due)s.")
    return sentences([said, won % due])
