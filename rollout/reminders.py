"""What is due at a moment, as duties and planned mails. Called by the tick; safe to repeat."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time

from django.db.models import Exists, OuterRef, Q

from regions.calendar import Calendar
from regions.models import Programme, Rhythm, User
from rollout.enums import PLANNED, DutyKind, DutyState, MailState
from rollout.models import Duty, Mail
from rollout.queries.calls import Call, calls_due

SLOT_BEGINS, SLOT_ENDS = time(8), time(20)


def queue(*, at: datetime) -> int:
    """Write a duty for all that is due and a mail for everybody whose slot is open.

    Returns how many rows were new. Each row has a unique key, so running twice, or in
    two processes at once, adds nothing; and a tick that finds nothing new writes nothing.
    """
    return settle_duties(check_in_duties(at)) + _plan_mails(at)


def check_in_duties(at: datetime) -> list[Duty]:
    """One per call and caller; the occurrence is the talk that the rhythm counts from."""
    return [
        _duty(call, caller, at)
        for programme in Programme.objects.order_by("id")
        for call in calls_due(programme, Rhythm.objects.all(), at)
        for caller in call.callers
        if caller.may_sign_in
    ]


def _duty(call: Call, caller: User, at: datetime) -> Duty:
    booked = call.engagement.booked
    if booked is not None and call.engagement.is_booked_today:
        model, pk, occurrence = "regions.checkin", booked.pk, str(booked.sequence)
    else:
        model, pk = "regions.rhythm", call.engagement.rhythm.pk
        occurrence = str(call.engagement.last_contact_id)
    return Duty(
        kind=DutyKind.CHECK_IN,
        model=model,
        object_id=pk,
        occurrence=occurrence,
        recipient=caller,
        created_at=at,
    )


def settle_duties(due: list[Duty], recipient: User | None = None) -> int:
    """Make the table say what is due: new ones in, those met meanwhile closed.

    A duty that was met by a log is open again when the log is withdrawn; one that was
    mailed is never opened again. With `recipient`, only his are looked at.
    """
    rows = Duty.objects.filter(kind__in=PLANNED).filter(
        Q(state=DutyState.OPEN, mail=None)
        | Q(object_id__in={duty.object_id for duty in due})
    )
    if recipient is not None:
        rows = rows.filter(recipient=recipient)
    known = {_key(duty): duty for duty in rows}
    keys = {_key(duty) for duty in due}
    new = [duty for duty in due if _key(duty) not in known]
    met = [duty.pk for key, duty in known.items() if key not in keys and _is_untold(duty)]
    back = [
        duty.pk for key, duty in known.items() if key in keys and duty.state == DutyState.MET
    ]
    if new:
        Duty.objects.bulk_create(new, ignore_conflicts=True)
    if met:
        Duty.objects.filter(pk__in=met, state=DutyState.OPEN, mail=None).update(
            state=DutyState.MET
        )
    if back:
        Duty.objects.filter(pk__in=back, state=DutyState.MET).update(state=DutyState.OPEN)
    return len(new) + len(back)


def _is_untold(duty: Duty) -> bool:
    return duty.state == DutyState.OPEN and duty.mail_id is None


def _key(duty: Duty) -> tuple[str, str, int, str, int]:
    return duty.kind, duty.model, duty.object_id, duty.occurrence, duty.recipient_id


def _plan_mails(at: datetime) -> int:
    waiting = User.objects.filter(
        Exists(
            Duty.objects.open().filter(
                recipient=OuterRef("pk"), kind__in=PLANNED, mail__isnull=True
            )
        )
    ).order_by("id")
    return plan_slots(waiting, at)


def plan_slots(people: Iterable[User], at: datetime) -> int:
    """One planned mail for each of these people whose slot of today is open."""
    slots = [(user, open_slot(user, at)) for user in people]
    taken = set(
        Mail.objects.filter(slot__in={_slot_key(day) for _user, day in slots if day}).values_list(
            "recipient", "slot"
        )
    )
    new = [
        Mail(
            recipient=user,
            slot=_slot_key(day),
            state=MailState.PLANNED,
            planned_at=slot_begins(user, day),
            next_try_at=at,
        )
        for user, day in slots
        if day is not None and (user.pk, _slot_key(day)) not in taken
    ]
    Mail.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def open_slot(user: User, at: datetime) -> date | None:
    """The day whose planned slot is open for somebody: 08:00 to 20:00 on his working days."""
    local = at.astimezone(user.zone)
    works = Calendar.of(user).is_working(local.date())
    return local.date() if works and SLOT_BEGINS <= local.time() < SLOT_ENDS else None


def slot_begins(user: User, day: date) -> datetime:
    """08:00 of a day where somebody is, in UTC."""
    return datetime.combine(day, SLOT_BEGINS, tzinfo=user.zone).astimezone(UTC)


def _slot_key(day: date) -> str:
    return f"day {day:%Y-%m-%d}"


def still_open(recipient: User, at: datetime) -> list[Duty]:
    """The duties that a planned mail of this moment has to carry.

    What was met since it was found (a talk logged, moved, taken over by somebody else)
    is closed first, so that nobody is told what is no longer so.
    """
    due = [duty for duty in check_in_duties(at) if duty.recipient_id == recipient.pk]
    settle_duties(due, recipient)
    return list(
        Duty.objects.open()
        .filter(recipient=recipient, kind__in=PLANNED, mail=None)
        .order_by("id")
    )
