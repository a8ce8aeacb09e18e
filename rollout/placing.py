"""What the templates of each kind of mail place, ready to be written; asks no database.

The composers make it from facts, the previews from made-up rows.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from regions.models import Absence, Programme, User
from regions.wording import (
    capital,
    ceo_of,
    day,
    days,
    local_time,
    moment,
    since_last_talk,
    until_go_live,
    waiting,
)
from rollout.links import INVITATION, INVITATION_LINK, PAUSE, TASKS
from rollout.models import Task
from rollout.queries.blocked import BlockedTask
from rollout.queries.calls import Call
from rollout.queries.callsheet import CallSheet
from rollout.queries.owned import OwnTask

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


def overdue_context(
    found: list[OwnTask], liaison: User | None, now: date
) -> dict[str, Any]:
    """What the templates of E4 place: the oldest ones, each with its three answers."""
    late = [days_late(one, now) for one in found]
    lines = [_own_line(one, days(n)) for one, n in zip(found, late, strict=True)]
    return {
        "subject": _overdue_subject(found, late[0]),
        "tasks": lines[:BLOCKS],
        "count": len(lines),
        "more": max(len(lines) - BLOCKS, 0),
        "liaison": liaison,
        "link": TASKS,
        "programme": found[0].task.plan.programme,
        "pause": PAUSE,
    }


def days_late(one: OwnTask, now: date) -> int:
    return (now - one.task.due_date).days


def _overdue_subject(found: list[OwnTask], late: int) -> str:
    n, first = len(found), found[0].task
    waiting = ngettext("%(n)d task waiting", "%(n)d tasks waiting", n) % {"n": n}
    oldest = ngettext("oldest %(n)d day", "oldest %(n)d days", late) % {"n": late}
    return pgettext("subject", "%(waiting)s, %(oldest)s: %(title)s %(region)s") % {
        "waiting": waiting,
        "oldest": oldest,
        "title": first.title,
        "region": first.plan.region.name,
    }


def _own_line(one: OwnTask, late: str) -> dict[str, Any]:
    task = one.task
    return {
        "pk": task.pk,
        "title": task.title,
        "where": _("%(region)s, was due on %(day)s, %(late)s ago")
        % {"region": task.plan.region.name, "day": day(task.due_date), "late": late},
        "why": task.step.note if task.step else "",
        "standing_in": standing_in(one.absence),
    }


def assigned_context(found: list[OwnTask]) -> dict[str, Any]:
    """What the templates of a task that is given and due at once place."""
    due = _("%(region)s, due on %(day)s")
    lines = [
        {
            "title": one.task.title,
            "region": one.task.plan.region.name,
            "where": due
            % {"region": one.task.plan.region.name, "day": day(one.task.due_date)},
            "standing_in": standing_in(one.absence),
            "url": page("rollout:task", one.task.pk),
        }
        for one in found
    ]
    return {
        "tasks": lines[:BLOCKS],
        "first": lines[0],
        "due": day(found[0].task.due_date),
        "count": len(lines),
        "others": len(lines) - 1,
        "more": max(len(lines) - BLOCKS, 0),
        "list_url": page("rollout:my-tasks"),
        "programme": found[0].task.plan.programme,
    }


def plan_context(found: list[Task]) -> dict[str, Any]:
    """What the templates of a new plan place: whose work in it the reader has, by region."""
    by_plan: dict[int, list[Task]] = {}
    for task in found:
        by_plan.setdefault(task.plan_id, []).append(task)
    return {
        "plans": [_plan(tasks) for tasks in by_plan.values()],
        "region": found[0].plan.region.name,
        "others": len(by_plan) - 1,
        "count": len(found),
        "due": day(found[0].due_date),
        "list_url": page("rollout:my-tasks"),
        "programme": found[0].plan.programme,
        "pause": PAUSE,
    }


def _plan(tasks: list[Task]) -> dict[str, Any]:
    plan = tasks[0].plan
    return {
        "region": plan.region.name,
        "go_live": day(plan.go_live_date),
        "tasks": [(task.title, day(task.due_date)) for task in tasks[:BLOCKS]],
        "more": max(len(tasks) - BLOCKS, 0),
    }


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
    return [*reasons, waiting(call.blocked_tasks)] if call.waits else reasons


def standing_in(absence: Absence | None) -> list[str]:
    """That the reader does something for somebody who is away, and until when."""
    if absence is None:
        return []
    said = {"person": absence.user.name, "day": day(absence.last_date)}
    return [_("You stand in for %(person)s until %(day)s.") % said]


def page(name: str, *args: Any) -> str:
    """The full address of a page."""
    return f"{settings.SITE_URL}{reverse(name, args=args)}"
