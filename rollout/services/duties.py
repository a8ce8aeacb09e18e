"""Keeping the table of duties true to what is due, and planning the mails that tell it."""

from collections.abc import Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from regions.models import User
from rollout.enums import FOUND, DutyState, MailCap, MailState
from rollout.models import Duty, Mail, MailEvent
from rollout.queries.duties import duties_due, key_of
from rollout.slots import SLOT_LASTS, open_slot, slot_begins, slot_key


def settle(due: list[Duty], recipient: User | None = None) -> int:
    """New duties in, those met meanwhile closed; returns how many are new or open again.

    A duty that a log met is open again when the log is withdrawn; one that was mailed
    is never opened again. With `recipient`, only his are looked at. The unique key has
    the last word, so two processes at once add nothing twice.
    """
    known = {key_of(duty): duty for duty in _known(due, recipient)}
    keys = {key_of(duty) for duty in due}
    new = [duty for duty in due if key_of(duty) not in known]
    met = [duty.pk for key, duty in known.items() if key not in keys]
    back = [duty.pk for key, duty in known.items() if key in keys]
    if new:
        Duty.objects.bulk_create(new, ignore_conflicts=True)
    if met:
        Duty.objects.open().filter(pk__in=met, mail=None).update(state=DutyState.MET)
    reopened = 0
    if any(known[key].state == DutyState.MET for key in keys & known.keys()):
        rows = Duty.objects.filter(pk__in=back, state=DutyState.MET)
        reopened = rows.update(state=DutyState.OPEN)
    return len(new) + reopened


def _known(due: list[Duty], recipient: User | None) -> Iterable[Duty]:
    untold = Q(state=DutyState.OPEN, mail=None)
    same_row = Q(object_id__in={duty.object_id for duty in due})
    rows = Duty.objects.filter(untold | same_row, kind__in=FOUND)
    return rows if recipient is None else rows.filter(recipient=recipient)


def still_open(recipient: User, at: datetime) -> list[Duty]:
    """The duties that a planned mail of this moment has to carry.

    What was met since it was found (a talk logged, moved, taken over by somebody else)
    is closed first, so that nobody is told what is no longer so.
    """
    due = [duty for duty in duties_due(at) if duty.recipient_id == recipient.pk]
    settle(due, recipient)
    rows = Duty.objects.open().filter(recipient=recipient, kind__in=FOUND, mail=None)
    return list(rows.order_by("id"))


def still_due(duties: list[Duty], at: datetime) -> list[Duty]:
    """Those of a mail's duties that nothing has met since."""
    due = {key_of(duty) for duty in duties_due(at)}
    return [duty for duty in duties if key_of(duty) in due]


def release(mails: QuerySet[Mail], *, at: datetime) -> int:
    """Close mails of slots that are over; the duties that they did not tell are open again.

    Not a mail that may have arrived, nor one that is being sent: no other mail may tell
    the same. Returns how many were closed.
    """
    rows = mails.filter(
        state__in=[MailState.PLANNED, MailState.RETRY], may_have_arrived=False
    )
    closed = 0
    for pk in list(rows.values_list("pk", flat=True)):
        # Compare and swap: a worker that leases it at this moment keeps it.
        if rows.filter(pk=pk).update(state=MailState.SUPERSEDED):
            Duty.objects.open().filter(mail=pk).update(mail=None)
            MailEvent.objects.create(mail_id=pk, at=at, state=MailState.SUPERSEDED)
            closed += 1
    return closed


def release_past(at: datetime) -> int:
    """What earlier slots left unsent is told by the mail of the slot that is open now."""
    # A slot lasts half a day at most: those of today are left out without a look.
    unsent = Mail.objects.unsent().exclude(cap=MailCap.AT_ONCE)
    old = unsent.filter(planned_at__lt=at - SLOT_LASTS, may_have_arrived=False)
    past = [
        mail.pk
        for mail in old.select_related("recipient")
        if open_slot(mail.recipient, at) is not None
    ]
    return release(Mail.objects.filter(pk__in=past), at=at) if past else 0


def plan_mails(at: datetime) -> int:
    """One planned mail for everybody who has something to be told and whose slot is open."""
    untold = Duty.objects.open().filter(
        recipient=OuterRef("pk"), kind__in=FOUND, mail=None
    )
    people = User.objects.filter(Exists(untold)).order_by("id")
    slots = [(user, day) for user in people if (day := open_slot(user, at)) is not None]
    taken = set(
        Mail.objects.filter(
            slot__in={slot_key(day) for _user, day in slots}
        ).values_list("recipient", "slot")
    )
    new = [
        Mail(
            recipient=user,
            slot=slot_key(day),
            state=MailState.PLANNED,
            planned_at=slot_begins(user, day),
            next_try_at=at,
        )
        for user, day in slots
        if (user.pk, slot_key(day)) not in taken
    ]
    if new:
        Mail.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)
