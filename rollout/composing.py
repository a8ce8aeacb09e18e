"""The text of each kind of mail. Called when a mail is frozen; reads, never writes.

A kind is three templates under `templates/emails/` and one function here. Signed links
stand in the text as placeholders; delivery signs them, so that no ledger holds a key.

What letters are made of is read first, for a whole batch of them at once: asking the
database is what takes the time. Writing a letter asks it nothing.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regions.calendar import Corrections, today
from regions.models import Programme, User
from rollout.enums import DutyKind
from rollout.links import SIGN_IN
from rollout.models import Duty, Task
from rollout.placing import (
    BLOCKS,
    Part,
    block_of,
    blocked_context,
    check_in_context,
    clarification_context,
    invitation_context,
    test_context,
)
from rollout.placing.lessons import close_out_part, finding_part
from rollout.placing.own import assigned_context, overdue_context, plan_context
from rollout.queries.calls import Call
from rollout.queries.callsheet import call_sheet_of
from rollout.queries.letters import Facts, read
from rollout.queries.owned import OwnTask


@dataclass(frozen=True)
class Letter:
    """A mail's content before it is addressed."""

    subject: str
    text: str
    html: str
    sender_name: str
    reply_to: str
    # What its mails are shown together by, such as a region; empty for none.
    thread: str = ""


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
        return _letter(parts, facts) if parts else None


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


# In the order of the parts of a mail.
COMPOSERS: dict[str, Callable[[User, list[Duty], Facts], Part | None]] = {
    DutyKind.SIGN_IN: sign_in_part,
    DutyKind.BLOCKED: blocked_part,
    DutyKind.ASSIGNED: assigned_part,
    DutyKind.CHECK_IN: check_in_part,
    DutyKind.OVERDUE: overdue_part,
    DutyKind.CLARIFICATION: clarification_part,
    DutyKind.PLAN: plan_part,
    DutyKind.FINDING: finding_part,
    DutyKind.TEST: test_part,
    DutyKind.INVITATION: invitation_part,
    DutyKind.CONFIRMATION: confirmation_part,
    DutyKind.CLOSE_OUT: close_out_part,
}


def _of_tasks(
    name: str,
    context: dict[str, Any],
    tasks: list[Task],
    writer: User | None = None,
) -> Part:
    regions = frozenset(task.plan.region.code for task in tasks)
    return Part(name, context, tasks[0].plan.programme, regions, writer)


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


def _letter(parts: list[Part], facts: Facts) -> Letter:
    """The first part gives the subject and the button; the others follow below it."""
    first, *others = parts
    below = [_below(part) for part in others]
    context = {**first.context, "site_url": settings.SITE_URL}
    context |= {"below": below, "is_below": False}
    subject = render_to_string(f"emails/{first.name}-subject.txt", context)
    html = render_to_string(f"emails/{first.name}-body.html", context)
    regions = frozenset[str]().union(*(part.regions for part in parts))
    writer = first.writer or facts.planner
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{first.name}-body.txt", context).strip() + "\n",
        html=_inliner().inline(html),
        sender_name=_sender(writer, first.programme),
        reply_to=writer.email if writer else "",
        thread=next(iter(regions)) if len(regions) == 1 else "",
    )


def _below(part: Part) -> dict[str, Any]:
    """A part under the first one: without subject, button and foot of its own.

    Why it is sent stands in the foot of them all, which includes the template of it.
    """
    context = {**part.context, "site_url": settings.SITE_URL}
    context |= {"below": [], "is_below": True}
    return {
        "text": render_to_string(f"emails/{part.name}-body.txt", context).strip(),
        "html": render_to_string(f"emails/{part.name}-body.html", context),
        "why": f"emails/_{part.name}-why.txt",
        "programme": part.programme,
    }


def _sender(writer: User | None, programme: Programme | None) -> str:
    """A person and what he writes about, such as "Planner, ctcLink": mail from no machine."""
    house = programme.name if programme else "Rollout"
    if writer is None:
        return house
    return _("%(person)s, %(house)s") % {"person": writer.name, "house": house}


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # The style element stays for what cannot be inlined: dark mode.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
