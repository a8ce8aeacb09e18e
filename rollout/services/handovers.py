"""One person hands over to another: regions, planned talks, tasks and questions in one act,
one undo."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Role
from regions.history import Act
from regions.models import Membership, User
from regions.services.undo import CannotUndo, undo
from rollout.models import Handover, Task
from rollout.queries.handover import Moving, moving_from


class CannotHandOver(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Nobody to take it, nothing to give, or not what the preview showed any more."""


@transaction.atomic
def hand_over(giver: User, taker: User, *, seen: str, act: Act) -> Handover:
    """Move what a preview showed, named by `seen`. Raises CannotHandOver."""
    people = User.objects.filter(pk__in=[giver.pk, taker.pk]).order_by("pk")
    locked = {person.pk: person for person in people.select_for_update()}
    _check(giver, locked[taker.pk])
    moving = moving_from(giver, act.at, lock=True)
    if moving.is_empty:
        raise CannotHandOver(_("There is nothing to hand over."))
    if moving.seen != seen:
        raise CannotHandOver(
            _("Something of it changed in the meantime. Look at it again.")
        )
    _move_regions(moving.roles, taker, act)
    _move_tasks(moving, giver, taker, act)
    _move_questions(moving, giver, taker, act)
    return Handover.objects.create(
        giver=giver, taker=taker, act=act.id, by=act.by, at=act.at
    )


@transaction.atomic
def take_back(handover: Handover, *, act: Act) -> None:
    """Everything is as before the hand-over, itself recorded. Raises CannotUndo."""
    row = Handover.objects.select_for_update().get(pk=handover.pk)
    if row.undone_at is not None:
        raise CannotUndo(_("This hand-over was taken back already."))
    undo(row.act, act=act, with_rows=True)
    row.undone_at = act.at
    row.save(update_fields=["undone_at"])


def _check(giver: User, taker: User) -> None:
    if giver.pk == taker.pk:
        raise CannotHandOver(_("Choose somebody else."))
    if not taker.may_sign_in:
        raise CannotHandOver(
            _("%(name)s has no login, so he cannot take it.") % {"name": taker.name}
        )


def _move_regions(roles: list[Membership], taker: User, act: Act) -> None:
    """The one role ends where the other begins, so no day is without a liaison."""
    day = act.at.date()
    regions = {row.region_id for row in roles}
    known = list(taker.memberships.filter(role=Role.LIAISON, region__in=regions))
    new = [
        Membership(
            user=taker,
            role=Role.LIAISON,
            region=row.region,
            from_date=time[0],
            to_date=time[1],
        )
        for row in roles
        if (time := _time_left(row, known, day)) is not None
    ]
    history.change_all(
        [(row, {"to_date": max(day, row.from_date)}) for row in roles], act
    )
    history.create_all(new, act)


def _time_left(
    row: Membership, known: list[Membership], day: date
) -> tuple[date, date | None] | None:
    """From when to when the taker needs a role of his own; none where he holds it already."""
    begin, end = max(day, row.from_date), row.to_date
    mine = [one for one in known if one.region_id == row.region_id]
    for one in sorted(mine, key=lambda one: one.from_date):
        if one.from_date > begin:
            end = one.from_date if end is None else min(end, one.from_date)
            break
        if one.to_date is None:
            return None
        begin = max(begin, one.to_date)
    return (begin, end) if end is None or begin < end else None


def _move_tasks(moving: Moving, giver: User, taker: User, act: Act) -> None:
    rows: dict[int, Task] = {row.pk: row for row in (*moving.tasks, *moving.waiting)}
    history.change_all(
        [
            (
                row,
                {
                    "owner_id": taker.pk if row.owner_id == giver.pk else row.owner_id,
                    "waits_for_id": taker.pk
                    if row.waits_for_id == giver.pk
                    else row.waits_for_id,
                    # Who has it now no longer stands in for himself.
                    "backup_id": None
                    if (row.owner_id, row.backup_id) == (giver.pk, taker.pk)
                    else row.backup_id,
                },
            )
            for row in rows.values()
        ],
        act,
    )


def _move_questions(moving: Moving, giver: User, taker: User, act: Act) -> None:
    """Whoever was asked last is told by the reminder of his next planned mail."""
    history.change_all(
        [
            (
                row,
                {
                    "asked_of_id": _one(row.asked_of_id, giver, taker),
                    "asked_by_id": _one(row.asked_by_id, giver, taker),
                },
            )
            for row in moving.questions
        ],
        act,
    )


def _one(person_id: int, giver: User, taker: User) -> int:
    return taker.pk if person_id == giver.pk else person_id
