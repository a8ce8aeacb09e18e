"""Every kind of mail with made-up data: for headquarters to read before anybody is mailed.

No row is read or written; what the rules would compute is set by hand. A kind is one
function here that makes the context of its templates.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regions.enums import CheckInState
from regions.models import Programme, Region, User
from rollout.enums import BlockReason, DutyKind, TaskState
from rollout.links import SIGN_IN
from rollout.models import Plan, Task
from rollout.placing import (
    block_of,
    blocked_context,
    check_in_context,
    clarification_context,
    invitation_context,
    test_context,
)
from rollout.placing.lessons import close_out_sample, finding_sample
from rollout.placing.own import assigned_context, overdue_context, plan_context
from rollout.placing.pushing import carried_context
from rollout.placing.talks import off_context, talk_context
from rollout.queries.blocked import BlockedTask
from rollout.queries.owned import OwnTask
from rollout.queries.pushnews import PUSH, Carried

from .briefs import (
    brief_answer_sample,
    brief_preview,
    brief_sample,
    call_me_sample,
)
from .render import Preview, rendered
from .rows import (
    booked_talk,
    first_talk,
    late,
    made_call,
    made_question,
    made_sheet,
    made_task,
)

__all__ = ["SAMPLES", "Preview", "brief_preview", "preview"]


def preview(
    kind: str, reader: User, language: str, at: datetime, nonce: str
) -> Preview:
    with translation.override(language), timezone.override(reader.zone):
        return rendered(kind.replace("_", "-"), SAMPLES[kind](reader, at), nonce)


def check_in_sample(reader: User, at: datetime) -> dict[str, Any]:
    """Two CEOs: one is late, with the other nobody has talked yet, so that the CIO calls
    and could leave it to the liaison."""
    programme = Programme(pk=1, code="ERP", name=_("ERP roll-out"))
    north = made_call(1, "NORTH", _("North Company"), programme, late(at), at)
    coast = replace(
        made_call(2, "COAST", _("Coast Company"), programme, first_talk(at), at),
        callers=(reader,),
        liaisons=(User(),),
    )
    sheets = [
        made_sheet(
            north,
            why=[_("The pilot closes its month in three days instead of nine.")],
            changed=[
                _("4 tasks finished."),
                _("1 task overdue: clean the customer list."),
            ],
            by_us=[_("Send a student helper for two weeks")],
        ),
        made_sheet(coast, why=[], changed=[], by_us=[]),
    ]
    calls = [north, coast]
    blocks = [
        block_of(call, sheet, reader, at)
        for call, sheet in zip(calls, sheets, strict=True)
    ]
    return check_in_context(calls, blocks)


def blocked_sample(reader: User, at: datetime) -> dict[str, Any]:
    """Something that waits for the reader's decision since the day before."""
    programme = Programme(pk=1, code="ERP", name=_("ERP roll-out"))
    plan = Plan(
        programme=programme, region=Region(pk=1, code="NORTH", name=_("North Company"))
    )
    task = Task(
        pk=1,
        plan=plan,
        title=_("Write the cutover plan"),
        block_reason=BlockReason.DECISION,
        block_note=_("one or two weekends for payroll"),
    )
    since = at - timedelta(days=1)
    return blocked_context([BlockedTask(task, reader, 1, by_id=None, since_at=since)])


def overdue_sample(reader: User, at: datetime) -> dict[str, Any]:
    """Two tasks past their day, and a liaison who can be called."""
    now = at.date()
    why = _("The opening balances are loaded from it.")
    first = made_task(1, _("Clean the item list"), now - timedelta(days=3), why)
    second = made_task(2, _("Name the testers"), now - timedelta(days=2))
    liaison = User(name=_("the liaison"), phone="555 0100")
    found = [OwnTask(task, reader, "") for task in (first, second)]
    return overdue_context(found, {2: [_("the project lead")]}, liaison, now)


