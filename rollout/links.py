"""Signed links in mails: made when a mail is sent, from what is frozen in its row.

Every purpose of a link stands in `PURPOSES`; there is no other way to make one. Whom a
link that comes back is for, `queries/links.py` tells.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse
from django.utils.crypto import salted_hmac

from rollout.enums import DutyKind
from rollout.models import CalendarFeed, Mail


class KeyIsGoneError(Exception):
    """The key that signed the links of a mail is not known any more."""

    def __init__(self) -> None:
        super().__init__("the key that signed its links is no longer given")


@dataclass(frozen=True)
class Claim:
    """What a link says that we have signed."""

    person_id: int
    made_at: datetime
    mail_id: int | None = None


@dataclass(frozen=True)
class Purpose:
    """What a link is for, where it leads and for how long; its name is also the salt."""

    name: str
    view: str
    lasts: timedelta
    # Only for people with a login; else for everybody who is still with us.
    is_for_login: bool = False
    # Leads to what its mail tells, so it says which one that is.
    names_mail: bool = False

    @property
    def placeholder(self) -> str:
        return f"[[link:{self.name}]]"

    def token(self, mail: Mail) -> str:
        """Bound to the person and to this purpose, and dated by the mail."""
        assert mail.dated_at is not None, "links are signed after the mail is frozen"  # noqa: S101
        said = {"person": mail.recipient_id, "from": int(mail.dated_at.timestamp())}
        if self.names_mail:
            said["mail"] = mail.pk
        return Signer(key=key_of(mail), salt=self.name).sign_object(said)

    def url(self, mail: Mail) -> str:
        return f"{settings.SITE_URL}{reverse(self.view, args=[self.token(mail)])}"

    def claim(self, token: str, at: datetime) -> Claim | None:
        """None for what is forged, of another purpose or over."""
        said = self.late_claim(token)
        if said is None or not said.made_at <= at <= said.made_at + self.lasts:
            return None
        return said

    def late_claim(self, token: str) -> Claim | None:
        """What we signed once, though it may be over; None for what is forged."""
        try:
            said = Signer(salt=self.name).unsign_object(token)
        except (BadSignature, ValueError, UnicodeError):
            return None
        made_at = datetime.fromtimestamp(said["from"], UTC)
        return Claim(said["person"], made_at, said.get("mail"))


SIGN_IN_LINK = Purpose(
    "sign-in", "rollout:sign-in", timedelta(minutes=15), is_for_login=True
)
INVITATION_LINK = Purpose(
    "invitation", "rollout:invitation", timedelta(days=14), is_for_login=True
)
PAUSE_LINK = Purpose("pause", "rollout:pause", timedelta(days=60))
TASKS_LINK = Purpose(
    "tasks", "rollout:mailed-tasks", timedelta(days=7), names_mail=True
)
ANSWERS_LINK = Purpose(
    "answers", "rollout:answers", timedelta(days=14), names_mail=True
)
BRIEF_LINK = Purpose(
    "brief", "rollout:brief-answer", timedelta(days=14), names_mail=True
)
CLOSE_OUT_LINK = Purpose(
    "close-out", "rollout:close-out-answer", timedelta(days=30), names_mail=True
)
PURPOSES = (
    SIGN_IN_LINK, INVITATION_LINK, PAUSE_LINK, TASKS_LINK, ANSWERS_LINK, BRIEF_LINK,
    CLOSE_OUT_LINK,
)  # fmt: skip
SIGN_IN, INVITATION = SIGN_IN_LINK.placeholder, INVITATION_LINK.placeholder
PAUSE, TASKS = PAUSE_LINK.placeholder, TASKS_LINK.placeholder
ANSWERS, BRIEF = ANSWERS_LINK.placeholder, BRIEF_LINK.placeholder
CLOSE_OUT = CLOSE_OUT_LINK.placeholder
# In place of the token of a link, where a mail is shown to somebody else.
STAND_IN = "example"
# How long a mail of a kind is of use; all others are no longer than a sign-in link.
A_TALK = timedelta(days=14)
OF_USE: dict[str, timedelta] = {
    DutyKind.INVITATION: INVITATION_LINK.lasts,
    DutyKind.CONFIRMATION: ANSWERS_LINK.lasts,
    DutyKind.CLOSE_OUT: CLOSE_OUT_LINK.lasts,
    DutyKind.TALK: A_TALK,
    DutyKind.TALK_OFF: A_TALK,
    DutyKind.BRIEF: BRIEF_LINK.lasts,
}


def with_links(mail: Mail, *texts: str) -> list[str]:
    """The texts with their placeholders signed; a repeat signs to the same letters."""
    signed = list(texts)
    for purpose in PURPOSES:
        if any(purpose.placeholder in text for text in texts):
            address = purpose.url(mail)
            signed = [text.replace(purpose.placeholder, address) for text in signed]
    return signed


def with_stand_ins(text: str) -> str:
    """A text as its recipient will read it, but with links that lead nowhere: nobody else
    is shown his."""
    for purpose in PURPOSES:
        address = f"{settings.SITE_URL}{reverse(purpose.view, args=[STAND_IN])}"
        text = text.replace(purpose.placeholder, address)
    return text


def sign_in_token(mail: Mail) -> str:
    return SIGN_IN_LINK.token(mail)


def invitation_token(mail: Mail) -> str:
    return INVITATION_LINK.token(mail)


def pause_token(mail: Mail) -> str:
    return PAUSE_LINK.token(mail)


def pause_url(mail: Mail) -> str:
    """Where somebody says, without signing in, how often he wants planned mail."""
    return PAUSE_LINK.url(mail)


def has_outlived_its_link(mail: Mail, at: datetime) -> bool:
    """Whether a mail carries a link into the product that works no more."""
    return mail.dated_at is not None and any(
        purpose.placeholder in mail.body_text and at > mail.dated_at + purpose.lasts
        for purpose in PURPOSES
        if purpose.is_for_login
    )


def is_worth_sending(mail: Mail, at: datetime) -> bool:
    """Whether what was asked for at once is still waited for, going by its kind."""
    lasts = OF_USE.get(mail.slot.partition(" ")[0], SIGN_IN_LINK.lasts)
    return at <= mail.planned_at + lasts


# --- Calendars that are subscribed to ------------------------------------------------


def feed_url(feed: CalendarFeed) -> str:
    """Where a program asks for a calendar. The signature is its key; nothing is kept."""
    token = _feeds().sign(str(feed.pk))
    return f"{settings.SITE_URL}{reverse('rollout:calendar', args=[token])}"


def webcal_url(feed: CalendarFeed) -> str:
    """The same as a link that opens the calendar program."""
    return f"webcal:{feed_url(feed).partition(':')[2]}"


def feed_number(token: str) -> int | None:
    """Which calendar an address means; none for what we have not signed."""
    try:
        return int(_feeds().unsign(token))
    except (BadSignature, ValueError, UnicodeError):
        return None


def _feeds() -> Signer:
    # A colon would be taken for the end of a scheme where an address is cut up.
    return Signer(salt="calendar", sep=".")


# --- Which key signs -----------------------------------------------------------------


def key_in_use() -> str:
    """The mark of the key that signs now. It tells nothing of the key itself."""
    return _mark(settings.SECRET_KEY)


def key_of(mail: Mail) -> str:
    """The key with which a mail was frozen, so that each repeat has the same letters.

    A mail without a mark is older than the marks, and so than any change of the key that
    is still going on. Raises KeyIsGoneError.
    """
    if not mail.key_mark:
        return _keys()[-1]
    for key in _keys():
        if _mark(key) == mail.key_mark:
            return key
    raise KeyIsGoneError


def without_key(mails: Iterable[Mail]) -> list[Mail]:
    """Those whose links cannot be signed as they were."""
    known = {"", *map(_mark, _keys())}
    return [mail for mail in mails if mail.key_mark not in known]


def nameless_marks(text: str) -> list[str]:
    """What stands for a text that nobody is to read, by each key that is known, the newest
    first: only who has a key and the text can tell that they belong together."""
    salt = "rollout.nameless"
    return [salted_hmac(salt, text, secret=key).hexdigest() for key in _keys()]


def _keys() -> list[str]:
    """The newest first."""
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


def _mark(key: str) -> str:
    return salted_hmac("rollout.links", "mark of a key", secret=key).hexdigest()[:12]
