"""Booking talks with CEOs: the act itself, and the invitation that tells of it."""

from django.db import transaction

from regions.history import Act
from regions.models import CheckIn, Programme, RegionalCEO
from regions.services import checkins
from regions.services.checkins import Slot
from rollout.services.invitations import tell

__all__ = ["Slot", "book_check_in", "cancel_check_in", "move_check_in"]


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


def _told(row: CheckIn, act: Act) -> CheckIn:
    tell(row, act)
    return row
