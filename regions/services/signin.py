"""Second factors, and the sessions in which somebody is signed in."""

from typing import Any

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.mfa.webauthn.internal.auth import WebAuthn
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User

APP, CODES, PASSKEY = (
    Authenticator.Type.TOTP,
    Authenticator.Type.RECOVERY_CODES,
    Authenticator.Type.WEBAUTHN,
)
NO_FACTORS = {"authenticator_app_at": None, "passkeys": "", "recovery_codes_at": None}
MOST_PASSKEYS = 10


class CannotChangeFactor(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The second factor was set up or taken away in the meantime."""


@transaction.atomic
def add_app(user: User, secret: str, *, act: Act) -> None:
    """The app on somebody's phone that shows codes; with it come recovery codes."""
    row: User = history.lock(User.objects.all(), user.pk)
    if row.authenticator_app_at is not None:
        raise CannotChangeFactor(_("An authenticator app is set up already."))
    TOTP.activate(row, secret)
    history.change(row, {"authenticator_app_at": act.at}, act)
    if row.recovery_codes_at is None:
        _make_codes(row, act)


@transaction.atomic
def add_passkey(user: User, name: str, credential: dict[str, Any], *, act: Act) -> None:
    """A passkey of a browser, phone or key; with the first factor come recovery codes."""
    row: User = history.lock(User.objects.all(), user.pk)
    passkeys = Authenticator.objects.filter(type=PASSKEY)
    if passkeys.filter(data__credential__id=credential["id"]).exists():
        raise CannotChangeFactor(_("This passkey is set up already."))
    if passkeys.filter(user=row).count() >= MOST_PASSKEYS:
        raise CannotChangeFactor(_("These are enough passkeys. Remove one first."))
    WebAuthn.add(row, name, credential)
    history.change(row, {"passkeys": _names_of_passkeys(row)}, act)
    if row.recovery_codes_at is None:
        _make_codes(row, act)


@transaction.atomic
def remove_app(user: User, *, act: Act) -> None:
    """The app is taken away; with the last factor go the codes that stood in for it."""
    row: User = history.lock(User.objects.all(), user.pk)
    if row.authenticator_app_at is None:
        raise CannotChangeFactor(_("There is no authenticator app to remove."))
    Authenticator.objects.filter(user=row, type=APP).delete()
    _forget(row, {"authenticator_app_at": None}, act)


@transaction.atomic
def remove_passkey(user: User, pk: int, *, act: Act) -> None:
    """One passkey no longer opens anything here."""
    row: User = history.lock(User.objects.all(), user.pk)
    count, _rows = Authenticator.objects.filter(user=row, type=PASSKEY, pk=pk).delete()
    if not count:
        raise CannotChangeFactor(_("This passkey is removed already."))
    _forget(row, {"passkeys": _names_of_passkeys(row)}, act)


def _names_of_passkeys(row: User) -> str:
    passkeys = Authenticator.objects.filter(user=row, type=PASSKEY).order_by("id")
    return " · ".join(str(passkey) for passkey in passkeys)


def _forget(row: User, values: dict[str, Any], act: Act) -> None:
    others = Authenticator.objects.filter(user=row).exclude(type=CODES)
    if not others.exists():
        forget_factors(row)
        values = NO_FACTORS
    history.change(row, values, act)


@transaction.atomic
def remove_factors(user: User, *, act: Act) -> None:
    """All of them, for somebody who has lost them."""
    row: User = history.lock(User.objects.all(), user.pk)
    if not row.has_second_factor:
        raise CannotChangeFactor(_("There is no second factor to remove."))
    history.change(row, NO_FACTORS, act)
    forget_factors(row)


def forget_factors(user: User) -> None:
    """What allauth keeps of them. The caller writes NO_FACTORS to the person's row."""
    Authenticator.objects.filter(user=user).delete()


@transaction.atomic
def renew_codes(user: User, *, act: Act) -> None:
    """New recovery codes; those before no longer open."""
    row: User = history.lock(User.objects.all(), user.pk)
    if not row.has_second_factor:
        raise CannotChangeFactor(_("Set up a second factor first."))
    Authenticator.objects.filter(user=row, type=CODES).delete()
    _make_codes(row, act)


def _make_codes(row: User, act: Act) -> None:
    RecoveryCodes.activate(row)
    history.change(row, {"recovery_codes_at": act.at}, act)


def end_sessions(user: User, pk: int | None = None) -> int:
    """Sign out one session, or all but the one of this request; says how many there were."""
    sessions = UserSession.objects.filter(user=user)
    if pk is not None:
        sessions = sessions.filter(pk=pk)
    elif context.request is not None:
        sessions = sessions.exclude(session_key=context.request.session.session_key)
    ended = list(sessions)
    for session in ended:
        session.end()
    return len(ended)
