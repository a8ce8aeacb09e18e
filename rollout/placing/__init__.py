"""What the templates of each kind of mail place, ready to be written; asks no database.

The composers make it from facts, the previews from made-up rows.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.calendar import today
from regions.models import Absence, Programme, User
from regions.wording import (
    ask_reason,
    capital,
    ceo_of,
    day,
    local_time,
    moment,
    promise_reason,
    sentences,
    since_last_talk,
    until_go_live,
    waiting,
)
from rollout.enums import BriefCall
from rollout.links import (
    ANSWERS,
    ANSWERS_LINK,
    INVITATION,
    INVITATION_LINK,
    PAUSE,
)
from rollout.models import Clarification
from rollout.queries.blocked import BlockedTask
from rollout.queries.calls import Call
from rollout.queries.callsheet import CallSheet

BLOCKS = 5


@dataclass(frozen=True)
class Block:
    """One CEO in a check-in reminder."""

    ceo: str
    phone: str
    there: str
    reasons: list[str]
    sheet: CallSheet
    url: str
    # Empty where the reader is not the CIO, or the region has no liaison.
    hand_over_url: str


@dataclass(frozen=True)
class Wait:
    """One task in a mail about what waits for its reader."""

    title: str
    region: str
    where: str
    missing: str
    # That the reader stands in for the one it waits for; else nothing.
    standing_in: list[str]
    url: str


@dataclass(frozen=True)
class Asked:
    """One question in a mail to whoever is asked."""

    pk: int
    question: str
    # What we have understood; empty where the reader says it in his own words.
    proposal: str
    # Where it belongs, since when it waits, and by when an answer is needed.
    where: str


def check_in_context(calls: list[Call], blocks: list[Block]) -> dict[str, Any]:
    """What the templates of E1 place: a block for each of the first calls."""
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


def blocked_context(found: list[BlockedTask]) -> dict[str, Any]:
    """What the templates of the mail about blocked tasks place: the first ones of them."""
    waits = [_wait(one) for one in found[:BLOCKS]]
    return {
        "waits": waits,
        "first": waits[0],
        "count": len(found),
        "others": len(found) - 1,
        "more": len(found) - len(waits),
        "programme": found[0].task.plan.programme,
    }


def clarification_context(
    recipient: User, rows: list[Clarification], at: datetime
) -> dict[str, Any]:
    """What the templates of both mails place that ask something: the first questions."""
    questions = [_asked(row) for row in rows[:BLOCKS]]
    first = rows[0]
    return {
        "name": recipient.name,
        "questions": questions,
        "first": questions[0],
        "region": first.region.name,
        "asker": first.asked_by.name,
        "age_days": (today(recipient, at) - today(recipient, first.asked_at)).days,
        "needed": day(first.due_date) if first.due_date else "",
        "count": len(rows),
        "others": len(rows) - 1,
        "more": len(rows) - len(questions),
        "days": ANSWERS_LINK.lasts.days,
        "programme": first.programme,
        "link": ANSWERS,
        "pause": PAUSE,
    }


def _asked(row: Clarification) -> Asked:
    said = {"region": row.region.name, "person": row.asked_by.name}
    where = _("%(person)s asks, about %(region)s.") % said
    needed = _("An answer is needed by %(day)s.")
    by = [needed % {"day": day(row.due_date)}] if row.due_date else []
    return Asked(row.pk, row.question, row.proposal, sentences([where, *by]))


def test_context(recipient: User, at: datetime) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "asked": moment(at.astimezone(recipient.zone)),
        "how_often": recipient.get_planned_mail_display(),
        "quiet_from": f"{recipient.quiet_from_time:%H:%M}",
        "quiet_to": f"{recipient.quiet_to_time:%H:%M}",
        "settings_url": page("rollout:settings"),
    }


def invitation_context(recipient: User, programme: Programme | None) -> dict[str, Any]:
    return {
        "name": recipient.name,
        "email": recipient.email,
        "programme": programme,
        "link": INVITATION,
        "days": INVITATION_LINK.lasts.days,
        "home_url": page("rollout:home"),
    }


def block_of(call: Call, sheet: CallSheet, recipient: User, at: datetime) -> Block:
    url = page("rollout:call-sheet", call.engagement.region.code)
    goes_on = call.can_go_to_liaison(recipient)
    return Block(
        ceo=ceo_of(call.engagement.region),
        phone=call.engagement.person.phone,
        there=local_time(call.engagement.region, at),
        reasons=[*call_reasons(call), *standing_in(call.absences.get(recipient.pk))],
        sheet=sheet,
        url=url,
        hand_over_url=f"{url}?hand-over=1" if goes_on else "",
    )


def _wait(one: BlockedTask) -> Wait:
    task = one.task
    region, reason = task.plan.region.name, capital(task.get_block_reason_display())
    where, what = _("%(region)s, since %(day)s"), _("%(reason)s: %(note)s")
    since = timezone.localtime(one.since_at).date() if one.since_at else None
    return Wait(
        title=task.title,
        region=region,
        where=where % {"region": region, "day": day(since)} if since else region,
        missing=what % {"reason": reason, "note": task.block_note}
        if task.block_note
        else reason,
        standing_in=standing_in(one.absence),
        url=page("rollout:task", task.pk),
    )


def call_reasons(call: Call) -> list[str]:
    """Why this CEO and why today, the facts of the rule in words."""
    reasons = [since_last_talk(call.state), until_go_live(call.state)]
    if call.brief is not None:
        said = {
            BriefCall.CALL_ME: _("Asked on %(day)s to be called."),
            BriefCall.UNANSWERED: _("Has not answered the brief of %(day)s."),
        }
        reasons.insert(0, said[call.brief.why] % {"day": day(call.brief.day)})
    now, others = call.engagement.day, call.blocked_tasks - call.ask_tasks
    if call.ask is not None:
        reasons += ask_reason(call.ask.text, call.ask.due_date, now, call.ask_tasks)
    if others:
        reasons.append(waiting(others))
    if call.promise is not None:
        reasons += promise_reason(call.promise.text, call.promise.due_date, now)
    return reasons


def standing_in(absence: Absence | None) -> list[str]:
    """That the reader does something for somebody who is away, and until when."""
    if absence is None:
        return []
    said = {"person": absence.user.name, "day": day(absence.last_date)}
    return [_("You stand in for %(person)s until %(day)s.") % said]


def page(name: str, *args: Any) -> str:
    """The full address of a page."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
