"""Inviting people, letting them in again, and letting them go."""

import uuid
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Role
from regions.history import Act
from regions.models import Region, User
from regions.services.absences import end_deputyships
from regions.services.people import add_person
from regions.services.roles import (
    CannotEndRole,
    CannotGiveRole,
    end_all_roles,
    give_role_on_page,
    insist_on_others_at_hq,
)
from regions.services.signin import NO_FACTORS, end_sessions, forget_factors
from rollout.enums import DutyKind, DutyState
from rollout.models import Duty, Mail
from rollout.services.ledger import CANCELLABLE, CannotCancelMail, cancel_mail
from rollout.services.mail import mail_at_once

PAUSE = timedelta(minutes=1)


class CannotInvite(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The address is taken, the role does not fit, or a mail went out just now."""


class CannotLeave(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Nobody would be left at headquarters, or he left already."""


@dataclass(frozen=True)
class FirstRole:
    """What an invited person does at first."""

    role: Role
    region: Region | None
    from_date: date


@transaction.atomic
def invite(
    *, email: str, name: str, first: FirstRole, details: Mapping[str, Any], act: Act
) -> User:
    """A new person with a login and a role, and the mail that tells him. Raises CannotInvite."""
    if User.objects.filter(email=email.strip().lower()).exists():
        raise CannotInvite(
            _("This address is known already. Find the person and invite him there.")
        )
    person = add_person(email=email, name=name, may_sign_in=True, act=act, **details)
    try:
        give_role_on_page(
            person,
            first.role,
            region=first.region,
            from_date=first.from_date,
            to_date=None,
            act=act,
        )
    except CannotGiveRole as refusal:
        raise CannotInvite(str(refusal)) from refusal
    _mail_invitation(person, act.at)
    return person


@transaction.atomic
def invite_again(person: User, *, version: int, act: Act) -> User:
    """A fresh link by mail; whoever had no login, or had left, has one from now on.

    Raises EditedMeanwhile, and CannotInvite for a second one within a minute.
    """
    row: User = history.lock(User.objects.all(), person.pk, version)
    recent = Duty.objects.filter(
        recipient=row, kind=DutyKind.INVITATION, created_at__gt=act.at - PAUSE
    )
    if recent.exists():
        raise CannotInvite(_("One invitation a minute. Try again in a moment."))
    history.change(row, {"may_sign_in": True, "left_date": None}, act)
    _mail_invitation(row, act.at)
    return row


@transaction.atomic
def let_go(person: User, *, version: int, act: Act) -> User:
    """Somebody leaves: his roles, sessions and mails end; all that he did stays.

    His password and second factors go with him, and with the password every session that
    was opened under it, so that none comes to life again should he return. Raises
    EditedMeanwhile and CannotLeave.
    """
    row: User = history.lock(User.objects.all(), person.pk, version)
    if row == act.by:
        raise CannotLeave(
            _("Nobody lets himself go. Ask somebody else at headquarters.")
        )
    if row.left_date is not None:
        raise CannotLeave(_("This person left already."))
    if row.memberships.held_on(act.at).filter(role=Role.HQ).exists():
        try:
            insist_on_others_at_hq(row, act)
        except CannotEndRole as refusal:
            raise CannotLeave(str(refusal)) from refusal
    end_all_roles(row, act)
    end_deputyships(row, act)
    values = {
        "may_sign_in": False,
        "left_date": act.at.date(),
        "password": make_password(None),
        # The links in his mails would work again as well.
        "links_revoked_at": act.at,
        **NO_FACTORS,
    }
    history.change(row, values, act)
    forget_factors(row)
    end_sessions(row)
    _stop_mails(row, act)
    return row


def _mail_invitation(person: User, at: datetime) -> None:
    mail_at_once(person, DutyKind.INVITATION, occurrence=uuid.uuid4().hex[:12], at=at)


def _stop_mails(person: User, act: Act) -> None:
    """What waits is cancelled; one that is being sent this moment is not tried again."""
    for mail in Mail.objects.filter(recipient=person, state__in=CANCELLABLE):
        # A worker may lease it at this moment.
        with suppress(CannotCancelMail):
            cancel_mail(mail, by=act.by, at=act.at)
    Duty.objects.open().filter(recipient=person).update(state=DutyState.DROPPED)
