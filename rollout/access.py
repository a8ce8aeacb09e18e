"""Who may do what with waves, plans, tasks and mails."""

from django.utils.translation import gettext as _

from regions.access import ALLOWED, Answer, denied
from regions.enums import REGION_ROLES, Right, Role
from regions.models import Membership, User
from rollout.models import (
    Clarification,
    Mail,
    Plan,
    Task,
    TaskComment,
    TaskRequest,
)

# Who belongs to a region; its liaison works at headquarters.
LOCAL_ROLES = REGION_ROLES - {Role.LIAISON}


def can_work_on(user: User, task: Task) -> Answer:
    """The owner, his backup or deputy, the region's manager and liaison, headquarters and
    the CIO."""
    is_own = task.owner_id in user.acts_for or task.backup_id in user.acts_for
    if is_own or user.standing.may(Right.WORK_ON_TASKS, task.history_region_id):
        return ALLOWED
    return denied(_("This task is somebody else's. Ask the person in charge of it."))


def can_edit_task(user: User, task: Task) -> Answer:
    """Who does it and when is said by the region's manager and liaison, headquarters and
    the CIO; the person in charge asks them."""
    if user.standing.may(Right.WORK_ON_TASKS, task.history_region_id):
        return ALLOWED
    return denied(
        _("The region's manager, its liaison or headquarters changes this task.")
    )


def can_edit_tasks(user: User) -> bool:
    """Whether there is any region whose tasks somebody changes."""
    return user.standing.may(Right.WORK_ON_TASKS)


def can_add_tasks(user: User, region_id: int) -> Answer:
    if user.standing.may(Right.WORK_ON_TASKS, region_id):
        return ALLOWED
    return denied(
        _("The region's manager, its liaison or headquarters adds tasks to its plan.")
    )


def can_say_counts(user: User, task: Task) -> Answer:
    """What counts in the appraisal says the region's manager, or who stands above him."""
    if user.standing.may(Right.SET_COUNTS, task.history_region_id):
        return ALLOWED
    return denied(_("The region's manager says what counts in the appraisal."))


def can_comment(user: User, task: Task) -> Answer:
    """Whoever works in the region, does the task or is waited for."""
    near = user.pk in (task.owner_id, task.backup_id, task.waits_for_id)
    if near or user.standing.may(Right.COMMENT_TASKS, task.history_region_id):
        return ALLOWED
    return denied(_("Who only looks on does not comment."))


def can_withdraw_comment(user: User, comment: TaskComment) -> Answer:
    if comment.by_id == user.pk:
        return ALLOWED
    return denied(_("Only who wrote a comment takes it back."))


def can_see_board(user: User, region_id: int) -> Answer:
    """How loaded people are is for the region's manager, its liaison and headquarters."""
    if user.standing.may(Right.SEE_BOARD, region_id):
        return ALLOWED
    return denied(
        _("The board is for the region's manager, its liaison and others who lead.")
    )


def can_ask_about(user: User, task: Task) -> Answer:
    """For another date or another owner: the owner or his deputy."""
    if task.owner_id in user.acts_for:
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
    if request.by_id in user.acts_for:
        return ALLOWED
    return denied(_("Only who asked takes it back."))


def can_ask(user: User, region_id: int) -> Answer:
    if user.standing.may(Right.ASK, region_id):
        return ALLOWED
    return denied(
        _("Headquarters, the region's liaison and its manager ask for clarification.")
    )


def can_reply(user: User, row: Clarification) -> Answer:
    """An answer is personal: nobody gives it for somebody else."""
    if row.asked_of_id == user.pk:
        return ALLOWED
    return denied(_("Only whoever is asked answers."))


def can_confirm(user: User, row: Clarification) -> Answer:
    """Whoever asked, or stands in for him, and whoever was asked."""
    if row.asked_of_id == user.pk or row.asked_by_id in user.acts_for:
        return ALLOWED
    return denied(_("Only whoever asked or was asked confirms the answer."))


def can_change_question(user: User, row: Clarification) -> Answer:
    """Whoever asked, or stands in for him, and who may ask in the region."""
    is_own = row.asked_by_id in user.acts_for
    return ALLOWED if is_own else can_ask(user, row.region_id)


def can_brief(user: User, region_id: int) -> Answer:
    """Who talks with the CEO writes to him."""
    if user.standing.may(Right.LOG_TALK, region_id):
        return ALLOWED
    return denied(
        _("Only the CIO, headquarters and the region's liaison write briefs.")
    )


def can_read_appraisal(user: User, person: User) -> Answer:
    """The person himself, a manager of his region, headquarters and the CIO."""
    standing, right = user.standing, Right.READ_APPRAISAL
    if user == person or standing.may_everywhere(right):
        return ALLOWED
    held = Membership.objects.held_on(user.moment).filter(
        user=person, region__in=standing.places(right), role__in=LOCAL_ROLES
    )
    if standing.places(right) and held.exists():
        return ALLOWED
    return denied(
        _(
            "Only the person, the manager of the region and headquarters read this sheet."
        )
    )


def can_see_effect(user: User) -> Answer:
    """It compares all regions, so who sees only some is not told."""
    if user.standing.sees_all:
        return ALLOWED
    return denied(_("The effect of lessons is read by who sees all regions."))


def can_plan(user: User) -> Answer:
    if user.standing.may(Right.PLAN):
        return ALLOWED
    return denied(_("Headquarters makes and moves plans."))


def can_move_go_live(user: User, plan: Plan) -> Answer:
    if user.standing.may(Right.MOVE_GO_LIVE):
        return ALLOWED
    return denied(_("Headquarters or the CIO moves a go-live."))


def can_push_change(user: User) -> Answer:
    """Headquarters and the CIO carry a new version of the playbook into plans."""
    if user.standing.may(Right.PUSH_CHANGE):
        return ALLOWED
    return denied(_("Headquarters or the CIO carries a new version into plans."))


def can_open_wave(user: User) -> Answer:
    if user.standing.may(Right.OPEN_WAVE):
        return ALLOWED
    return denied(_("Headquarters or the CIO opens a wave."))


def can_overrule(user: User) -> Answer:
    """Open a wave though something is missing."""
    if user.standing.may(Right.OVERRULE):
        return ALLOWED
    return denied(_("Only the CIO opens a wave against what is missing."))


def can_agree_plan(user: User, plan: Plan) -> Answer:
    """The region's manager agrees to it, or headquarters or the CIO for him."""
    if user.standing.may(Right.AGREE_PLAN, plan.region_id):
        return ALLOWED
    return denied(_("The region's manager, headquarters or the CIO agrees a plan."))


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
