"""Logging a talk with a CEO, correcting it, and taking it back."""

import uuid
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import (
    SETTLED_ASKS,
    STATE_AFTER_ANSWER,
    AskAnswer,
    AskState,
    Channel,
    CheckInState,
    Outcome,
    Topic,
)
from regions.history import Act
from regions.models import (
    Ask,
    CheckIn,
    Contact,
    HistoryEntry,
    Programme,
    RegionalCEO,
    User,
)
from regions.services import asks
from regions.services.asks import NewAsk as NewAsk

# What moving a booking changes.
SLOT = ("day_date", "at_time")


class CannotLogContact(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The log contradicts itself or the calendar."""


@dataclass(frozen=True)
class Log:
    """What the caller says about one talk."""

    outcome: Outcome
    held_at: datetime
    minutes: int | None = None
    channel: Channel = Channel.PHONE
    felt: str = ""
    atmosphere: str = ""
    topics: frozenset[Topic] = frozenset()
    ask: Ask | None = None
    new_ask: NewAsk | None = None
    answer: str = ""
    ask_due_date: date | None = None
    moved_to_date: date | None = None
    moved_to_time: time | None = None
    # The booking that a moved talk has already got.
    booking: CheckIn | None = None
    # None leaves what stands: who may not read a note does not replace it unseen.
    note: str | None = ""
    key: uuid.UUID = field(default_factory=uuid.uuid4)
    # Who talked with him, where it is not who writes it down.
    by: User | None = None


@transaction.atomic
def log_contact(
    ceo: RegionalCEO, programme: Programme, log: Log, *, act: Act
) -> Contact:
    """Record a talk or the attempt at one; the rhythm follows from it by itself.

    The same key twice is one contact. Raises CannotLogContact.
    """
    ceo = history.lock(RegionalCEO.objects.all(), ceo.pk)
    if known := Contact.objects.filter(key=log.key, ceo=ceo).first():
        return known
    _check(log, act.at)
    ask = log.ask or _new_ask(ceo, programme, log, act)
    contact = Contact(
        ceo=ceo,
        programme=programme,
        by=log.by or act.by,
        key=log.key,
        ask=ask,
        check_in=_booking_for(ceo, programme, log, act),
        **_values(log, ask),
    )
    history.create(contact, act)
    if ask is not None and contact.ask_answer:
        _settle_ask(ask, act, moves_due=contact.ask_due_date is not None)
    return contact


@transaction.atomic
def correct_contact(contact: Contact, log: Log, *, version: int, act: Act) -> Contact:
    """Change what was logged. Raises EditedMeanwhile and CannotLogContact."""
    row = history.lock(Contact.objects.all(), contact.pk, version)
    if row.withdrawn_at is not None:
        raise CannotLogContact(_("This talk was withdrawn."))
    _check(log, act.at)
    _release_booking(row, act)
    booking = _booking_for(row.ceo, row.programme, log, act)
    before = (row.ask_answer, row.ask_due_date)
    history.change(row, {**_values(log, row.ask), "check_in": booking}, act)
    if row.ask is not None and before != (row.ask_answer, row.ask_due_date):
        _settle_ask(row.ask, act, moves_due=before[1] != row.ask_due_date)
    return row


@transaction.atomic
def withdraw_contact(contact: Contact, *, version: int, act: Act) -> Contact:
    """Take a log back: the talk counts no more, its ask and booking are as before it."""
    row = history.lock(Contact.objects.all(), contact.pk, version)
    if row.withdrawn_at is not None:
        return row
    history.change(row, {"withdrawn_at": act.at}, act)
    _release_booking(row, act)
    if row.ask is not None and row.ask_answer:
        _settle_ask(row.ask, act, moves_due=row.ask_due_date is not None)
    return row


def _new_ask(ceo: RegionalCEO, programme: Programme, log: Log, act: Act) -> Ask | None:
    """What was proposed is an ask once it was answered; what was written is one at once."""
    new = log.new_ask
    if new is None or not (log.answer or new.is_written):
        return None
    dated = replace(new, due_date=new.due_date or log.ask_due_date)
    return asks.make(ceo, programme, dated, act=act)


def _check(log: Log, at: datetime) -> None:
    if log.held_at > at:
        raise CannotLogContact(_("A talk cannot be logged before it was held."))
    # Nobody counts the minutes of a mail.
    is_mail = log.channel == Channel.MAIL
    if log.outcome == Outcome.REACHED and not log.minutes and not is_mail:
        raise CannotLogContact(_("Say how many minutes the talk took."))
    if log.outcome == Outcome.MOVED and log.moved_to_date is None:
        raise CannotLogContact(_("Give the day that the talk was moved to."))
    # In a mail he may say that it is not now without saying when.
    if log.answer == AskAnswer.LATER and log.ask_due_date is None and not is_mail:
        raise CannotLogContact(_("Give the new day of the ask."))


def _values(log: Log, ask: Ask | None) -> dict[str, Any]:
    """Only what fits the outcome is kept: no answer without a talk and an ask."""
    reached = log.outcome == Outcome.REACHED
    answered = reached and ask is not None
    return {
        "held_at": log.held_at,
        "channel": log.channel,
        "outcome": log.outcome,
        "minutes": log.minutes
        if log.outcome in (Outcome.REACHED, Outcome.DEPUTY)
        else None,
        "felt": log.felt if reached else "",
        "atmosphere": log.atmosphere if reached else "",
        "topics": ",".join(one for one in Topic if one in log.topics)
        if reached
        else "",
        "ask_answer": log.answer if answered else "",
        "ask_due_date": log.ask_due_date if answered else None,
        **({} if log.note is None else {"note": log.note}),
    }


def _planned(ceo: RegionalCEO, programme: Programme) -> CheckIn | None:
    rows = CheckIn.objects.planned().filter(ceo=ceo, programme=programme)
    return rows.select_for_update().first()


def _booking_for(
    ceo: RegionalCEO, programme: Programme, log: Log, act: Act
) -> CheckIn | None:
    """The booking that this log keeps (reached) or makes (moved)."""
    booking = _planned(ceo, programme)
    if log.outcome == Outcome.MOVED and log.moved_to_date is not None:
        slot = {"day_date": log.moved_to_date, "at_time": log.moved_to_time}
        if log.booking is not None:
            return log.booking
        if booking is None:
            return history.create(CheckIn(ceo=ceo, programme=programme, **slot), act)
        history.change(booking, {**slot, "sequence": booking.sequence + 1}, act)
        return booking
    held_on = log.held_at.astimezone(ceo.region.zone).date()
    if (
        log.outcome == Outcome.REACHED
        # A booked talk is not held by writing.
        and log.channel != Channel.MAIL
        and booking is not None
        and booking.day_date <= held_on
    ):
        history.change(booking, {"state": CheckInState.HELD}, act)
        return booking
    return None


def _release_booking(contact: Contact, act: Act) -> None:
    """What the log did to a booking is undone: kept ones are planned again, made ones fall."""
    booking = contact.check_in
    if booking is None:
        return
    booking = history.lock(CheckIn.objects.all(), booking.pk)
    if contact.outcome == Outcome.MOVED and booking.state == CheckInState.PLANNED:
        history.change(booking, _before_the_move(booking), act)
    elif (
        booking.state == CheckInState.HELD
        and _planned(contact.ceo, contact.programme) is None
    ):
        history.change(booking, {"state": CheckInState.PLANNED}, act)


def _before_the_move(booking: CheckIn) -> dict[str, Any]:
    """The slot that the booking had before the last act that moved it, if one did."""
    moves = HistoryEntry.objects.of(booking).filter(field__in=SLOT).order_by("-id")
    if (last := moves.first()) is None:
        return {"state": CheckInState.CANCELLED, "sequence": booking.sequence + 1}
    before: dict[str, Any] = {}
    for entry in moves.filter(act=last.act):
        column: Any = CheckIn._meta.get_field(entry.field)
        before[entry.field] = None if entry.was_null else column.to_python(entry.before)
    return {**before, "sequence": booking.sequence + 1}


def _settle_ask(ask: Ask, act: Act, *, moves_due: bool) -> None:
    """The ask stands as its newest answer that was not withdrawn left it.

    Asked for where an answer came, changed or went; else the ask stays as the ledger has
    it, and its day does unless a talk's word about the day is what changed.
    """
    ask = history.lock(Ask.objects.all(), ask.pk)
    if ask.state == AskState.DONE:
        return
    answers = list(
        ask.talks.standing().exclude(ask_answer="").order_by("-held_at", "-id")[:20]
    )
    state = (
        STATE_AFTER_ANSWER[AskAnswer(answers[0].ask_answer)]
        if answers
        else AskState.OPEN
    )
    settled_at = answers[0].held_at if answers and state in SETTLED_ASKS else None
    values: dict[str, Any] = {"state": state, "settled_at": settled_at}
    if moves_due:
        moved_to = [row.ask_due_date for row in answers if row.ask_due_date is not None]
        values["due_date"] = moved_to[0] if moved_to else ask.first_due_date
    history.change(ask, values, act)
