"""Carrying a version of the playbook into plans: exactly what the preview showed.

Each plan is an act of its own, so that one region can be taken back alone; all plans of a
push together by another. Everybody who has work in them is told once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any
from uuid import uuid4

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from pilots.models import Procedure
from regions import history
from regions.history import Act
from regions.models import User
from regions.services.undo import CannotUndo, undo
from rollout.enums import LEFT_BEHIND, DutyKind, TaskState
from rollout.models import Duty, PlanProcedure, Push, PushedPlan, Task
from rollout.queries.planchange import PlanChange
from rollout.queries.pushing import push_preview


class CannotPush(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Nothing was chosen, a newer version is out, or not what the preview showed any more.

    `changed` are the plans that are no longer as they were shown.
    """

    def __init__(self, said: str, changed: Iterable[int] = ()) -> None:
        self.changed = frozenset(changed)
        super().__init__(said)


@transaction.atomic
def push_change(
    procedure: Procedure, seen: Mapping[int, str], *, reader: User, act: Act
) -> Push:
    """Carry a version into the plans whose preview is named by `seen`. Raises CannotPush."""
    if not seen:
        raise CannotPush(_("Tick at least one region."))
    if not Procedure.objects.newest().filter(pk=procedure.pk).exists():
        raise CannotPush(_("A newer version is out. Carry that one into plans."))
    preview = push_preview(procedure, reader, act.at, plans=seen.keys(), lock=True)
    now = {one.plan.pk: one.seen for one in preview.changes}
    if changed := [pk for pk, digest in seen.items() if now.get(pk) != digest]:
        raise CannotPush(
            _("Something of it changed in the meantime. Look at it again."), changed
        )
    push = Push.objects.create(procedure=procedure, by=act.by, at=act.at)
    words = {"procedure": procedure.name, "n": procedure.number}
    reason = _("Playbook: %(procedure)s, version %(n)d") % words
    acts = [replace(act, id=uuid4(), reason=reason) for _one in preview.changes]
    for one, own in zip(preview.changes, acts, strict=True):
        _carry(one, procedure, own)
    PushedPlan.objects.bulk_create(
        PushedPlan(push=push, plan=one.plan, act=own.id)
        for one, own in zip(preview.changes, acts, strict=True)
    )
    _tell(push, preview.changes)
    return push


def _carry(one: PlanChange, procedure: Procedure, act: Act) -> None:
    """Finished tasks keep the step that they were made from; all others go on with the new."""
    history.create_all([new.task for new in one.adding], act)
    history.change_all(
        [
            (change.task, {"step": change.becomes, **change.values})
            for change in one.going_on
        ],
        act,
    )
    history.change_all([(task, _dropped(act)) for task in one.dropping], act)
    for link in one.gone:
        history.delete(link, act)
    history.create_all(one.links, act)
    row = history.lock(
        PlanProcedure.objects.select_related("procedure", "plan__region", "plan__wave"),
        one.follows.pk,
    )
    history.change(row, {"procedure": procedure}, act)


def _dropped(act: Act) -> Mapping[str, Any]:
    reason = _("Given up. %(playbook)s") % {"playbook": act.reason}
    return {**LEFT_BEHIND, "state": TaskState.DROPPED, "drop_reason": reason}


def _tell(push: Push, changes: Iterable[PlanChange]) -> None:
    """One duty for each person, whatever number of plans and tasks; none for who did it."""
    told: dict[int, User] = {}
    for one in changes:
        for task in touched(one):
            if task.owner is not None and task.owner.may_sign_in:
                told[task.owner.pk] = task.owner
    Duty.objects.bulk_create(
        Duty(
            kind=DutyKind.CARRIED,
            model=Push._meta.label_lower,
            object_id=push.pk,
            occurrence="0",
            recipient=person,
            created_at=push.at,
        )
        for pk, person in sorted(told.items())
        if pk != push.by_id
    )


def touched(one: PlanChange) -> list[Task]:
    """The tasks that their owners learn something new of."""
    changed = [change.task for change in one.going_on if change.values]
    return [*(new.task for new in one.adding), *changed, *one.dropping]


# --- Taking it back ------------------------------------------------------------------


@transaction.atomic
def take_push_back(pushed: PushedPlan, *, act: Act) -> None:
    """One plan is as before, itself recorded. Raises CannotUndo."""
    row = PushedPlan.objects.select_for_update().get(pk=pushed.pk)
    if row.undone_at is not None:
        raise CannotUndo(gettext_lazy("This was taken back already."))
    undo(row.act, act=act, with_rows=True)
    row.undone_at = act.at
    row.save(update_fields=["undone_at"])


@transaction.atomic
def take_pushes_back(push: Push, *, act: Act) -> int:
    """All plans of a push that were not taken back yet, or none. Raises CannotUndo."""
    rows = push.plans.lasting().select_related("plan__region").order_by("id")
    for row in rows:
        try:
            take_push_back(row, act=replace(act, id=uuid4()))
        except CannotUndo as refusal:
            said = {"region": row.plan.region.name, "why": refusal}
            raise CannotUndo(_("%(region)s: %(why)s") % said) from None
    return len(rows)
