"""Giving roles and ending them. Days of roles are counted in UTC.

A day in the past changes who was allowed to do what back then: it takes a reason, which
stays in the history.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import GROUP_ROLES, Role
from regions.history import Act
from regions.models import Membership, Region, User


class CannotGiveRole(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The role does not fit the region, is held already, or lacks a reason."""


class CannotEndRole(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """It would end before it began, without a reason, or leave headquarters empty."""


@transaction.atomic
def give_role(
    user: User,
    role: Role,
    *,
    region: Region | None = None,
    from_date: date,
    to_date: date | None = None,
    act: Act,
) -> Membership:
    """From a day on, for good or to a day. Raises CannotGiveRole."""
    history.lock(User.objects.all(), user.pk)
    _check_new(user, role, region, from_date, to_date)
    return history.create(
        Membership(
            user=user, role=role, region=region, from_date=from_date, to_date=to_date
        ),
        act,
    )


@transaction.atomic
def give_role_on_page(
    user: User,
    role: Role,
    *,
    region: Region | None,
    from_date: date,
    to_date: date | None,
    act: Act,
) -> Membership:
    """As somebody at headquarters gives it: only to who is here, the past with a reason."""
    if user.left_date is not None:
        raise CannotGiveRole(_("This person left. Invite him again first."))
    if from_date < act.at.date() and not act.reason:
        raise CannotGiveRole(
            _("A day in the past changes who was allowed what. Say why.")
        )
    return give_role(
        user, role, region=region, from_date=from_date, to_date=to_date, act=act
    )


@transaction.atomic
def end_role(
    membership: Membership, *, to_date: date, version: int, act: Act
) -> Membership:
    """The first day without it; today takes effect on the next request.

    Raises EditedMeanwhile and CannotEndRole.
    """
    rows = Membership.objects.select_related("user", "region")
    row = history.lock(rows, membership.pk, version)
    if to_date < row.from_date:
        raise CannotEndRole(_("It cannot end before it starts."))
    ended = row.to_date is not None and row.to_date <= act.at.date()
    if (to_date < act.at.date() or ended) and not act.reason:
        raise CannotEndRole(
            _("A day in the past changes who was allowed what. Say why.")
        )
    if row.role == Role.HQ:
        insist_on_others_at_hq(row.user, act)
    history.change(row, {"to_date": to_date}, act)
    return row


def insist_on_others_at_hq(user: User, act: Act) -> None:
    """Somebody must be left who can let people in. Raises CannotEndRole."""
    others = (
        Membership.objects.held_on(act.at)
        .filter(role=Role.HQ, to_date=None, user__may_sign_in=True)
        .exclude(user=user)
    )
    # Locked, so that the last two do not end each other.
    if not list(others.select_for_update(of=("self",))):
        raise CannotEndRole(
            _("Nobody else holds the role of headquarters. Give it to somebody first.")
        )


def keep_headquarters(
    row: Membership | User, values: Mapping[str, Any], act: Act
) -> None:
    """What is about to be saved leaves somebody at headquarters. Raises CannotEndRole.

    `values` may lack what stays as it is; who holds no such role now takes none away.
    """
    if isinstance(row, User):
        held = row.memberships.held_on(act.at).filter(role=Role.HQ)
        if row.may_sign_in and not values.get("may_sign_in", True) and held.exists():
            insist_on_others_at_hq(row, act)
    elif row.role == Role.HQ and row.to_date is None:
        lasts = (
            values.get("user", row.user) == row.user
            and values.get("role", row.role) == Role.HQ
            and values.get("to_date") is None
            and values.get("from_date", row.from_date) <= act.at.date()
        )
        if not lasts:
            insist_on_others_at_hq(row.user, act)


def end_all_roles(user: User, act: Act) -> list[Membership]:
    """Today, those that hold or would begin; none is deleted."""
    day = act.at.date()
    rows = (
        user.memberships.filter(Q(to_date=None) | Q(to_date__gt=day))
        .select_related("user", "region")
        .select_for_update(of=("self",))
    )
    return history.change_all(
        [(row, {"to_date": max(day, row.from_date)}) for row in rows.order_by("id")],
        act,
    )


def _check_new(
    user: User, role: Role, region: Region | None, first: date, last: date | None
) -> None:
    if (role in GROUP_ROLES) != (region is None):
        raise CannotGiveRole(
            _("This role is for the whole group: leave the region empty.")
            if role in GROUP_ROLES
            else _("This role needs a region.")
        )
    if last is not None and last <= first:
        raise CannotGiveRole(_("It ends before it starts."))
    same = Membership.objects.filter(user=user, role=role, region=region).exclude(
        to_date__lte=first
    )
    if last is not None:
        same = same.filter(from_date__lt=last)
    if same.exists():
        raise CannotGiveRole(_("This person holds this role already."))
