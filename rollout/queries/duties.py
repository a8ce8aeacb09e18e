"""What somebody has to be told at a moment, found from the state of things."""

from datetime import datetime

from django.db.models import Model

from regions.models import Programme, Rhythm, User
from rollout.enums import DutyKind
from rollout.models import Duty
from rollout.queries.calls import Call, calls_due

Key = tuple[str, str, int, str, int]


def duties_due(at: datetime) -> list[Duty]:
    """Unsaved duties, one per call and caller.

    The occurrence is the talk that the rhythm counts from, or the booking and its
    sequence: computing it again never tells anybody twice.
    """
    return [
        _check_in(call, caller, at)
        for programme in Programme.objects.order_by("id")
        for call in calls_due(programme, Rhythm.objects.all(), at)
        for caller in call.callers
        if caller.may_sign_in
    ]


def key_of(duty: Duty) -> Key:
    """What makes a duty the same duty."""
    return duty.kind, duty.model, duty.object_id, duty.occurrence, duty.recipient_id


def _check_in(call: Call, caller: User, at: datetime) -> Duty:
    booked = call.engagement.booked
    row: Model = call.engagement.rhythm
    occurrence = str(call.engagement.last_contact_id)
    if booked is not None and call.engagement.is_booked_today:
        row, occurrence = booked, str(booked.sequence)
    return Duty(
        kind=DutyKind.CHECK_IN,
        model=row._meta.label_lower,
        object_id=row.pk,
        occurrence=occurrence,
        recipient=caller,
        created_at=at,
    )
