"""What somebody's calendar holds, by his own view at a moment."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.db.models import Max, Q, QuerySet

from regions.calendar import today
from regions.models import CheckIn, HistoryEntry, Rhythm, User, Versioned
from regions.queries import corrections, engagements
from rollout.models import CalendarFeed, Task
from rollout.queries.calls import callers_of
from rollout.queries.links import still_here

BACK, AHEAD = timedelta(days=30), timedelta(days=180)
# What is older than the history: rows that were there before it.
EVER = datetime(2020, 1, 1, tzinfo=UTC)
# Of each kind; a list of more is no calendar any more.
MOST = 500


@dataclass(frozen=True)
class Agenda:
    """The talks that somebody makes and the tasks that he owns, and when each changed."""

    talks: list[CheckIn]
    tasks: list[Task]
    changed: dict[tuple[str, int], datetime]

    def changed_at(self, row: Versioned) -> datetime:
        return self.changed[row._meta.label_lower, row.pk]


def feed_behind(number: int | None, at: datetime) -> CalendarFeed | None:
    """None for what is revoked, and where its owner has left."""
    if number is None:
        return None
    people = still_here(at).filter(may_sign_in=True)
    rows = CalendarFeed.objects.standing().filter(pk=number, user__in=people)
    return rows.select_related("user").first()


def feeds_of(user: User) -> QuerySet[CalendarFeed]:
    rows = CalendarFeed.objects.visible_to(user).standing()
    return rows.order_by("created_at", "id")


def agenda_of(user: User, at: datetime) -> Agenda:
    """A fixed number of queries, and a bounded number of rows."""
    now = today(user, at)
    span = now - BACK, now + AHEAD
    talks, tasks = _talks(user, span, at), _tasks(user, span)
    return Agenda(talks, tasks, _changes([*talks, *tasks]))


def _talks(user: User, span: tuple[date, date], at: datetime) -> list[CheckIn]:
    """The planned talks that he has to make, with their CEOs and regions."""
    planned = CheckIn.objects.planned().filter(day_date__range=span)
    rows = Rhythm.objects.visible_to(user).running()
    rows = rows.filter(ceo__in=planned.values("ceo"))
    all_ = engagements(rows, at, corrections())
    callers = callers_of(all_, at)
    found = []
    for one in all_:
        booked = one.booked
        is_near = booked is not None and span[0] <= booked.day_date <= span[1]
        if booked is not None and is_near and user in callers[one.rhythm.pk]:
            # Known already, so not asked for again.
            booked.ceo, booked.programme = one.ceo, one.rhythm.programme
            found.append(booked)
    return sorted(found, key=lambda row: (row.day_date, row.pk))[:MOST]


def _tasks(user: User, span: tuple[date, date]) -> list[Task]:
    rows = Task.objects.visible_to(user).running().unfinished()
    mine = rows.filter(owner=user, due_date__range=span)
    return list(mine.select_related("plan__region").order_by("due_date", "id")[:MOST])


def _changes(
    rows: Iterable[Versioned],
) -> dict[tuple[str, int], datetime]:
    """When each of these last changed. One query."""
    keys = [(row._meta.label_lower, row.pk) for row in rows]
    wanted = Q(pk=None)
    for label in {label for label, _pk in keys}:
        wanted |= Q(model=label, object_id__in=[pk for of, pk in keys if of == label])
    newest = HistoryEntry.objects.filter(wanted).values_list("model", "object_id")
    found = {(model, pk): last for model, pk, last in newest.annotate(Max("at"))}
    return {key: found.get(key, EVER) for key in keys}
