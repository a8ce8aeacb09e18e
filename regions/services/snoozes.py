"""Putting a call off: one entry leaves one person's list for some days, with a reason."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.calendar import today
from regions.history import Act
from regions.models import CheckIn, Rhythm, Snooze, User

LONGEST_DAYS = 14


class CannotPutOff(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The day is not ahead, or too far, nobody said why, or the talk is booked for today."""


def days_to_choose(day: date) -> tuple[date, date]:
    """The first and the last day that a call is put off to, on a day."""
    return day + timedelta(days=1), day + timedelta(days=LONGEST_DAYS)


@transaction.atomic
def put_off(rhythm: Rhythm, *, of: User, until: date, reason: str, act: Act) -> Snooze:
    """Off the list of a person until a day of his own; the rhythm runs on.

    What he had put off before is lifted by it. Raises CannotPutOff.
    """
    row = history.lock(Rhythm.objects.select_related("ceo__region"), rhythm.pk)
    _check(row, today(of, act.at), until, reason, act)
    mine = Snooze.objects.filter(user=of, rhythm=row, lifted_at=None)
    if (before := mine.select_for_update(of=("self",)).first()) is not None:
        history.change(before, {"lifted_at": act.at}, act)
    return history.create(
        Snooze(user=of, rhythm=row, until_date=until, reason=reason.strip(), at=act.at),
        act,
    )


@transaction.atomic
def put_back(snooze: Snooze, *, act: Act) -> Snooze:
    """On the list again; nothing happens where it is already."""
    row = history.lock(Snooze.objects.all(), snooze.pk)
    if row.lifted_at is None:
        history.change(row, {"lifted_at": act.at}, act)
    return row


def _check(rhythm: Rhythm, day: date, until: date, reason: str, act: Act) -> None:
    if not reason.strip():
        raise CannotPutOff(_("Say why the call is put off."))
    first, last = days_to_choose(day)
    if until < first:
        raise CannotPutOff(_("Give a day that lies ahead."))
    if until > last:
        raise CannotPutOff(
            _("A call is put off for at most %(n)d days.") % {"n": LONGEST_DAYS}
        )
    ceo = rhythm.ceo
    booked = CheckIn.objects.planned().filter(
        ceo=ceo, programme=rhythm.programme_id, day_date=today(ceo.region, act.at)
    )
    if booked.exists():
        raise CannotPutOff(_("The talk is booked for today. Move it instead."))
