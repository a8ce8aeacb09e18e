"""Who may do what, with the reason when not. Hides the button and guards the view alike.

Which role may do what stands in one table, `regions.enums.RIGHTS`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from regions.enums import Right, Role
from regions.models import Attachment, Contact, Region, Snooze, User, Versioned


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


def lacks_second_factor(user: User) -> bool:
    """Whether somebody must set up a second factor before anything else.

    The CIO, headquarters and with them everybody who uses the admin; where it is required.
    """
    if not settings.SECOND_FACTOR_REQUIRED or user.has_second_factor:
        return False
    return user.standing.is_cio or user.standing.is_hq


def can_log_contact(user: User, region: Region) -> Answer:
    """The CIO, headquarters and the region's liaison talk with its CEO."""
    if user.standing.may(Right.LOG_TALK, region.pk):
        return ALLOWED
    return denied(_("Only the CIO, headquarters and the region's liaison log talks."))


def can_change_asks(user: User, region_id: int | None = None) -> Answer:
    """Whoever talks with the CEO of a region says what is asked of him, and what became of
    it; without a region, whether there is any."""
    if user.standing.may(Right.LOG_TALK, region_id):
        return ALLOWED
    return denied(
        _("Only the CIO, headquarters and the region's liaison change what is asked.")
    )


def can_set_caller(user: User) -> Answer:
    if user.standing.may(Right.SET_CALLER):
        return ALLOWED
    return denied(_("Only the CIO hands talks to the liaison, or takes them back."))


def can_set_rhythm(user: User) -> Answer:
    if user.standing.may(Right.SET_RHYTHM):
        return ALLOWED
    return denied(_("Headquarters or the CIO says how often a CEO is talked to."))


def can_put_back(user: User, snooze: Snooze) -> Answer:
    if snooze.user_id == user.pk:
        return ALLOWED
    return denied(_("Only who put a call off takes that back."))


def can_change_ceo(user: User) -> Answer:
    """Headquarters and the CIO say who leads a region."""
    if user.standing.may(Right.CHANGE_CEO):
        return ALLOWED
    return denied(_("Headquarters or the CIO says who leads a region."))


def can_see_stances(user: User) -> Answer:
    """The CIO, and liaisons for the regions they look after."""
    if user.standing.may(Right.READ_NOTES):
        return ALLOWED
    return denied(_("Where CEOs stand is for the CIO and the region's liaison only."))


def can_judge(user: User, region_id: int) -> Answer:
    """Who may read where the CEO of a region stands, and how to deal with him, says it."""
    if can_read_notes(user, region_id):
        return ALLOWED
    return denied(_("Where CEOs stand is for the CIO and the region's liaison only."))


def can_change_contact(user: User, contact: Contact) -> Answer:
    """Whoever logged it, the CIO, and the region's liaison."""
    if contact.withdrawn_at is not None:
        return denied(_("This talk was withdrawn."))
    is_own = contact.by_id == user.pk
    if is_own or user.standing.may(Right.CORRECT_TALK, contact.history_region_id):
        return ALLOWED
    return denied(
        _("Only who logged the talk, the CIO or the region's liaison may correct it.")
    )


def can_search_history(user: User) -> Answer:
    """Who changed what, over all regions: auditors, the CIO and headquarters."""
    if user.standing.may(Right.SEARCH_HISTORY):
        return ALLOWED
    return denied(_("This page is for headquarters, the CIO and auditors."))


def can_undo(
    user: User, row: Versioned, region_id: int | None, fields: AbstractSet[str]
) -> Answer:
    """Whoever may change these fields of a row takes the change back, too."""
    right = row.undo_right
    if right is None or row.undo_keeps & fields:
        return denied(_("A change of this kind is not taken back from the history."))
    standing = user.standing
    is_own = bool(row.undo_owner) and (
        getattr(row, f"{row.undo_owner}_id") in user.acts_for
    )
    is_his = row.undo_owner_fields is None or fields <= row.undo_owner_fields
    rights = {row.undo_rights.get(name, right) for name in fields}
    if (is_own and is_his) or all(standing.may(one, region_id) for one in rights):
        return ALLOWED
    return denied(_("Only who may change this takes the change back."))


def can_read_notes(user: User, region_id: int) -> bool:
    """What `regions.privacy` names is for the CIO and the region's liaison."""
    return user.standing.may(Right.READ_NOTES, region_id)


def can_withdraw_file(user: User, attachment: Attachment) -> Answer:
    """Who added it, the CIO, headquarters, and the region's liaison and manager."""
    standing, right = user.standing, Right.WITHDRAW_FILE
    is_own = attachment.by_id == user.pk
    # Sources of findings belong to no region.
    is_near = attachment.region_id in standing.places(right)
    if is_own or is_near or standing.may_everywhere(right):
        return ALLOWED
    return denied(
        _(
            "Only who added the file, headquarters, the region's liaison or its manager "
            "withdraws it."
        )
    )


def can_use_admin(user: User) -> Answer:
    if user.standing.may(Right.ADMINISTER):
        return ALLOWED
    return denied(_("The administration is for headquarters."))


def can_close(user: User) -> Answer:
    if user.standing.may(Right.CLOSE):
        return ALLOWED
    return denied(_("Headquarters closes programmes and archives regions."))


def can_see_today(user: User) -> Answer:
    """The page of calls and decisions: CIO, headquarters, liaisons and auditors."""
    if user.standing.may(Right.SEE_TODAY):
        return ALLOWED
    return denied(_("This page is for the CIO, headquarters and liaisons."))


def can_see_people(user: User) -> Answer:
    """Headquarters, the CIO and auditors read who holds which role."""
    if user.standing.may(Right.SEE_PEOPLE):
        return ALLOWED
    return denied(_("This page is for headquarters, the CIO and auditors."))


def can_manage_people(user: User) -> Answer:
    if user.standing.may(Right.MANAGE_PEOPLE):
        return ALLOWED
    return denied(_("Headquarters invites people and changes their roles."))


def has_role(user: User, *roles: Role) -> bool:
    return bool(user.standing.roles & set(roles))
