"""Taking back what somebody did, from the history."""

import uuid

from django.db import transaction

from regions.history import Act
from regions.services.undo import undo
from rollout.models import Handover
from rollout.services.handovers import take_back


@transaction.atomic
def take_back_act(act_id: uuid.UUID, *, act: Act) -> None:
    """Everything is as before the act, itself recorded. Raises CannotUndo.

    A hand-over keeps that it was taken back.
    """
    handover = Handover.objects.filter(act=act_id).first()
    if handover is None:
        undo(act_id, act=act)
    else:
        take_back(handover, act=act)
