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
from regions.services.undo import CannotUndo, undo_each
from rollout.enums import LEFT_BEHIND, DutyKind, TaskState
from rollout.models import Duty, PlanProcedure, Push, PushedPlan, Task
from rollout.queries.planchange import PlanChange
from rollout.queries.pushing import push_preview
from rollout.queries.pushnews import PUSHED_PLAN, already_told, taken_back


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
    pairs = list(zip(preview.changes, acts, strict=True))
    _carry(pairs, procedure)
    PushedPlan.objects.bulk_create(
        PushedPlan(push=push, plan=one.plan, act=own.id) for one, own in pairs
    )
    _tell(push, preview.changes)
    return push


def _carry(changes: list[tuple[PlanChange, Act]], procedure: Procedure) -> None:
    """Finished tasks keep the step that they were made from; all others go on with the new.

    Each plan by its own act, and all plans in the same number of statements.
    """
    history.create_each((new.task, act) for one, act in changes for new in one.adding)
    history.change_each(
        (change.task, {"step": change.becomes, **change.values}, act)
        for one, act in changes
        for change in one.going_on
    )
    history.change_each(
        (task, _dropped(act), act) for one, act in changes for task in one.dropping
    )
    history.delete_each((link, act) for one, act in changes for link in one.gone)
    history.create_each((link, act) for one, act in changes for link in one.links)
    rows = PlanProcedure.objects.filter(pk__in=[one.follows.pk for one, _ in changes])
    rows = rows.select_related("procedure", "plan__region", "plan__wave")
    locked = {
        row.pk: row for row in rows.order_by("pk").select_for_update(of=("self",))
    }
    history.change_each(
        (locked[one.follows.pk], {"procedure": procedure}, act) for one, act in changes
    )


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
    _take_back([row], act)


@transaction.atomic
def take_pushes_back(push: Push, *, act: Act) -> int:
    """All plans of a push that were not taken back yet, or none. Raises CannotUndo."""
    lasting = push.plans.lasting().select_related("plan__region").order_by("id")
    rows = list(lasting.select_for_update(of=("self",)))
    try:
        _take_back(rows, act)
    except CannotUndo:
        _name_what_stops(rows, act)
        raise
    return len(rows)


def _take_back(rows: list[PushedPlan], act: Act) -> None:
    """Locked plans of a push are as before, each by an act of its own."""
    undo_each({row.act: replace(act, id=uuid4()) for row in rows}, with_rows=True)
    taken = PushedPlan.objects.filter(pk__in=[row.pk for row in rows])
    taken.update(undone_at=act.at)
    _tell_back(rows, act)


def _tell_back(rows: list[PushedPlan], act: Act) -> None:
    """Whoever read of it in a mail reads that it no longer holds; not who took it back."""
    told = already_told({row.push_id for row in rows})
    if not told:
        return
    push_of = {(PUSHED_PLAN, row.pk): row.push_id for row in rows}
    people = {
        one.key
        for one in taken_back([row.pk for row in rows])
        if (push_of[one.about], one.key[1]) in told
    }
    by = act.by.pk if act.by else None
    Duty.objects.bulk_create(
        Duty(
            kind=DutyKind.CARRIED,
            model=model,
            object_id=pk,
            occurrence="back",
            recipient_id=person,
            created_at=act.at,
        )
        for (model, pk), person in sorted(people)
        if person != by
    )


def _name_what_stops(rows: list[PushedPlan], act: Act) -> None:
    """All together say nothing of where it was: then one by one. Raises CannotUndo."""
    for row in rows:
        try:
            _take_back([row], act)
        except CannotUndo as refusal:
            said = {"region": row.plan.region.name, "why": refusal}
            raise CannotUndo(_("%(region)s: %(why)s") % said) from None
