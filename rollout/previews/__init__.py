"""Every kind of mail with made-up data: for headquarters to read before anybody is mailed.

No row is read or written; what the rules would compute is set by hand. A kind is one
function here that makes the context of its templates.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from pilots.models import Step
from regions.enums import CheckInState, RhythmStatus, Stage
from regions.models import CheckIn, Programme, Region, RegionalCEO, Rhythm, User
from regions.queries import Engagement
from regions.rhythm import RhythmState
from rollout.enums import BlockReason, DutyKind
from rollout.links import SIGN_IN
from rollout.models import Clarification, Plan, Task
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
from rollout.placing.talks import off_context, talk_context
from rollout.queries.blocked import BlockedTask
from rollout.queries.calls import Call
from rollout.queries.callsheet import CallSheet, Promise, ask_words
from rollout.queries.owned import OwnTask
from rollout.queries.proposals import proposed_ask
from rollout.queries.talks import Booked

from .briefs import (
    brief_answer_sample,
    brief_preview,
    brief_sample,
    call_me_sample,
)
from .render import Preview, rendered

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
    north = _call(1, "NORTH", _("North Company"), programme, _late(at), at)
    coast = replace(
        _call(2, "COAST", _("Coast Company"), programme, _first(at), at),
        callers=(reader,),
        liaisons=(User(),),
    )
    sheets = [
        _sheet(
            north,
            why=[_("The pilot closes its month in three days instead of nine.")],
            changed=[
                _("4 tasks finished."),
                _("1 task overdue: clean the customer list."),
            ],
            by_us=[_("Send a student helper for two weeks")],
        ),
        _sheet(coast, why=[], changed=[], by_us=[]),
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
    first = _task(1, _("Clean the item list"), now - timedelta(days=3), why)
    second = _task(2, _("Name the testers"), now - timedelta(days=2))
    liaison = User(name=_("the liaison"), phone="555 0100")
    found = [OwnTask(task, reader, "") for task in (first, second)]
    return overdue_context(found, {2: [_("the project lead")]}, liaison, now)


def assigned_sample(reader: User, at: datetime) -> dict[str, Any]:
    task = _task(1, _("Clean the item list"), at.date() + timedelta(days=1))
    return assigned_context([OwnTask(task, reader, "")])


def plan_sample(reader: User, at: datetime) -> dict[str, Any]:
    now = at.date()
    first = _task(1, _("Name the testers"), now + timedelta(days=9))
    second = _task(2, _("Clean the item list"), now + timedelta(days=30))
    return plan_context([first, second])


def clarification_sample(reader: User, at: datetime) -> dict[str, Any]:
    """Two questions, of which one only wants a yes."""
    north = _question(
        1,
        _("Which plants keep their own number range?"),
        _("Only the plant in the harbour; the others share one."),
        at,
    )
    return clarification_context(
        reader, [north, _question(2, _("Who signs credit notes?"), "", at)], at
    )


def confirmation_sample(reader: User, at: datetime) -> dict[str, Any]:
    """A question with what headquarters has understood so far."""
    row = _question(
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
    return talk_context(*_booked(reader, at), at)


def talk_off_sample(reader: User, at: datetime) -> dict[str, Any]:
    ceo, booked = _booked(reader, at)
    booked.row.state = CheckInState.CANCELLED
    return off_context(ceo, booked, at)


SAMPLES: dict[str, Callable[[User, datetime], dict[str, Any]]] = {
    DutyKind.CHECK_IN: check_in_sample,
    DutyKind.BLOCKED: blocked_sample,
    DutyKind.OVERDUE: overdue_sample,
    DutyKind.PLAN: plan_sample,
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


# --- Made-up facts -------------------------------------------------------------------


def _task(pk: int, title: str, due: date, why: str = "") -> Task:
    """A task of a plan that goes live sixty days after it is due."""
    plan = Plan(
        pk=1,
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        region=Region(pk=1, code="NORTH", name=_("North Company")),
        go_live_date=due + timedelta(days=60),
    )
    step = Step(note=why) if why else None
    return Task(pk=pk, plan=plan, title=title, due_date=due, step=step)


def _question(pk: int, text: str, proposal: str, at: datetime) -> Clarification:
    return Clarification(
        pk=pk,
        region=Region(pk=1, code="NORTH", name=_("North Company")),
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        question=text,
        proposal=proposal,
        asked_by=User(pk=1, name=_("Liaison North")),
        asked_at=at - timedelta(days=4),
        due_date=at.date() + timedelta(days=2),
    )


def _booked(reader: User, at: datetime) -> tuple[User, Booked]:
    """A CEO, and a talk with him in two days, for which the reader calls."""
    region = Region(pk=1, code="NORTH", name=_("North Company"), time_zone="Asia/Tokyo")
    person = User(pk=0, name=_("CEO of %(region)s") % {"region": region.name})
    row = CheckIn(
        pk=1,
        ceo=RegionalCEO(region=region, user=person),
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        day_date=at.date() + timedelta(days=2),
        at_time=time(15),
    )
    return person, Booked(row, (reader,))


def _late(at: datetime) -> RhythmState:
    return _state(at, RhythmStatus.LATE, talked_days_ago=18, go_live_in=40)


def _first(at: datetime) -> RhythmState:
    return _state(at, RhythmStatus.DUE, talked_days_ago=None, go_live_in=75)


def _state(
    at: datetime, status: RhythmStatus, *, talked_days_ago: int | None, go_live_in: int
) -> RhythmState:
    day = at.date()
    talked = None if talked_days_ago is None else timedelta(days=talked_days_ago)
    return RhythmState(
        day=day,
        status=status,
        stage=Stage.LAST_SIX_WEEKS if go_live_in <= 42 else Stage.PREPARING,
        last_date=day - talked if talked else None,
        age_days=talked_days_ago or 0,
        ideal_days=7,
        longest_days=10,
        next_due_date=day,
        late_from_date=day,
        go_live_date=day + timedelta(days=go_live_in),
        days_to_go_live=go_live_in,
        booked_date=None,
    )


def _call(
    pk: int,
    code: str,
    name: str,
    programme: Programme,
    state: RhythmState,
    at: datetime,
) -> Call:
    region = Region(pk=pk, code=code, name=name)
    person = User(
        pk=pk, name=_("CEO of %(region)s") % {"region": name}, phone="555 0100"
    )
    ceo = RegionalCEO(pk=pk, region=region, user=person)
    one = Engagement(
        rhythm=Rhythm(pk=pk, ceo=ceo, programme=programme),
        ceo=ceo,
        region=region,
        person=person,
        day=at.date(),
        state=state,
        last_contact_id=0,
        booked=None,
        then_due_date=at.date() + timedelta(days=state.ideal_days),
    )
    return Call(
        engagement=one,
        state=state,
        callers=(),
        liaisons=(),
        ask=None,
        blocked_tasks=0,
    )


def _sheet(
    call: Call, *, why: list[str], changed: list[str], by_us: list[str]
) -> CallSheet:
    proposal = proposed_ask(call.engagement)
    return CallSheet(
        engagement=call.engagement,
        ask=None,
        proposal=proposal,
        ask_text=ask_words(proposal, call.engagement),
        why=why,
        changed=changed,
        by_us=[Promise(text) for text in by_us],
        by_him=[],
        offers=[],
        starters=[],
    )
