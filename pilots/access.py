"""Who may record, weigh and adopt what a pilot taught."""

from django.utils.translation import gettext as _

from pilots.models import Finding
from regions.access import ALLOWED, Answer, denied
from regions.enums import Right
from regions.models import User


def can_record_finding(user: User) -> Answer:
    """Everybody with a role, except auditors, who change nothing."""
    if user.standing.may(Right.RECORD_FINDING):
        return ALLOWED
    return denied(_("Only people who take part in the roll-out record findings."))


def can_decide_finding(user: User, finding: Finding) -> Answer:
    """Headquarters and the CIO review, adopt, reject and retire."""
    if user.standing.may(Right.DECIDE_FINDING):
        return ALLOWED
    return denied(_("Headquarters or the CIO decides on findings."))
