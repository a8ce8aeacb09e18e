"""Second factors, and the sessions in which somebody is signed in."""

from allauth.core import context
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from allauth.usersessions.models import UserSession
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from regions.models import User

APP, CODES = Authenticator.Type.TOTP, Authenticator.Type.RECOVERY_CODES
NO_FACTORS = {"authenticator_app_at": None, "recovery_codes_at": None}


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
def remove_factors(user: User, *, act: Act) -> None:
    """The app is taken away, and the recovery codes that stood in for it."""
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
        raise CannotChangeFactor(_("Set up an authenticator app first."))
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
