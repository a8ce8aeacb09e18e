"""All that the page of one ask shows: what it costs or won, and what may be done with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.access import Answer, can_change_asks
from regions.calendar import today
from regions.enums import ASK_MOVES, AskOf, AskState
from regions.models import Ask, Contact, User
from regions.timeline import PastAct
from regions.wording import capital, day, days
from rollout.enums import TaskState
from rollout.models import Task
from rollout.queries.asks import days_late
from rollout.queries.history import row_timeline
from rollout.queries.waits import (
    Freed,
    cost_words,
    freed_by,
    gain_words,
    waits_for,
    with_owner,
)
from rollout.waiting import Wait, Waits

TALKS_SHOWN = 8


@dataclass(frozen=True)
class Move:
    """One tap: where the ask goes, and the word on the button."""

    state: AskState
    label: str


@dataclass(frozen=True)
class AskPage:
    ask: Ask
    day: date
    state: str
    is_late: bool
    # What waits for it, and what that costs.
    waits: Sequence[Wait]
    cost: str
    total: str
    freed: Freed | None
    gain: str
    moves: list[Move]
    may_change: Answer
    talks: list[Contact]
    changes: list[PastAct]

    @property
    def undo(self) -> PastAct | None:
        """The newest act, if the reader may take it back."""
        newest = self.changes[0] if self.changes else None
        return newest if newest and newest.may_undo else None


def ask_page(ask: Ask, user: User, at: datetime) -> AskPage:
    region = ask.ceo.region
    now = today(region, at)
    waits = waits_for([ask], at).get(ask.pk, Waits())
    freed = freed_by(ask)
    talks = Contact.objects.visible_to(user).filter(ask=ask).select_related("by")
    return AskPage(
        ask=ask,
        day=now,
        state=_state(ask, now),
        is_late=days_late(ask, now) > 0,
        waits=waits.waits,
        cost=cost_words(waits, now),
        total=_total(waits),
        freed=freed,
        gain=gain_words(freed, now) if freed else "",
        moves=_moves(ask),
        may_change=can_change_asks(user, region.pk),
        talks=list(talks.order_by("-held_at", "-id")[:TALKS_SHOWN]),
        changes=row_timeline(ask, user),
    )


def linkable(ask: Ask) -> QuerySet[Task]:
    """Blocked tasks of the same plan that wait for no ask yet."""
    rows = Task.objects.filter(
        plan__region=ask.ceo.region_id,
        plan__programme=ask.programme_id,
        state=TaskState.BLOCKED,
        waits_for_ask=None,
    )
    return with_owner(rows)


def waiting_asks(region_id: int, programme_id: int) -> QuerySet[Ask]:
    """What the CEO of a region has not done yet: a task may wait for it."""
    rows = Ask.objects.waiting().filter(
        ceo__region=region_id, programme=programme_id, of=AskOf.CEO
    )
    return rows.by_due().select_related("ceo__user")


def _state(ask: Ask, now: date) -> str:
    """Promised, due on Fri 12 Mar; 5 days overdue; done on Tue 10 Mar."""
    state = capital(ask.get_state_display())
    if ask.settled_at is not None:
        settled = today(ask.ceo.region, ask.settled_at)
        return _("%(state)s on %(day)s") % {"state": state, "day": day(settled)}
    if not ask.is_waiting or ask.due_date is None:
        return state
    late = days_late(ask, now)
    said = {"state": state, "day": day(ask.due_date), "days": days(late)}
    if late:
        return _("%(state)s, %(days)s overdue") % said
    if ask.due_date == now:
        return _("%(state)s, due today") % said
    return _("%(state)s, due on %(day)s") % said


def _total(waits: Waits) -> str:
    """Only where it says more than the longest."""
    if len(waits) < 2 or not waits.total:
        return ""
    return ngettext(
        "Together that is %(n)d working day of waiting.",
        "Together that is %(n)d working days of waiting.",
        waits.total,
    ) % {"n": waits.total}


def _moves(ask: Ask) -> list[Move]:
    words = {
        AskState.DONE: pgettext("ask", "Done"),
        AskState.PROMISED: pgettext("ask", "Promised"),
        AskState.DECLINED: pgettext("ask", "Declined"),
        AskState.OPEN: pgettext("ask", "Open again"),
    }
    allowed = ASK_MOVES[AskState(ask.state)]
    return [Move(state, word) for state, word in words.items() if state in allowed]
