"""Whether one act can be taken back from the history, and what stands in its way.

A version that was carried into a plan is taken back with the tasks that it made, by who
carries versions into plans.
"""

import uuid

from django.utils.translation import gettext as _

from regions.access import Answer, denied
from regions.models import User
from regions.undoing import undo_answers, undo_stops
from rollout.access import can_push_change
from rollout.models import PushedPlan


def take_back_answer(act: uuid.UUID, user: User) -> Answer:
    """Whether somebody may take it back now, with the reason when not."""
    pushed = PushedPlan.objects.filter(act=act).first()
    if pushed is None:
        return undo_answers([act], user)[act]
    stop = _stop_of(pushed)
    return denied(stop) if stop else can_push_change(user)


def take_back_stop(act: uuid.UUID) -> str:
    """Why nobody can take it back; empty where somebody can."""
    pushed = PushedPlan.objects.filter(act=act).first()
    return _stop_of(pushed) if pushed else undo_stops([act]).get(act, "")


def _stop_of(pushed: PushedPlan) -> str:
    if pushed.undone_at is not None:
        return _("This was taken back already.")
    return undo_stops([pushed.act], with_rows=True).get(pushed.act, "")
