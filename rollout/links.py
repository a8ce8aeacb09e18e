"""Signed links in mails: made when a mail is sent, from what is frozen in its row."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from rollout.models import Mail

SIGN_IN = "[[link:sign-in]]"
SIGN_IN_LASTS = timedelta(minutes=15)


def with_links(text: str, mail: Mail) -> str:
    """The text with its placeholders signed; a repeat signs to the same letters."""
    if SIGN_IN not in text:
        return text
    return text.replace(SIGN_IN, sign_in_url(mail))


def sign_in_url(mail: Mail) -> str:
    path = reverse("rollout:sign-in", args=[sign_in_token(mail)])
    return f"{settings.SITE_URL}{path}"


def sign_in_token(mail: Mail) -> str:
    """Bound to the person and to this purpose, and dated by the mail."""
    assert mail.dated_at is not None, "links are signed after the mail is frozen"  # noqa: S101
    return Signer(salt="sign-in").sign_object(
        {"person": mail.recipient_id, "from": int(mail.dated_at.timestamp())}
    )


def sign_in_person(token: str, at: datetime) -> int | None:
    """Whom a sign-in link is for; none when it is forged or older than 15 minutes."""
    try:
        claim = Signer(salt="sign-in").unsign_object(token)
    except (BadSignature, ValueError, UnicodeError):
        return None
    made = datetime.fromtimestamp(claim["from"], UTC)
    return claim["person"] if made <= at <= made + SIGN_IN_LASTS else None
