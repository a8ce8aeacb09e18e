"""Telling those who take part of a booked talk: it is on, moved or off, in one mail each.

Called inside the transaction of whatever changed the talk. What was not sent yet is
dropped for what holds now, so nobody is told of a talk twice, or of one that never was.
"""

from regions.enums import CheckInState
from regions.history import Act
from regions.models import CheckIn, User
from rollout.enums import DutyKind, DutyState
from rollout.models import Duty, Mail
from rollout.models.mail import DutyQuerySet
from rollout.queries.talks import KINDS, MODEL, callers_for, occurrence_of, who_has
from rollout.services.duties import release
from rollout.services.mail import mail_at_once


def tell(row: CheckIn, act: Act) -> None:
    """Mail what holds of a talk to whom it concerns, once for each sequence.

    Calendars hold talks with a time. One that was held stays where it is.
    """
    if row.state == CheckInState.HELD or _is_told(row):
        return
    _drop_unsent(row, act)
    invited = _invited(row, act) if row.state == CheckInState.PLANNED else []
    for person in invited:
        _mail(person, DutyKind.TALK, row, act)
    for person in who_has(row):
        if person not in invited:
            _mail(person, DutyKind.TALK_OFF, row, act)


def _invited(row: CheckIn, act: Act) -> list[User]:
    """The CEO and whoever calls; nobody where the time is still open, or all is over."""
    is_over = row.programme.closed_at or row.ceo.region.archived_at
    if row.at_time is None or is_over:
        return []
    return list(dict.fromkeys([row.ceo.user, *callers_for(row, act.at)]))


def _is_told(row: CheckIn) -> bool:
    told = _duties(row).filter(occurrence=occurrence_of(row))
    return told.exclude(state=DutyState.DROPPED).exists()


def _drop_unsent(row: CheckIn, act: Act) -> None:
    """A mail that is on its way is left to itself: what follows it has a higher number."""
    open_ = _duties(row).open()
    release(Mail.objects.filter(duties__in=open_), at=act.at)
    open_.filter(mail=None).update(state=DutyState.DROPPED)


def _duties(row: CheckIn) -> DutyQuerySet:
    return Duty.objects.filter(kind__in=KINDS, model=MODEL, object_id=row.pk)


def _mail(person: User, kind: DutyKind, row: CheckIn, act: Act) -> None:
    occurrence = occurrence_of(row)
    mail_at_once(person, kind, occurrence=occurrence, at=act.at, about=row)
