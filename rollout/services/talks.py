"""Logging a talk with all that follows from it: its bookings, the invitations that tell of
what it did to them, and the end of its draft."""

from dataclasses import replace

from django.db import transaction

from regions.calendar import today
from regions.enums import Channel, Outcome
from regions.history import Act
from regions.models import CheckIn, Contact, Programme, RegionalCEO
from regions.services.contacts import (
    Log,
    correct_contact,
    log_contact,
    withdraw_contact,
)
from regions.services.drafts import drop_draft

from .bookings import Slot, book_check_in
from .invitations import tell


@transaction.atomic
def log_talk(
    ceo: RegionalCEO,
    programme: Programme,
    log: Log,
    *,
    next_slot: Slot | None,
    act: Act,
) -> Contact:
    """Raises CannotLogContact and CannotBook; then nothing of it is kept."""
    log = replace(log, booking=_moved_to(ceo, programme, log, act))
    contact = log_contact(ceo, programme, log, act=act)
    _tell_of(contact.check_in, act)
    if next_slot is not None:
        book_check_in(ceo, programme, next_slot, act=act)
    if act.by is not None:
        drop_draft(ceo, programme, by=act.by)
    return contact


@transaction.atomic
def correct_talk(contact: Contact, log: Log, *, version: int, act: Act) -> Contact:
    """Raises EditedMeanwhile and CannotLogContact."""
    before = contact.check_in
    row = correct_contact(contact, log, version=version, act=act)
    for booking in {before, row.check_in}:
        _tell_of(booking, act)
    return row


@transaction.atomic
def withdraw_talk(contact: Contact, *, version: int, act: Act) -> Contact:
    """Raises EditedMeanwhile."""
    row = withdraw_contact(contact, version=version, act=act)
    _tell_of(row.check_in, act)
    return row


def _moved_to(
    ceo: RegionalCEO, programme: Programme, log: Log, act: Act
) -> CheckIn | None:
    """Where a moved talk went, booked as any other. A day that has passed when the move is
    logged needs no booking that others are told of."""
    day = log.moved_to_date
    if log.outcome != Outcome.MOVED or day is None or day < today(ceo.region, act.at):
        return None
    rows = CheckIn.objects.planned().filter(ceo=ceo, programme=programme)
    slot = Slot(day, log.moved_to_time)
    if (planned := rows.first()) is not None:
        channel = Channel(planned.channel)
        slot = replace(slot, minutes=planned.minutes, channel=channel)
    return book_check_in(ceo, programme, slot, act=act)


def _tell_of(booking: CheckIn | None, act: Act) -> None:
    """As the act left it; the contact may hold it as it was before."""
    if booking is not None:
        rows = CheckIn.objects.select_related("ceo__region", "ceo__user", "programme")
        tell(rows.get(pk=booking.pk), act)
