"""Who may record, weigh and adopt what a pilot taught."""

from django.utils.translation import gettext as _

from pilots.enums import FindingState
from pilots.models import Finding, Step
from regions.access import ALLOWED, Answer, denied
from regions.enums import Right
from regions.models import User


def can_record_finding(user: User) -> Answer:
    """Everybody with a role, except auditors, who change nothing."""
    if user.standing.may(Right.RECORD_FINDING):
        return ALLOWED
    return denied(_("Only people who take part in the roll-out record findings."))


def can_add_source(user: User, finding: Finding) -> Answer:
    """Who recorded it, headquarters and the CIO."""
    if finding.author_id == user.pk or user.standing.may(Right.ADD_SOURCE):
        return ALLOWED
    return denied(_("Only who recorded the finding or headquarters adds its sources."))


def can_decide_finding(user: User, finding: Finding) -> Answer:
    """Headquarters and the CIO review, adopt, reject and retire."""
    if user.standing.may(Right.DECIDE_FINDING):
        return ALLOWED
    return denied(_("Headquarters or the CIO decides on findings."))


def can_edit_finding(user: User, finding: Finding) -> Answer:
    """Headquarters and the CIO; who recorded it until somebody has weighed it."""
    is_own = finding.author_id == user.pk and finding.state == FindingState.PROPOSED
    if is_own or user.standing.may(Right.DECIDE_FINDING):
        return ALLOWED
    return denied(_("Headquarters or the CIO changes what a finding says."))


def can_keep_playbook(user: User) -> Answer:
    """Headquarters and the CIO write the next version and publish it."""
    if user.standing.may(Right.KEEP_PLAYBOOK):
        return ALLOWED
    return denied(_("Headquarters or the CIO writes the playbook."))


def can_see_step(user: User, step: Step | None) -> bool:
    """What a draft says is for who sees everything."""
    return step is not None and (not step.procedure.is_draft or user.standing.sees_all)


def can_keep_pilots(user: User) -> Answer:
    """Headquarters and the CIO say what a pilot is and what it has reached."""
    if user.standing.may(Right.KEEP_PILOTS):
        return ALLOWED
    return denied(_("Headquarters or the CIO describes pilots."))
