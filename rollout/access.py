"""Who may do what with waves, plans, tasks and mails."""

from django.utils.translation import gettext as _

from regions.access import ALLOWED, Answer, denied
from regions.enums import Right
from regions.models import User
from rollout.models import Mail, Plan, Task, TaskRequest


def can_work_on(user: User, task: Task) -> Answer:
    """The owner or his deputy, the region's manager and liaison, headquarters and the CIO."""
    standing = user.standing
    is_own = task.owner_id in {user.pk, *standing.stands_in_for}
    if is_own or standing.may(Right.WORK_ON_TASKS, task.history_region_id):
        return ALLOWED
    return denied(_("This task is somebody else's. Ask the person in charge of it."))


def can_ask_about(user: User, task: Task) -> Answer:
    """For another date or another owner: the owner or his deputy."""
    if task.owner_id in {user.pk, *user.standing.stands_in_for}:
        return ALLOWED
    return denied(_("Only the person in charge asks for another date or owner."))


def can_settle(user: User, request: TaskRequest) -> Answer:
    """The region's manager and liaison, headquarters and the CIO."""
    if user.standing.may(Right.SETTLE_REQUESTS, request.history_region_id):
        return ALLOWED
    return denied(
        _("The region's manager or liaison, headquarters or the CIO answers this.")
    )


def can_withdraw(user: User, request: TaskRequest) -> Answer:
    """Who asked, or the owner's deputy."""
    if request.by_id in {user.pk, *user.standing.stands_in_for}:
        return ALLOWED
    return denied(_("Only who asked takes it back."))


def can_plan(user: User) -> Answer:
    if user.standing.may(Right.PLAN):
        return ALLOWED
    return denied(_("Headquarters makes and moves plans."))


def can_move_go_live(user: User, plan: Plan) -> Answer:
    if user.standing.may(Right.MOVE_GO_LIVE):
        return ALLOWED
    return denied(_("Headquarters or the CIO moves a go-live."))


def can_see_ledger(user: User) -> Answer:
    if user.standing.may(Right.SEE_LEDGER):
        return ALLOWED
    return denied(_("The ledger of mails is for headquarters."))


def can_manage_mail(user: User) -> Answer:
    if user.standing.may(Right.MANAGE_MAIL):
        return ALLOWED
    return denied(_("Headquarters resends and cancels mails."))


def can_see_health(user: User) -> bool:
    """Who is told on every page when no mail goes out."""
    return user.standing.may(Right.SEE_HEALTH)


def can_read_mail(user: User, mail: Mail) -> Answer:
    if user.standing.may(Right.SEE_LEDGER) or mail.recipient_id == user.pk:
        return ALLOWED
    return denied(_("This mail was sent to somebody else."))
