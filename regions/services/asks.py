"""What is asked of a CEO, and what we promise him: made, worded anew, settled."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import ASK_MOVES, SETTLED_ASKS, AskKind, AskOf, AskState
from regions.history import Act, EditedMeanwhile
from regions.models import Ask, Programme, RegionalCEO


class CannotChangeAsk(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It says nothing, or is in a state that does not allow this."""


@dataclass(frozen=True)
class NewAsk:
    """What an ask says. One that is made in a talk is kept without an answer, too, where
    somebody wrote it down himself."""

    kind: AskKind
    text: str
    due_date: date | None = None
    of: AskOf = field(default=AskOf.CEO, kw_only=True)
    is_written: bool = field(default=False, kw_only=True)


def make(ceo: RegionalCEO, programme: Programme, new: NewAsk, *, act: Act) -> Ask:
    """One more ask. Raises CannotChangeAsk."""
    return history.create(
        Ask(
            ceo=ceo,
            programme=programme,
            kind=new.kind,
            of=new.of,
            text=_said(new.text),
            due_date=new.due_date,
            first_due_date=new.due_date,
        ),
        act,
    )


@transaction.atomic
def change(
    ask: Ask,
    *,
    kind: AskKind,
    text: str,
    due_date: date | None,
    version: int,
    act: Act,
) -> Ask:
    """Word it anew, or give it another day; the first day that it had stays.

    Raises EditedMeanwhile and CannotChangeAsk.
    """
    row = history.lock(Ask.objects.all(), ask.pk, version)
    values = {"kind": kind, "text": _said(text), "due_date": due_date}
    first = {} if row.first_due_date else {"first_due_date": due_date}
    history.change(row, {**values, **first}, act)
    return row


@transaction.atomic
def settle(ask: Ask, state: AskState, *, version: int, act: Act) -> Ask:
    """Promised, done, declined, or open again. What is so already stays as it is.

    Raises EditedMeanwhile and CannotChangeAsk.
    """
    row = history.lock(Ask.objects.select_related("ceo__region"), ask.pk)
    if row.state == state:
        return row
    if row.version != version:
        raise EditedMeanwhile(row)
    if state not in ASK_MOVES[AskState(row.state)]:
        raise CannotChangeAsk(
            _("This ask is %(state)s, so this is not possible now.")
            % {"state": row.get_state_display()}
        )
    settled_at = act.at if state in SETTLED_ASKS else None
    history.change(row, {"state": state, "settled_at": settled_at}, act)
    return row


def _said(text: str) -> str:
    if not (said := text.strip()):
        raise CannotChangeAsk(_("Say what is asked."))
    return said
