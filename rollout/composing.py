"""The text of each kind of mail. Called when a mail is frozen; reads, never writes.

A kind is three templates under `templates/emails/` and one function here. Signed links
stand in the text as placeholders; delivery signs them, so that no ledger holds a key.

What letters are made of is read first, for a whole batch of them at once: asking the
database is what takes the time. Writing a letter asks it nothing.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from django.utils import timezone, translation

from regions.calendar import Corrections, today
from regions.enums import CheckInState
from regions.models import User
from rollout.enums import DutyKind
from rollout.links import SIGN_IN
from rollout.models import Duty, Task
from rollout.placing import (
    BLOCKS,
    block_of,
    blocked_context,
    check_in_context,
    clarification_context,
    invitation_context,
    test_context,
)
from rollout.placing.briefs import answer_part, brief_part, call_me_part
from rollout.placing.lessons import close_out_part, finding_part
from rollout.placing.own import assigned_context, overdue_context, plan_context
from rollout.placing.pushing import carried_part
from rollout.placing.talks import off_context, reminder_entries, talk_context
from rollout.placing.writing import Letter, Part, letter_of
from rollout.queries.calls import Call
from rollout.queries.callsheet import call_sheet_of
from rollout.queries.letters import Facts, read
from rollout.queries.owned import OwnTask
from rollout.queries.talks import Booked, occurrence_of


def compose(
    recipient: User, duties: list[Duty], at: datetime, corrected: Corrections
) -> Letter | None:
    """One letter for all these duties, in the recipient's language and zone.

    None when none of them needs telling any more.
    """
    return write(recipient, duties, read(duties, at, corrected))


def write(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
    """The letter to one person, a part for each kind; asks the database nothing."""
    kinds = {duty.kind for duty in duties}
    with translation.override(recipient.language), timezone.override(recipient.zone):
        parts = [
            part
            for kind, composer in COMPOSERS.items()
            if kind in kinds and (part := composer(recipient, duties, facts))
        ]
        return letter_of(parts, facts) if parts else None


def check_in_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """E1: whom to call today, why, what to say and the one thing to ask."""
    told = _rows(duties, DutyKind.CHECK_IN)
    calls = [
        call for call in facts.calls_of.get(recipient.pk, []) if told & _objects(call)
    ]
    if not calls:
        return None
    blocks = [
        block_of(
            call, call_sheet_of(call.engagement, facts.sheets), recipient, facts.at
        )
        for call in calls[:BLOCKS]
    ]
    return Part(
        "check-in",
        check_in_context(calls, blocks),
        calls[0].engagement.rhythm.programme,
        frozenset(call.engagement.region.code for call in calls),
        calendar=reminder_entries(calls, facts.at),
    )


def blocked_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What cannot go on until the reader decides or does something."""
    told = {pk for _model, pk in _rows(duties, DutyKind.BLOCKED)}
    found = [
        one
        for one in facts.tasks
        if one.task.pk in told and one.person == recipient and not one.is_own
    ]
    if not found:
        return None
    return _of_tasks("blocked", blocked_context(found), [one.task for one in found])


def overdue_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """E4: what is past its day, each with its three answers; no blame."""
    found = _own(recipient, duties, DutyKind.OVERDUE, facts.overdue)
    if not found:
        return None
    regions = {one.task.plan.region_id for one in found}
    liaison = facts.liaisons.get(regions.pop()) if len(regions) == 1 else None
    # Nobody is told to call himself.
    if liaison == recipient:
        liaison = None
    context = overdue_context(found, facts.waiting, liaison, today(recipient, facts.at))
    return _of_tasks("overdue", context, [one.task for one in found], liaison)


def assigned_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What somebody gave to the reader and is due at once."""
    found = _own(recipient, duties, DutyKind.ASSIGNED, facts.assigned)
    if not found:
        return None
    return _of_tasks("assigned", assigned_context(found), [one.task for one in found])


def plan_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """That a plan was made, and what of it is the reader's."""
    told = {pk for _model, pk in _rows(duties, DutyKind.PLAN)}
    found = [
        task
        for task in facts.planned
        if task.plan_id in told and task.owner_id == recipient.pk
    ]
    return _of_tasks("plan", plan_context(found), found) if found else None


def clarification_part(
    recipient: User, duties: list[Duty], facts: Facts
) -> Part | None:
    """What the reader was asked some days ago and has not answered."""
    told = {pk for _model, pk in _rows(duties, DutyKind.CLARIFICATION)}
    return _questions_part("clarification", recipient, told, facts)


