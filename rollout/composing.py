"""The text of each kind of mail. Called when a mail is frozen; reads, never writes.

A kind is three templates under `templates/emails/` and one function here. Signed links
stand in the text as placeholders; delivery signs them, so that no ledger holds a key.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import css_inline
from django.conf import settings
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation

from regions.enums import Role
from regions.models import Programme, Rhythm, User
from regions.queries import holders
from regions.wording import (
    ceo_of,
    local_time,
    moment,
    since_last_talk,
    until_go_live,
    waiting,
)
from rollout.enums import DutyKind
from rollout.links import PAUSE, SIGN_IN
from rollout.models import Duty
from rollout.queries.calls import Call, calls_due
from rollout.queries.callsheet import CallSheet, call_sheets

BLOCKS = 5


@dataclass(frozen=True)
class Letter:
    """A mail's content before it is addressed."""

    subject: str
    text: str
    html: str
    sender_name: str
    reply_to: str


@dataclass(frozen=True)
class Block:
    """One CEO in a check-in reminder."""

    ceo: str
    phone: str
    there: str
    reasons: list[str]
    sheet: CallSheet
    url: str


def compose(recipient: User, duties: list[Duty], at: datetime) -> Letter | None:
    """One letter for all these duties, in the recipient's language and zone.

    None when none of them needs telling any more.
    """
    kinds = {duty.kind for duty in duties}
    with translation.override(recipient.language), timezone.override(recipient.zone):
        for kind, composer in COMPOSERS.items():
            if kind in kinds:
                return composer(recipient, duties, at)
    return None


def check_in_letter(recipient: User, duties: list[Duty], at: datetime) -> Letter | None:
    """E1: whom to call today, why, what to say and the one thing to ask."""
    calls = _calls_of(recipient, duties, at)
    if not calls:
        return None
    programme = calls[0].engagement.rhythm.programme
    context = check_in_context(calls, _sheets(calls[:BLOCKS], at), at)
    return _letter("check-in", context, programme=programme, at=at)


def check_in_context(
    calls: list[Call], sheets: dict[int, CallSheet], at: datetime
) -> dict[str, Any]:
    """What the templates of E1 place: a block for each of the first calls."""
    blocks = [
        _block(call, sheets[call.engagement.rhythm.pk], at) for call in calls[:BLOCKS]
    ]
    others = len(calls) - 1
    return {
        "blocks": blocks,
        "first": blocks[0],
        "since": since_last_talk(calls[0].state).rstrip("。."),
        "is_first_talk": calls[0].state.is_first_talk,
        "age_days": calls[0].state.age_days,
        "names": [call.engagement.region.name for call in calls[:2]],
        "count": len(calls),
        "others": others,
        "others_after_two": others - 1,
        "more": len(calls) - len(blocks),
        "start_url": blocks[0].url,
        "programme": calls[0].engagement.rhythm.programme,
        "pause": PAUSE,
        "site_url": settings.SITE_URL,
    }


def sign_in_letter(recipient: User, duties: list[Duty], at: datetime) -> Letter | None:
    """A link that signs in, asked for a moment ago."""
    programme = Programme.objects.order_by("id").first()
    return _letter("sign-in", {"link": SIGN_IN}, programme=programme, at=at)


def test_letter(recipient: User, duties: list[Duty], at: datetime) -> Letter | None:
    """A mail to oneself, asked for on the page of one's settings."""
    programme = Programme.objects.order_by("id").first()
    context = test_context(recipient, at)
    return _letter("test", context, programme=programme, at=at)


def test_context(recipient: User, at: datetime) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "asked": moment(at.astimezone(recipient.zone)),
        "how_often": recipient.get_planned_mail_display(),
        "quiet_from": f"{recipient.quiet_from_time:%H:%M}",
        "quiet_to": f"{recipient.quiet_to_time:%H:%M}",
        "settings_url": page("rollout:settings"),
    }


COMPOSERS: dict[str, Callable[[User, list[Duty], datetime], Letter | None]] = {
    DutyKind.SIGN_IN: sign_in_letter,
    DutyKind.CHECK_IN: check_in_letter,
    DutyKind.TEST: test_letter,
}


def _calls_of(recipient: User, duties: list[Duty], at: datetime) -> list[Call]:
    told = {
        (duty.model, duty.object_id)
        for duty in duties
        if duty.kind == DutyKind.CHECK_IN
    }
    return [
        call
        for programme in Programme.objects.order_by("id")
        for call in calls_due(programme, Rhythm.objects.all(), at)
        if recipient in call.callers and told & _objects(call)
    ]


def _objects(call: Call) -> set[tuple[str, int]]:
    booked = call.engagement.booked
    objects = {("regions.rhythm", call.engagement.rhythm.pk)}
    return objects | ({("regions.checkin", booked.pk)} if booked else set())


def _sheets(calls: list[Call], at: datetime) -> dict[int, CallSheet]:
    sheets: dict[int, CallSheet] = {}
    for programme in {call.engagement.rhythm.programme for call in calls}:
        mine = [
            c.engagement for c in calls if c.engagement.rhythm.programme == programme
        ]
        sheets |= call_sheets(programme, mine, at)
    return sheets


def _block(call: Call, sheet: CallSheet, at: datetime) -> Block:
    return Block(
        ceo=ceo_of(call.engagement.region),
        phone=call.engagement.person.phone,
        there=local_time(call.engagement.region, at),
        reasons=call_reasons(call),
        sheet=sheet,
        url=page("rollout:call-sheet", call.engagement.region.code),
    )


def call_reasons(call: Call) -> list[str]:
    """Why this CEO and why today, the facts of the rule in words."""
    reasons = [since_last_talk(call.state), until_go_live(call.state)]
    return [*reasons, waiting(call.blocked_tasks)] if call.waits else reasons


def page(name: str, *args: Any) -> str:
    """The full address of a page."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"


def _letter(
    kind: str, context: dict[str, Any], *, programme: Programme | None, at: datetime
) -> Letter:
    context = {**context, "site_url": settings.SITE_URL}
    planner = next(iter(holders(Role.HQ, at)[None]), None)
    subject = render_to_string(f"emails/{kind}-subject.txt", context)
    html = render_to_string(f"emails/{kind}-body.html", context)
    return Letter(
        subject=" ".join(subject.split()),
        text=render_to_string(f"emails/{kind}-body.txt", context).strip() + "\n",
        html=_inliner().inline(html),
        sender_name=programme.name if programme else "Rollout",
        reply_to=planner.email if planner else "",
    )


@lru_cache(maxsize=1)
def _inliner() -> css_inline.CSSInliner:
    # The style element stays for what cannot be inlined: dark mode.
    return css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
