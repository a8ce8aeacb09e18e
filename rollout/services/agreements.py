"""A plan is agreed: from then on slips are counted from the days that its tasks had."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.history import Act
from rollout.models import Plan
from rollout.services.plans import why_not_running


class CannotAgree(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The plan is agreed already, is not agreed, or its wave is not open."""


@transaction.atomic
def agree_plan(plan: Plan, *, version: int, act: Act) -> Plan:
    """Fix the baseline of every task as it is due now. Raises CannotAgree, EditedMeanwhile."""
    row = _locked(plan, version)
    if row.agreed_at is not None:
        raise CannotAgree(_("This plan is agreed already."))
    if row.wave.opened_at is None:
        said = _("%(wave)s is not open yet, so its plans are not agreed.")
        raise CannotAgree(said % {"wave": row.wave})
    history.change(row, {"agreed_at": act.at, "agreed_by": act.by}, act)
    tasks = row.tasks.select_related("plan").select_for_update(of=("self",))
    history.change_all(
        ((task, {"baseline_date": task.due_date}) for task in tasks), act
    )
    return row


@transaction.atomic
def take_agreement_back(plan: Plan, *, version: int, act: Act) -> Plan:
    """As if it had not been agreed, whatever happened since; it can then be agreed anew."""
    row = _locked(plan, version)
    if row.agreed_at is None:
        raise CannotAgree(_("This plan is not agreed."))
    history.change(row, {"agreed_at": None, "agreed_by": None}, act)
    tasks = row.tasks.select_related("plan").select_for_update(of=("self",))
    history.change_all(((task, {"baseline_date": None}) for task in tasks), act)
    return row


def _locked(plan: Plan, version: int) -> Plan:
    rows = Plan.objects.select_related("region", "programme", "wave")
    row = history.lock(rows, plan.pk, version)
    if stop := why_not_running(row.region, row.programme):
        raise CannotAgree(stop)
    return row