def assigned_sample(reader: User, at: datetime) -> dict[str, Any]:
    task = made_task(1, _("Clean the item list"), at.date() + timedelta(days=1))
    return assigned_context([OwnTask(task, reader, "")])


def plan_sample(reader: User, at: datetime) -> dict[str, Any]:
    now = at.date()
    first = made_task(1, _("Name the testers"), now + timedelta(days=9))
    second = made_task(2, _("Clean the item list"), now + timedelta(days=30))
    return plan_context([first, second])


def carried_sample(reader: User, at: datetime) -> dict[str, Any]:
    """One task that is new, one on another day, one that nobody needs any more."""
    now = at.date()
    new = made_task(1, _("Name the testers"), now + timedelta(days=9))
    moved = made_task(2, _("Clean the item list"), now + timedelta(days=30))
    gone = made_task(3, _("Write the cutover plan"), now + timedelta(days=40))
    gone.state = TaskState.DROPPED
    was_due = now + timedelta(days=37)
    about = (PUSH, 1)
    return carried_context(
        [
            Carried(about, new, is_new=True, was_due=None, was_called=""),
            Carried(about, moved, is_new=False, was_due=was_due, was_called=""),
            Carried(about, gone, is_new=False, was_due=None, was_called=""),
        ]
    )


def clarification_sample(reader: User, at: datetime) -> dict[str, Any]:
    """Two questions, of which one only wants a yes."""
    north = made_question(
        1,
        _("Which plants keep their own number range?"),
        _("Only the plant in the harbour; the others share one."),
        at,
    )
    return clarification_context(
        reader, [north, made_question(2, _("Who signs credit notes?"), "", at)], at
    )


def confirmation_sample(reader: User, at: datetime) -> dict[str, Any]:
    """A question with what headquarters has understood so far."""
    row = made_question(
        1,
        _("Which plants keep their own number range?"),
        _("Only the plant in the harbour; the others share one."),
        at,
    )
    return clarification_context(reader, [row], at)


def sign_in_sample(reader: User, at: datetime) -> dict[str, Any]:
    return {"link": SIGN_IN}


def invitation_sample(reader: User, at: datetime) -> dict[str, Any]:
    return invitation_context(
        reader, Programme(pk=1, code="ERP", name=_("ERP roll-out"))
    )


def test_sample(reader: User, at: datetime) -> dict[str, Any]:
    return test_context(reader, at)


def talk_sample(reader: User, at: datetime) -> dict[str, Any]:
    """What the CEO gets: whoever calls has the same with the call sheet."""
    return talk_context(*booked_talk(reader, at), at)


def talk_off_sample(reader: User, at: datetime) -> dict[str, Any]:
    ceo, booked = booked_talk(reader, at)
    booked.row.state = CheckInState.CANCELLED
    return off_context(ceo, booked, at)


SAMPLES: dict[str, Callable[[User, datetime], dict[str, Any]]] = {
    DutyKind.CHECK_IN: check_in_sample,
    DutyKind.BLOCKED: blocked_sample,
    DutyKind.OVERDUE: overdue_sample,
    DutyKind.PLAN: plan_sample,
    DutyKind.CARRIED: carried_sample,
    DutyKind.ASSIGNED: assigned_sample,
    DutyKind.SIGN_IN: sign_in_sample,
    DutyKind.TEST: test_sample,
    DutyKind.INVITATION: invitation_sample,
    DutyKind.CLARIFICATION: clarification_sample,
    DutyKind.CONFIRMATION: confirmation_sample,
    DutyKind.FINDING: finding_sample,
    DutyKind.CLOSE_OUT: close_out_sample,
    DutyKind.TALK: talk_sample,
    DutyKind.TALK_OFF: talk_off_sample,
    DutyKind.BRIEF: brief_sample,
    DutyKind.CALL_ME: call_me_sample,
    DutyKind.BRIEF_ANSWER: brief_answer_sample,
}
