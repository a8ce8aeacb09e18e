"""The text of each kind of mail. Called when a mail is frozen; reads, never writes.

A kind is three templates under `templates/emails/` and one function here. Signed links
stand in the text as placeholders; delivery signs them, so that no ledger holds a key.

What letters are made of is read first, for a whole batch of them at once: asking the
database is what takes the time. Writing a letter asks it nothing.
"""

from collections import defaultdict
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from regions.calendar import Corrections
from regions.enums import Role
from regions.models import Programme, User
from regions.queries import holders
from rollout.enums import CAPS, DutyKind, MailCap
from rollout.links import SIGN_IN
from rollout.models import Clarification, Duty
from rollout.placing import (
    BLOCKS,
    block_of,
    blocked_context,
    check_in_context,
    clarification_context,
    invitation_context,
    test_context,
)
from rollout.queries.blocked import BlockedTask, blocked_tasks
from rollout.queries.calls import Call, calls_due
from rollout.queries.callsheet import SheetFacts, call_sheet_of, sheet_facts
from rollout.queries.clarifications import unanswered
from rollout.queries.duties import questions_of, rhythms_of, tasks_of


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


@dataclass(frozen=True)
class Facts:
    """What the letters of some duties are made of, in no language yet.

    Calls stand with the most pressing first, tasks with the longest waiting.
    """

    at: datetime
    calls: list[Call]
    sheets: SheetFacts
    tasks: list[BlockedTask]
    questions: list[Clarification]
    house: Programme | None
    planner: User | None

    @cached_property
    def calls_of(self) -> dict[int, list[Call]]:
        """By caller, so that a letter looks at its reader's alone."""
        found: dict[int, list[Call]] = defaultdict(list)
        for call in self.calls:
            for caller in call.callers:
                found[caller.pk].append(call)
        return found


def compose(
    recipient: User, duties: list[Duty], at: datetime, corrected: Corrections
) -> Letter | None:
    """One letter for all these duties, in the recipient's language and zone.

    None when none of them needs telling any more.
    """
    return write(recipient, duties, read(duties, at, corrected))


def read(duties: list[Duty], at: datetime, corrected: Corrections) -> Facts:
    """All that letters with these duties are made of, whoever gets them.

    A fixed number of queries for each programme, however many letters and duties.
    """
    calls = calls_due(rhythms_of(duties), at, corrected)
    return Facts(
        at=at,
        calls=calls,
        sheets=sheet_facts([call.engagement for call in calls], at),
        tasks=blocked_tasks(tasks_of(duties), at),
        questions=unanswered(questions_of(duties)),
        house=_house(duties),
        planner=next(iter(holders(at, Role.HQ)[Role.HQ, None]), None),
    )


def write(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
    """The letter to one person; asks the database nothing."""
    kinds = {duty.kind for duty in duties}
    with translation.override(recipient.language), timezone.override(recipient.zone):
        for kind, composer in COMPOSERS.items():
            if kind in kinds:
                return composer(recipient, duties, facts)
    return None


def _house(duties: list[Duty]) -> Programme | None:
    """The programme that signs what is asked for at once, which belongs to none."""
    if all(CAPS[DutyKind(duty.kind)] != MailCap.AT_ONCE for duty in duties):
        return None
    return Programme.objects.running_first().first()


def check_in_letter(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
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
    return _letter(
        "check-in",
        check_in_context(calls, blocks),
        facts,
        programme=calls[0].engagement.rhythm.programme,
        regions={call.engagement.region.code for call in calls},
    )


def blocked_letter(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
    """What cannot go on until the reader decides or does something."""
    told = {pk for _model, pk in _rows(duties, DutyKind.BLOCKED)}
    found = [
        one
        for one in facts.tasks
        if one.task.pk in told and one.person == recipient and not one.is_own
    ]
    if not found:
        return None
    programme = found[0].task.plan.programme
    return _letter(
        "blocked",
        blocked_context(found),
        facts,
        programme=programme,
        regions={one.task.plan.region.code for one in found},
    )


def clarification_letter(
    recipient: User, duties: list[Duty], facts: Facts
) -> Letter | None:
    """What the reader was asked some days ago and has not answered."""
    told = {pk for _model, pk in _rows(duties, DutyKind.CLARIFICATION)}
    return _questions_letter("clarification", recipient, told, facts)


def confirmation_letter(
    recipient: User, duties: list[Duty], facts: Facts
) -> Letter | None:
    """A question to the reader, asked a moment ago."""
    told = {pk for _model, pk in _rows(duties, DutyKind.CONFIRMATION)}
    return _questions_letter("confirmation", recipient, told, facts)


def _questions_letter(
    name: str, recipient: User, told: set[int], facts: Facts
) -> Letter | None:
    found = [
        row
        for row in facts.questions
        if row.pk in told and row.asked_of_id == recipient.pk
    ]
    if not found:
        return None
    return _letter(
        name,
        clarification_context(recipient, found, facts.at),
        facts,
        programme=found[0].programme,
        regions={row.region.code for row in found},
    )


def sign_in_letter(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
    """A link that signs in, asked for a moment ago."""
    return _letter("sign-in", {"link": SIGN_IN}, facts, programme=facts.house)


def invitation_letter(
    recipient: User, duties: list[Duty], facts: Facts
) -> Letter | None:
    """What this is, and the way in."""
    context = invitation_context(recipient, facts.house)
    return _letter("invitation", context, facts, programme=facts.house)


def test_letter(recipient: User, duties: list[Duty], facts: Facts) -> Letter | None:
    """A mail to oneself, asked for on the page of one's settings."""
    context = test_context(recipient, facts.at)
    return _letter("test", context, facts, programme=facts.house)


COMPOSERS: dict[str, Callable[[User, list[Duty], Facts], Letter | None]] = {
    DutyKind.SIGN_IN: sign_in_letter,
    DutyKind.BLOCKED: blocked_letter,
    DutyKind.CHECK_IN: check_in_letter,
    DutyKind.CLARIFICATION: clarification_letter,
    DutyKind.TEST: test_letter,
    DutyKind.INVITATION: invitation_letter,
    DutyKind.CONFIRMATION: confirmation_letter,
}


def _rows(duties: list[Duty], kind: DutyKind) -> set[tuple[str, int]]:
    """What the duties of a kind are about."""
    return {(duty.model, duty.object_id) for duty in duties if duty.kind == kind}


def _objects(call: Call) -> set[tuple[str, int]]:
    booked = call.engagement.booked
    objects = {("regions.rhythm", call.engagement.rhythm.pk)}
    return objects | ({("regions.checkin", booked.pk)} if booked else set())


def _letter(
    kind: str,
    context: dict[str, Any],
    facts: Facts,
    *,
    programme: Programme | None,
    regions: Collection[str] = (),
) -> Letter:
    context = {**context, "site_url": settings.SITE_URL}
    subject = render_to_string(f"emails/{kind}-subject.txt", context)
    html = render_to_string(f"emails/{kind}-body.html", context)
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{kind}-body.txt", context).strip() + "\n",
        html=_inliner().inline(html),
        sender_name=_sender(facts.planner, programme),
        reply_to=facts.planner.email if facts.planner else "",
        thread=next(iter(regions)) if len(regions) == 1 else "",
    )


def _sender(planner: User | None, programme: Programme | None) -> str:
    """A person and what he writes about, such as "Planner, ctcLink": mail from no machine."""
    house = programme.name if programme else "Rollout"
    if planner is None:
        return house
    return _("%(person)s, %(house)s") % {"person": planner.name, "house": house}


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # The style element stays for what cannot be inlined: dark mode.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
