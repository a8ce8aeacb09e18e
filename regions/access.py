"""Who may do what, with the reason when not. Hides the button and guards the view alike."""

from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from regions.enums import Role
from regions.models import Contact, Region, User


@dataclass(frozen=True)
class Answer:
    """True when allowed; else falsy, with a reason that the user reads."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        return self.allowed

    def insist(self) -> None:
        """End the request with 403 and the reason, unless allowed."""
        if not self.allowed:
            raise PermissionDenied(self.reason)


ALLOWED = Answer(allowed=True)


def denied(reason: str) -> Answer:
    return Answer(allowed=False, reason=reason)


def can_log_contact(user: User, region: Region) -> Answer:
    """The CIO, headquarters and the region's liaison talk with its CEO."""
    standing = user.standing
    if standing.is_cio or standing.is_hq or region.pk in standing.liaison_of:
        return ALLOWED
    return denied(_("Only the CIO, headquarters and the region's liaison log talks."))


def can_set_caller(user: User) -> Answer:
    if user.standing.is_cio:
        return ALLOWED
    return denied(_("Only the CIO hands talks to the liaison, or takes them back."))


def can_change_contact(user: User, contact: Contact) -> Answer:
    """Whoever logged it, the CIO, and the region's liaison."""
    standing = user.standing
    if contact.withdrawn_at is not None:
        return denied(_("This talk was withdrawn."))
    if (
        contact.by_id == user.pk
        or standing.is_cio
        or contact.history_region_id in standing.liaison_of
    ):
        return ALLOWED
    return denied(
        _("Only who logged the talk, the CIO or the region's liaison may correct it.")
    )


def can_read_notes(user: User, region_id: int) -> bool:
    """Notes on talks are for the CIO and the region's liaison."""
    return user.standing.is_cio or region_id in user.standing.liaison_of


def can_use_admin(user: User) -> Answer:
    if user.standing.is_hq:
        return ALLOWED
    return denied(_("The administration is for headquarters."))


def can_see_today(user: User) -> Answer:
    """The page of calls and decisions: CIO, headquarters, liaisons and auditors."""
    standing = user.standing
    if standing.sees_all or standing.liaison_of:
        return ALLOWED
    return denied(_("This page is for the CIO, headquarters and liaisons."))


def has_role(user: User, *roles: Role) -> bool:
    return bool(user.standing.roles & set(roles))
