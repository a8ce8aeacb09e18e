"""Where somebody is signed in, and the recovery codes he has left."""

import re
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.db.models import Exists, OuterRef

from regions.models import User

# Looked for in this order: Edge and Opera call themselves Chrome too, Chrome Safari.
BROWSERS = (("Edg", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"),
            ("Chrome/", "Chrome"), ("Safari/", "Safari"))  # fmt: skip
SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"),
           ("Windows", "Windows"), ("Mac OS", "macOS"), ("Linux", "Linux"))  # fmt: skip


@dataclass(frozen=True)
class SignedIn:
    """One browser in which somebody is signed in."""

    pk: int
    browser: str
    ip: str
    since: datetime
    is_current: bool


def sessions_of(user: User, current_key: str | None) -> list[SignedIn]:
    """The newest first. Sessions that are over are left out; nothing is written."""
    alive = Session.objects.filter(
        session_key=OuterRef("session_key"), expire_date__gt=user.moment
    )
    rows = UserSession.objects.filter(Exists(alive), user=user)
    return [
        SignedIn(
            pk=row.pk,
            browser=browser_in(row.user_agent),
            ip=row.ip,
            since=row.created_at,
            is_current=row.session_key == current_key,
        )
        for row in rows.order_by("-created_at", "-id")
    ]


def browser_in(user_agent: str) -> str:
    """Firefox, Windows; nothing for a program that is not known."""
    found = [
        next((name for sign, name in known if sign in user_agent), "")
        for known in (BROWSERS, SYSTEMS)
    ]
    return ", ".join(filter(None, found))


@dataclass(frozen=True)
class Passkey:
    """What opens by a finger, a face or a PIN."""

    pk: int
    name: str
    since: datetime
    used_at: datetime | None


def passkeys_of(user: User) -> list[Passkey]:
    rows = Authenticator.objects.filter(user=user, type=Authenticator.Type.WEBAUTHN)
    return [
        Passkey(row.pk, str(row), row.created_at, row.last_used_at)
        for row in rows.order_by("id")
    ]


def unused_codes(user: User) -> list[str]:
    """The recovery codes that still open, in two groups of digits."""
    row = Authenticator.objects.filter(
        user=user, type=Authenticator.Type.RECOVERY_CODES
    ).first()
    if row is None:
        return []
    return [re.sub(r"(?<=^.{4})", " ", code) for code in row.wrap().get_unused_codes()]