def confirmation_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """A question to the reader, asked a moment ago."""
    told = {pk for _model, pk in _rows(duties, DutyKind.CONFIRMATION)}
    return _questions_part("confirmation", recipient, told, facts)


def _questions_part(
    name: str, recipient: User, told: set[int], facts: Facts
) -> Part | None:
    found = [
        row
        for row in facts.questions
        if row.pk in told and row.asked_of_id == recipient.pk
    ]
    if not found:
        return None
    return Part(
        name,
        clarification_context(recipient, found, facts.at),
        found[0].programme,
        frozenset(row.region.code for row in found),
    )


def sign_in_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """A link that signs in, asked for a moment ago."""
    return Part("sign-in", {"link": SIGN_IN}, facts.house)


def invitation_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """What this is, and the way in."""
    context = invitation_context(recipient, facts.house)
    return Part("invitation", context, facts.house)


def test_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """A mail to oneself, asked for on the page of one's settings."""
    return Part("test", test_context(recipient, facts.at), facts.house)


def talk_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """That a talk is booked or moved, with its entry for the calendar."""
    one = _talk(duties, DutyKind.TALK, facts)
    if one is None or one.row.at_time is None or one.is_over(facts.at):
        return None
    if one.row.state != CheckInState.PLANNED:
        return None
    return _of_talk("talk", talk_context(recipient, one, facts.at), recipient, one)


def talk_off_part(recipient: User, duties: list[Duty], facts: Facts) -> Part | None:
    """That a talk is off, has no time any more or is another's, taken out of the calendar."""
    one = _talk(duties, DutyKind.TALK_OFF, facts)
    if one is None or one.is_over(facts.at):
        return None
    return _of_talk("talk-off", off_context(recipient, one, facts.at), recipient, one)


# In the order of the parts of a mail.
COMPOSERS: dict[str, Callable[[User, list[Duty], Facts], Part | None]] = {
    DutyKind.SIGN_IN: sign_in_part,
    DutyKind.CALL_ME: call_me_part,
    DutyKind.BLOCKED: blocked_part,
    DutyKind.ASSIGNED: assigned_part,
    DutyKind.CHECK_IN: check_in_part,
    DutyKind.BRIEF_ANSWER: answer_part,
    DutyKind.OVERDUE: overdue_part,
    DutyKind.CLARIFICATION: clarification_part,
    DutyKind.PLAN: plan_part,
    DutyKind.CARRIED: carried_part,
    DutyKind.FINDING: finding_part,
    DutyKind.TEST: test_part,
    DutyKind.INVITATION: invitation_part,
    DutyKind.CONFIRMATION: confirmation_part,
    DutyKind.CLOSE_OUT: close_out_part,
    DutyKind.TALK: talk_part,
    DutyKind.TALK_OFF: talk_off_part,
    DutyKind.BRIEF: brief_part,
}


def _of_tasks(
    name: str,
    context: dict[str, Any],
    tasks: list[Task],
    writer: User | None = None,
) -> Part:
    regions = frozenset(task.plan.region.code for task in tasks)
    return Part(name, context, tasks[0].plan.programme, regions, writer)


def _talk(duties: list[Duty], kind: DutyKind, facts: Facts) -> Booked | None:
    """The talk as it was when the duty arose; none when it has changed since."""
    for duty in duties:
        one = facts.talks.get(duty.object_id) if duty.kind == kind else None
        if one is not None and occurrence_of(one.row) == duty.occurrence:
            return one
    return None


def _of_talk(name: str, context: dict[str, Any], recipient: User, one: Booked) -> Part:
    """Whoever calls writes to the CEO and gets his answers; nobody writes to himself."""
    writer = next((person for person in one.callers if person != recipient), None)
    return Part(
        name,
        context,
        one.row.programme,
        frozenset([one.row.ceo.region.code]),
        writer if recipient == one.row.ceo.user else None,
        calendar=context["calendar"],
    )


def _own(
    recipient: User, duties: list[Duty], kind: DutyKind, found: list[OwnTask]
) -> list[OwnTask]:
    told = {pk for _model, pk in _rows(duties, kind)}
    return [
        one for one in found if one.task.pk in told and one.person.pk == recipient.pk
    ]


def _rows(duties: list[Duty], kind: DutyKind) -> set[tuple[str, int]]:
    """What the duties of a kind are about."""
    return {(duty.model, duty.object_id) for duty in duties if duty.kind == kind}


def _objects(call: Call) -> set[tuple[str, int]]:
    booked = call.engagement.booked
    objects = {("regions.rhythm", call.engagement.rhythm.pk)}
    return objects | ({("regions.checkin", booked.pk)} if booked else set())
