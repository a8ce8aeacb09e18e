"""Booking talks with CEOs, and logging them: the act itself, and the invitation that tells
of what it did to a booking, in one transaction."""

from django.db import transaction

from regions.history import Act
from regions.models import CheckIn, Contact, Programme, RegionalCEO
from regions.services import checkins, contacts
from regions.services.checkins import Slot
from regions.services.contacts import Log
from rollout.services.invitations import tell

__all__ = [
    "Slot",
    "book_check_in",
    "cancel_check_in",
    "correct_talk",
    "log_talk",
    "move_check_in",
    "withdraw_talk",
]


@transaction.atomic
def book_check_in(
    ceo: RegionalCEO, programme: Programme, slot: Slot, *, act: Act
) -> CheckIn:
    """A talk is booked, or the one that is planned moves there. Raises CannotBook."""
    return _told(checkins.book(ceo, programme, slot, act=act), act)


@transaction.atomic
def move_check_in(check_in: CheckIn, slot: Slot, *, version: int, act: Act) -> CheckIn:
    """Raises EditedMeanwhile and CannotBook."""
    return _told(checkins.move(check_in, slot, version=version, act=act), act)


@transaction.atomic
def cancel_check_in(
    check_in: CheckIn, *, reason: str, version: int, act: Act
) -> CheckIn:
    """Raises EditedMeanwhile and CannotBook."""
    row = checkins.cancel(check_in, reason=reason, version=version, act=act)
    return _told(row, act)


@transaction.atomic
def log_talk(ceo: RegionalCEO, programme: Programme, log: Log, *, act: Act) -> Contact:
    """Raises CannotLogContact."""
    contact = contacts.log_contact(ceo, programme, log, act=act)
    _tell_of(contact.check_in, act)
    return contact


@transaction.atomic
def correct_talk(contact: Contact, log: Log, *, version: int, act: Act) -> Contact:
    """Raises EditedMeanwhile and CannotLogContact."""
    before = contact.check_in
    row = contacts.correct_contact(contact, log, version=version, act=act)
    for booking in {before, row.check_in}:
        _tell_of(booking, act)
    return row


@transaction.atomic
def withdraw_talk(contact: Contact, *, version: int, act: Act) -> Contact:
    """Raises EditedMeanwhile."""
    row = contacts.withdraw_contact(contact, version=version, act=act)
    _tell_of(row.check_in, act)
    return row


def _told(row: CheckIn, act: Act) -> CheckIn:
    tell(row, act)
    return row


def _tell_of(booking: CheckIn | None, act: Act) -> None:
    """As the act left it; the contact may hold it as it was before."""
    if booking is not None:
        rows = CheckIn.objects.select_related("ceo__region", "ceo__user", "programme")
        tell(rows.get(pk=booking.pk), act)
