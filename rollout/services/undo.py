"""Taking back what somebody did, from the history."""

import uuid

from django.db import transaction

from regions.history import Act
from regions.models import CheckIn
from regions.services.undo import undo
from rollout.models import Handover, PushedPlan
from rollout.services.handovers import take_back
from rollout.services.invitations import tell
from rollout.services.pushing import take_push_back


@transaction.atomic
def take_back_act(act_id: uuid.UUID, *, act: Act) -> None:
    """Everything is as before the act, itself recorded. Raises CannotUndo.

    A hand-over keeps that it was taken back, and so does a version that was carried into a
    plan; calendars learn of a talk that was moved back.
    """
    if handover := Handover.objects.filter(act=act_id).first():
        take_back(handover, act=act)
    elif pushed := PushedPlan.objects.filter(act=act_id).first():
        take_push_back(pushed, act=act)
    else:
        for row in undo(act_id, act=act):
            if isinstance(row, CheckIn):
                tell(row, act)
