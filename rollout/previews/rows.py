"""Made-up rows and facts, of which the previews are made."""

from datetime import date, datetime, time, timedelta

from django.utils.translation import gettext as _

from pilots.models import Step
from regions.enums import RhythmStatus, Stage
from regions.models import CheckIn, Programme, Region, RegionalCEO, Rhythm, User
from regions.queries import Engagement
from regions.rhythm import RhythmState
from rollout.models import Clarification, Plan, Task
from rollout.queries.calls import Call
from rollout.queries.callsheet import CallSheet, Promise, ask_words
from rollout.queries.proposals import proposed_ask
from rollout.queries.talks import Booked


def made_task(pk: int, title: str, due: date, why: str = "") -> Task:
    """A task of a plan that goes live sixty days after it is due."""
    plan = Plan(
        pk=1,
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        region=Region(pk=1, code="NORTH", name=_("North Company")),
        go_live_date=due + timedelta(days=60),
    )
    step = Step(note=why) if why else None
    return Task(pk=pk, plan=plan, title=title, due_date=due, step=step)


def made_question(pk: int, text: str, proposal: str, at: datetime) -> Clarification:
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


def booked_talk(reader: User, at: datetime) -> tuple[User, Booked]:
    """A CEO, and a talk with him in two days, for which the reader calls."""
    region = Region(pk=1, code="NORTH", name=_("North Company"), time_zone="Asia/Tokyo")
    name = _("CEO of %(region)s") % {"region": region.name}
    person = User(pk=0, name=name, time_zone="Asia/Tokyo")
    row = CheckIn(
        pk=1,
        ceo=RegionalCEO(region=region, user=person),
        programme=Programme(pk=1, code="ERP", name=_("ERP roll-out")),
        day_date=at.date() + timedelta(days=2),
        at_time=time(15),
    )
    return person, Booked(row, (reader,))


def late(at: datetime) -> RhythmState:
    return made_state(at, RhythmStatus.LATE, talked_days_ago=18, go_live_in=40)


def first_talk(at: datetime) -> RhythmState:
    return made_state(at, RhythmStatus.DUE, talked_days_ago=None, go_live_in=75)


def made_state(
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


def made_call(
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


def made_sheet(
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
