"""Who may do what with waves, plans, tasks and mails."""

from django.utils.translation import gettext as _

from regions.access import ALLOWED, Answer, denied
from regions.models import User
from rollout.models import Mail, Plan, Task


def can_work_on(user: User, task: Task) -> Answer:
    """The owner, the region's manager and liaison, headquarters and the CIO."""
    standing = user.standing
    region_id = task.history_region_id
    if (
        task.owner_id == user.pk
        or standing.is_cio
        or standing.is_hq
        or region_id in standing.liaison_of
        or region_id in standing.manager_of
    ):
        return ALLOWED
    return denied(_("This task is somebody else's. Ask the person in charge of it."))


def can_plan(user: User) -> Answer:
    if user.standing.is_hq:
        return ALLOWED
    return denied(_("Headquarters makes and moves plans."))


def can_move_go_live(user: User, plan: Plan) -> Answer:
    if user.standing.is_hq or user.standing.is_cio:
        return ALLOWED
    return denied(_("Headquarters or the CIO moves a go-live."))


def can_see_ledger(user: User) -> Answer:
    if user.standing.sees_all:
        return ALLOWED
    return denied(_("The ledger of mails is for headquarters."))


def can_manage_mail(user: User) -> Answer:
    if user.standing.is_hq:
        return ALLOWED
    return denied(_("Headquarters resends and cancels mails."))


def can_see_health(user: User) -> bool:
    """Who is told on every page when no mail goes out."""
    return user.standing.is_hq or user.standing.is_cio


def can_read_mail(user: User, mail: Mail) -> Answer:
    if user.standing.sees_all or mail.recipient_id == user.pk:
        return ALLOWED
    return denied(_("This mail was sent to somebody else."))
