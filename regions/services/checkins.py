"""Booking a short talk with a CEO, moving it, and leaving it out."""

from dataclasses import dataclass
from datetime import date, time

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.calendar import today
from regions.enums import Channel, CheckInState
from regions.history import Act
from regions.models import CheckIn, Programme, RegionalCEO


class CannotBook(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The day lies behind, or the talk is not planned any more."""


@dataclass(frozen=True)
class Slot:
    """When and how a talk is to be held, by the clocks of the region."""

    day: date
    at_time: time | None = None
    minutes: int = 15
    channel: Channel = Channel.PHONE


@transaction.atomic
def book(ceo: RegionalCEO, programme: Programme, slot: Slot, *, act: Act) -> CheckIn:
    """A new talk; one that is planned already is moved there. Raises CannotBook."""
    ceo = history.lock(RegionalCEO.objects.all(), ceo.pk)
    _check_ahead(ceo, slot, act)
    planned = CheckIn.objects.planned().filter(ceo=ceo, programme=programme)
    if (row := planned.select_for_update().first()) is not None:
        return _put(row, slot, act)
    return history.create(
        CheckIn(
            ceo=ceo,
            programme=programme,
            day_date=slot.day,
            at_time=slot.at_time,
            minutes=slot.minutes,
            channel=slot.channel,
        ),
        act,
    )


@transaction.atomic
def move(check_in: CheckIn, slot: Slot, *, version: int, act: Act) -> CheckIn:
    """To another day, time or way. Raises EditedMeanwhile and CannotBook."""
    row = _planned(check_in, version)
    _check_ahead(row.ceo, slot, act)
    return _put(row, slot, act)


@transaction.atomic
def cancel(check_in: CheckIn, *, reason: str, version: int, act: Act) -> CheckIn:
    """Leave it out, with the reason. Raises EditedMeanwhile and CannotBook."""
    row = _planned(check_in, version)
    if not reason:
        raise CannotBook(_("Say why the talk is left out."))
    values = {"state": CheckInState.CANCELLED, "reason": reason}
    history.change(row, {**values, "sequence": row.sequence + 1}, act)
    return row


def _planned(check_in: CheckIn, version: int) -> CheckIn:
    rows = CheckIn.objects.select_related("ceo__region")
    row = history.lock(rows, check_in.pk, version)
    if row.state != CheckInState.PLANNED:
        raise CannotBook(_("This talk is not planned any more."))
    return row


def _check_ahead(ceo: RegionalCEO, slot: Slot, act: Act) -> None:
    if slot.day < today(ceo.region, act.at):
        raise CannotBook(_("Give a day that lies ahead."))


def _put(row: CheckIn, slot: Slot, act: Act) -> CheckIn:
    """A calendar takes an update only with a higher number."""
    values = {
        "day_date": slot.day,
        "at_time": slot.at_time,
        "minutes": slot.minutes,
        "channel": slot.channel,
    }
    if any(getattr(row, name) != value for name, value in values.items()):
        history.change(row, {**values, "sequence": row.sequence + 1}, act)
    return row
