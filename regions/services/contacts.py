"""Logging a talk with a CEO, correcting it, and taking it back."""

import uuid
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import (
    SETTLED_ASKS,
    STATE_AFTER_ANSWER,
    AskAnswer,
    AskKind,
    AskState,
    Channel,
    CheckInState,
    Outcome,
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


class CannotLogContact(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The log contradicts itself or the calendar."""


@dataclass(frozen=True)
class NewAsk:
    """An ask that is made in the talk itself."""

    kind: AskKind
    text: str


@dataclass(frozen=True)
class Log:
    """What the caller says about one talk."""

    outcome: Outcome
    held_at: datetime
    minutes: int | None = None
    channel: Channel = Channel.PHONE
    felt: str = ""
    ask: Ask | None = None
    new_ask: NewAsk | None = None
    answer: str = ""
    ask_due_date: date | None = None
    moved_to_date: date | None = None
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
    ask = log.ask
    if log.answer and ask is None and log.new_ask is not None:
        ask = history.create(
            Ask(
                ceo=ceo,
                programme=programme,
                kind=log.new_ask.kind,
                text=log.new_ask.text,
                due_date=log.ask_due_date,
                first_due_date=log.ask_due_date,
            ),
            act,
        )
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
    if ask is not None:
        _settle_ask(ask, act)
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
    history.change(row, {**_values(log, row.ask), "check_in": booking}, act)
    if row.ask is not None:
        _settle_ask(row.ask, act)
    return row


@transaction.atomic
def withdraw_contact(contact: Contact, *, version: int, act: Act) -> Contact:
    """Take a log back: the talk counts no more, its ask and booking are as before it."""
    row = history.lock(Contact.objects.all(), contact.pk, version)
    if row.withdrawn_at is not None:
        return row
    history.change(row, {"withdrawn_at": act.at}, act)
    _release_booking(row, act)
    if row.ask is not None:
        _settle_ask(row.ask, act)
    return row


def _check(log: Log, at: datetime) -> None:
    if log.held_at > at:
        raise CannotLogContact(_("A talk cannot be logged before it was held."))
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
        day = log.moved_to_date
        if booking is None:
            return history.create(
                CheckIn(ceo=ceo, programme=programme, day_date=day), act
            )
        history.change(
            booking, {"day_date": day, "sequence": booking.sequence + 1}, act
        )
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
    moves = HistoryEntry.objects.of(booking).filter(field="day_date").order_by("-id")
    if (last := moves.first()) is None:
        return {"state": CheckInState.CANCELLED}
    return {
        "day_date": date.fromisoformat(last.before),
        "sequence": booking.sequence + 1,
    }


def _settle_ask(ask: Ask, act: Act) -> None:
    """The ask stands as its newest answer that was not withdrawn left it."""
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
    moved_to = [row.ask_due_date for row in answers if row.ask_due_date is not None]
    due = moved_to[0] if moved_to else ask.first_due_date
    settled_at = answers[0].held_at if answers and state in SETTLED_ASKS else None
    values = {"state": state, "due_date": due, "settled_at": settled_at}
    history.change(ask, values, act)
