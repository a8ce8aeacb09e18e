"""What the mail about a version of the playbook places: what of the reader's work changed."""

from typing import Any

from django.utils.translation import gettext as _

from regions.models import User
from regions.wording import capital, day, listed
from rollout.enums import DutyKind
from rollout.links import PAUSE
from rollout.models import Duty
from rollout.placing import BLOCKS, page
from rollout.placing.writing import Part
from rollout.queries.letters import Facts
from rollout.queries.pushnews import Carried


def carried_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What headquarters carried into the reader's plans, of all regions at once."""
    told = {
        ((duty.model, duty.object_id), recipient.pk)
        for duty in duties
        if duty.kind == DutyKind.CARRIED
    }
    found = [one for one in facts.carried if one.key in told]
    if not found:
        return None
    regions = frozenset(one.task.plan.region.code for one in found)
    programme = found[0].task.plan.programme
    return Part("carried", carried_context(found), programme, regions)


def carried_context(found: list[Carried]) -> dict[str, Any]:
    by_region: dict[str, list[Carried]] = {}
    for one in found:
        by_region.setdefault(one.task.plan.region.name, []).append(one)
    return {
        "plans": [
            {
                "region": region,
                "tasks": [_line(one) for one in ones[:BLOCKS]],
                "more": max(len(ones) - BLOCKS, 0),
            }
            for region, ones in by_region.items()
        ],
        "region": found[0].task.plan.region.name,
        "others": len(by_region) - 1,
        "count": len({one.task.pk for one in found}),
        "is_back": all(one.is_back for one in found),
        "list_url": page("rollout:my-tasks"),
        "programme": found[0].task.plan.programme,
        "pause": PAUSE,
    }


def _line(one: Carried) -> dict[str, str]:
    return {
        "title": one.task.title,
        "said": capital(_said(one)),
        "url": "" if one.is_gone else page("rollout:task", one.task.pk),
    }


def _said(one: Carried) -> str:
    """New, due Mon 12 Apr; due Mon 12 Apr instead of Mon 19 Apr; no longer needed."""
    due = day(one.task.due_date)
    if one.is_gone:
        return _("taken back: it is not there any more")
    if one.is_open_again:
        return _("taken back: to be done after all, due %(day)s") % {"day": due}
    if one.is_back:
        return _("taken back: as it was before, due %(day)s") % {"day": due}
    if one.is_dropped:
        return _("no longer needed")
    if one.is_new:
        return _("new, due %(day)s") % {"day": due}
    parts = []
    if one.was_called:
        parts.append(_("was called “%(title)s”") % {"title": one.was_called})
    if one.was_due is not None and one.was_due != one.task.due_date:
        days = {"day": due, "was": day(one.was_due)}
        parts.append(_("due %(day)s instead of %(was)s") % days)
    return listed(parts) if parts else _("described anew, due %(day)s") % {"day": due}
