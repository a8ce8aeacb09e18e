"""Signed links in mails: made when a mail is sent, from what is frozen in its row."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from rollout.enums import DutyKind
from rollout.models import Mail

SIGN_IN = "[[link:sign-in]]"
SIGN_IN_LASTS = timedelta(minutes=15)
INVITATION = "[[link:invitation]]"
INVITATION_LASTS = timedelta(days=14)
PAUSE = "[[link:pause]]"
PAUSE_LASTS = timedelta(days=60)


def with_links(mail: Mail, *texts: str) -> list[str]:
    """The texts with their placeholders signed; a repeat signs to the same letters."""
    links = ((SIGN_IN, sign_in_url), (INVITATION, invitation_url), (PAUSE, pause_url))
    signed = list(texts)
    for placeholder, url in links:
        if any(placeholder in text for text in texts):
            address = url(mail)
            signed = [text.replace(placeholder, address) for text in signed]
    return signed


def sign_in_url(mail: Mail) -> str:
    return _url("rollout:sign-in", sign_in_token(mail))


def sign_in_token(mail: Mail) -> str:
    return _token(mail, "sign-in")


def sign_in_person(token: str, at: datetime) -> int | None:
    """Whom a sign-in link is for; none when it is forged or older than 15 minutes."""
    return _person(token, "sign-in", SIGN_IN_LASTS, at)


def invitation_url(mail: Mail) -> str:
    return _url("rollout:invitation", invitation_token(mail))


def invitation_token(mail: Mail) -> str:
    return _token(mail, "invitation")


def invited_person(token: str, at: datetime) -> int | None:
    """Whom an invitation is for; none when it is forged or older than 14 days."""
    return _person(token, "invitation", INVITATION_LASTS, at)


def has_outlived_its_link(mail: Mail, at: datetime) -> bool:
    """Whether a mail carries a link into the product that works no more."""
    if mail.dated_at is None:
        return False
    lasting = ((SIGN_IN, SIGN_IN_LASTS), (INVITATION, INVITATION_LASTS))
    return any(
        placeholder in mail.body_text and at > mail.dated_at + lasts
        for placeholder, lasts in lasting
    )


def is_worth_sending(mail: Mail, at: datetime) -> bool:
    """Whether what was asked for at once is still waited for, going by its kind's link."""
    is_invitation = mail.slot.startswith(f"{DutyKind.INVITATION} ")
    return at <= mail.planned_at + (
        INVITATION_LASTS if is_invitation else SIGN_IN_LASTS
    )


def pause_url(mail: Mail) -> str:
    """Where somebody says, without signing in, how often he wants planned mail."""
    return _url("rollout:pause", pause_token(mail))


def pause_token(mail: Mail) -> str:
    return _token(mail, "pause")


def pause_person(token: str, at: datetime) -> int | None:
    """Whose mail a pause link stops; none when it is forged or older than 60 days."""
    return _person(token, "pause", PAUSE_LASTS, at)


def _url(name: str, token: str) -> str:
    return f"{settings.SITE_URL}{reverse(name, args=[token])}"


def _token(mail: Mail, purpose: str) -> str:
    """Bound to the person and to one purpose, and dated by the mail."""
    assert mail.dated_at is not None, "links are signed after the mail is frozen"  # noqa: S101
    return Signer(salt=purpose).sign_object(
        {"person": mail.recipient_id, "from": int(mail.dated_at.timestamp())}
    )


def _person(token: str, purpose: str, lasts: timedelta, at: datetime) -> int | None:
    try:
        claim = Signer(salt=purpose).unsign_object(token)
    except (BadSignature, ValueError, UnicodeError):
        return None
    made = datetime.fromtimestamp(claim["from"], UTC)
    return claim["person"] if made <= at <= made + lasts else None
