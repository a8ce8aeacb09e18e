"""Logging a talk with all that follows from it: its bookings, and the end of its draft."""

from dataclasses import replace

from django.db import transaction

from regions.calendar import today
from regions.enums import Channel, Outcome
from regions.history import Act
from regions.models import CheckIn, Contact, Programme, RegionalCEO
from regions.services.contacts import Log, log_contact
from regions.services.drafts import drop_draft

from .bookings import Slot, book_check_in


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
    if next_slot is not None:
        book_check_in(ceo, programme, next_slot, act=act)
    if act.by is not None:
        drop_draft(ceo, programme, by=act.by)
    return contact


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
