"""Rows for tests: plain functions with readable defaults and nothing random.

They write without a history (`unrecorded`), as rows that were there before the test.
Every date hangs on NOW: the kick-off lies five weeks back, go-live eight weeks ahead.
"""

from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from typing import Any, TypeVar

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.db.models import Model

from pilots.enums import Area, FindingKind
from pilots.models import Finding, Pilot, Procedure, Step, StepLink, SuccessCriterion
from regions.enums import GROUP_ROLES, AskKind, Attitude, FileKind, Outcome, Role
from regions.models import (
    Absence,
    Ask,
    Attachment,
    Blackout,
    CheckIn,
    Contact,
    ContactDraft,
    Holiday,
    Membership,
    Programme,
    Region,
    RegionalCEO,
    Rhythm,
    Snooze,
    Stance,
    User,
)
from regions.models.attachments import AttachmentStorage, random_name
from rollout.enums import (
    OUT,
    BriefState,
    ClarificationState,
    DutyKind,
    MailState,
    RequestKind,
)
from rollout.models import (
    Brief,
    CalendarFeed,
    ChecklistItem,
    Clarification,
    CloseOut,
    Duty,
    Handover,
    Heartbeat,
    LessonUse,
    Mail,
    MailEvent,
    Plan,
    PlanProcedure,
    Push,
    PushedPlan,
    Task,
    TaskComment,
    TaskFinding,
    TaskLink,
    TaskRequest,
    Wave,
)
from rollout.queries.health import JOBS
from tests.history_guard import unrecorded

Row = TypeVar("Row", bound=Model)

NOW = datetime(2027, 3, 10, 9, 0, tzinfo=UTC)  # a Wednesday
LONG_AGO = date(2020, 1, 1)
KICK_OFF = date(2027, 2, 1)
GO_LIVE = date(2027, 5, 3)


def saved(row: Row) -> Row:
    with unrecorded():
        row.save(force_insert=True)
    return row


# --- People and companies ------------------------------------------------------------


def make_programme(code: str = "ERP", **values: Any) -> Programme:
    return saved(Programme(code=code, **{"name": "ERP roll-out"} | values))


def make_region(code: str = "NORTH", **values: Any) -> Region:
    return saved(Region(code=code, **{"name": f"{code.title()} Company"} | values))


def make_holiday(
    country: str = "US", day_date: date = date(2027, 3, 10), **values: Any
) -> Holiday:
    """A day off in all of a country, on the day of NOW."""
    return saved(
        Holiday(country=country, day_date=day_date, **{"name": "Day off"} | values)
    )


def make_blackout(programme: Programme, **values: Any) -> Blackout:
    """Two weeks round the go-live of all regions, on which nothing is asked of them."""
    days = {"first_date": date(2027, 4, 26), "last_date": date(2027, 5, 7)}
    defaults = {"reason": "Closing of the year"}
    return saved(Blackout(programme=programme, **defaults | days | values))


def make_user(
    email: str = "somebody@example.org",
    *roles: Role,
    region: Region | None = None,
    **values: Any,
) -> User:
    """A person who may sign in; regional roles are held in `region`, all since long ago."""
    name = email.partition("@")[0].replace(".", " ").title()
    defaults = {"name": name, "may_sign_in": True, "password": "!"}
    user = saved(User(email=email, **defaults | values))
    for role in roles:
        make_membership(user, role, None if role in GROUP_ROLES else region)
    user.as_of = NOW
    return user


def make_membership(
    user: User, role: Role, region: Region | None = None, **values: Any
) -> Membership:
    values = {"from_date": LONG_AGO} | values
    return saved(Membership(user=user, role=role, region=region, **values))


def make_absence(user: User, deputy: User | None = None, **values: Any) -> Absence:
    """Three days away, NOW in the middle of them."""
    days = {"from_date": date(2027, 3, 9), "last_date": date(2027, 3, 11)}
    return saved(Absence(user=user, deputy=deputy, **days | values))


def make_handover(giver: User, taker: User, **values: Any) -> Handover:
    return saved(Handover(giver=giver, taker=taker, **{"at": NOW} | values))


def make_ceo(region: Region, user: User | None = None, **values: Any) -> RegionalCEO:
    """The head of a region, who has no login."""
    if user is None:
        email = f"ceo.{region.code.lower()}@example.org"
        user = make_user(email, may_sign_in=False)
    return saved(
        RegionalCEO(region=region, user=user, **{"from_date": LONG_AGO} | values)
    )


# --- Keeping in touch ----------------------------------------------------------------


def make_rhythm(ceo: RegionalCEO, programme: Programme, **values: Any) -> Rhythm:
    values = {"kick_off_date": KICK_OFF, "go_live_date": GO_LIVE} | values
    return saved(Rhythm(ceo=ceo, programme=programme, **values))


def make_ask(ceo: RegionalCEO, programme: Programme, **values: Any) -> Ask:
    due = values.get("due_date", date(2027, 3, 17))
    defaults = {"kind": AskKind.PEOPLE, "text": "Name a data owner"}
    dates = {"due_date": due, "first_due_date": due}
    return saved(Ask(ceo=ceo, programme=programme, **defaults | dates | values))


def make_check_in(ceo: RegionalCEO, programme: Programme, **values: Any) -> CheckIn:
    """A talk booked for the day after NOW."""
    values = {"day_date": date(2027, 3, 11)} | values
    return saved(CheckIn(ceo=ceo, programme=programme, **values))


def make_stance(
    ceo: RegionalCEO, programme: Programme, by: User, **values: Any
) -> Stance:
    """Neutral, wanted as supportive, judged two days before NOW."""
    judged = {
        "current": Attitude.NEUTRAL,
        "wanted": Attitude.SUPPORTIVE,
        "sentence": "Asked what it costs his people",
        "judged_at": NOW - timedelta(days=2),
    }
    return saved(Stance(ceo=ceo, programme=programme, by=by, **judged | values))


def make_snooze(user: User, rhythm: Rhythm, **values: Any) -> Snooze:
    """Put off for three days."""
    until = {"until_date": date(2027, 3, 13), "reason": "Travels this week"}
    return saved(Snooze(user=user, rhythm=rhythm, at=NOW, **until | values))


def make_contact(
    ceo: RegionalCEO, programme: Programme, by: User, **values: Any
) -> Contact:
    """A talk of fifteen minutes, two days before NOW."""
    reached = {
        "held_at": NOW - timedelta(days=2),
        "outcome": Outcome.REACHED,
        "minutes": 15,
    }
    return saved(Contact(ceo=ceo, programme=programme, by=by, **reached | values))


def make_draft(
    ceo: RegionalCEO, programme: Programme, user: User, **values: Any
) -> ContactDraft:
    """Begun an hour before NOW: reached, with a note."""
    said = {"outcome": "reached", "note": "Half a sentence"}
    begun = {"data": said, "saved_at": NOW - timedelta(hours=1)}
    return saved(
        ContactDraft(ceo=ceo, programme=programme, user=user, **begun | values)
    )


# --- Pilots and playbook -------------------------------------------------------------


def make_pilot(programme: Programme, name: str = "Pilot", **values: Any) -> Pilot:
    return saved(Pilot(programme=programme, name=name, **values))


def make_criterion(pilot: Pilot, **values: Any) -> SuccessCriterion:
    """Mandatory, and not measured yet."""
    what = {"metric": "Orders entered on the day they come", "unit": "%", "target": 95}
    return saved(SuccessCriterion(pilot=pilot, **what | values))


def make_procedure(
    programme: Programme, name: str = "Prepare the data", **values: Any
) -> Procedure:
    """The first version, published."""
    values = {"published_at": NOW} | values
    return saved(Procedure(programme=programme, name=name, **values))


def make_step(
    procedure: Procedure, title: str = "Clean the customer list", **values: Any
) -> Step:
    """A step due thirty days before go-live."""
    return saved(
        Step(procedure=procedure, title=title, **{"offset_days": -30} | values)
    )


def make_finding(
    programme: Programme, title: str = "Customers were listed twice", **values: Any
) -> Finding:
    values = {"kind": FindingKind.PROBLEM, "area": Area.DATA} | values
    return saved(Finding(programme=programme, title=title, **values))


# --- Waves, plans, tasks -------------------------------------------------------------


def make_wave(programme: Programme, name: str = "Wave 1", **values: Any) -> Wave:
    """Open since long ago."""
    since = {"opened_at": datetime(2027, 1, 11, 9, tzinfo=UTC)}
    values = {"kick_off_date": KICK_OFF, "go_live_date": GO_LIVE} | since | values
    return saved(Wave(programme=programme, name=name, **values))


def make_plan(region: Region, wave: Wave, **values: Any) -> Plan:
    """A region's plan with the dates of its wave and no task yet."""
    dates = {
        "kick_off_date": wave.kick_off_date,
        "go_live_date": wave.go_live_date,
        "first_go_live_date": values.get("go_live_date", wave.go_live_date),
    }
    return saved(
        Plan(region=region, wave=wave, programme=wave.programme, **dates | values)
    )


def make_task(
    plan: Plan, title: str = "Clean the customer list", **values: Any
) -> Task:
    """An open task, due two weeks after NOW."""
    due = values.get("due_date", date(2027, 3, 24))
    dates = {"due_date": due, "first_due_date": due}
    return saved(Task(plan=plan, title=title, **dates | values))


def make_push(plan: Plan, procedure: Procedure, by: User) -> PushedPlan:
    """A version that was carried into one plan; it changed nothing there."""
    push = saved(Push(procedure=procedure, by=by, at=NOW))
    return saved(PushedPlan(push=push, plan=plan))


def make_close_out(pilot: Pilot, by: User, **values: Any) -> CloseOut:
    """Of three people, at NOW."""
    what = {"started_by": by, "started_at": NOW, "asked": 3}
    return saved(CloseOut(pilot=pilot, **what | values))


def make_taught(task: Task, finding: Finding) -> TaskFinding:
    return saved(TaskFinding(task=task, finding=finding))


def make_version(plan: Plan, procedure: Procedure) -> PlanProcedure:
    """The version of a procedure that a plan follows."""
    return saved(PlanProcedure(plan=plan, procedure=procedure))


def make_step_link(step: Step, before: Step) -> StepLink:
    return saved(StepLink(step=step, before=before))


def make_link(task: Task, before: Task) -> TaskLink:
    return saved(TaskLink(task=task, before=before))


def make_item(task: Task, title: str = "Ask the clerk", **values: Any) -> ChecklistItem:
    return saved(ChecklistItem(task=task, title=title, **values))


def make_comment(task: Task, by: User, **values: Any) -> TaskComment:
    values = {"text": "The list is half done", "at": NOW} | values
    return saved(TaskComment(task=task, by=by, **values))


def make_use(task: Task, finding: Finding, by: User, **values: Any) -> LessonUse:
    """The lesson was used, said at NOW; told what came of it, that was at NOW too."""
    said = {"answer": "used", "by": by, "at": NOW}
    told = {"outcome_by": by, "outcome_at": NOW} if values.get("outcome") else {}
    return saved(LessonUse(task=task, finding=finding, **said | told | values))


def make_request(task: Task, by: User, **values: Any) -> TaskRequest:
    """Somebody asks to have his task due four weeks after NOW."""
    wish = {"kind": RequestKind.DATE, "wished_date": date(2027, 4, 7)}
    asked = {"reason": "The list comes late", "by": by, "at": NOW}
    return saved(TaskRequest(task=task, **wish | asked | values))


def make_clarification(
    region: Region, programme: Programme, by: User, of: User, **values: Any
) -> Clarification:
    """An unanswered question, asked at NOW."""
    what = {"question": "Which plants keep their own number range?", "asked_at": NOW}
    people = {"asked_by": by, "asked_of": of}
    row = {"region": region, "programme": programme} | people | what | values
    if row.get("state", ClarificationState.OPEN) not in ("open", "withdrawn"):
        said = {"answer": "Only the harbour", "answered_by": of, "answered_at": NOW}
        row = said | row
    if row.get("state") == ClarificationState.CONFIRMED:
        row = {"confirmed_by": of, "confirmed_at": NOW} | row
    return saved(Clarification(**row))


def make_brief(ask: Ask, by: User, **values: Any) -> Brief:
    """A draft for what is asked of a CEO; sent, it went out at NOW."""
    texts = {
        "benefit": "The pilot closes its month in three days instead of nine.",
        "source": "Report of the pilot",
        "standing": "The go-live is on Mon 3 May.",
        "need": "Name a data owner by Wed 17 Mar.",
        "why_you": "Only you can free people from their daily work.",
        "we_take_off": "We prepare the papers.",
    }
    what = {"ceo": ask.ceo, "programme": ask.programme, "ask": ask, "made_by": by}
    row = what | texts | {"due_date": date(2027, 3, 17), "language": "en"} | values
    if row.get("state", BriefState.DRAFT) in OUT:
        sent = {"sent_at": NOW, "reviewed_by": by, "writer": by, "paper": b"%PDF-1.4"}
        row = sent | {"call_date": date(2027, 3, 17)} | row
    return saved(Brief(**row))


def make_attachment(
    row: Model,
    by: User,
    name: str = "photo.txt",
    data: bytes = b"what is",
    **values: Any,
) -> Attachment:
    """A small text that hangs on a task or a finding."""
    programme = row.plan.programme if isinstance(row, Task) else row.programme
    what = {"model": row._meta.label_lower, "object_id": row.pk, "name": name}
    kept = {
        "programme": programme,
        "region_id": row.history_region_id,
        "kind": FileKind.TXT,
        "size": len(data),
        "digest": sha256(data).hexdigest(),
        "file": AttachmentStorage().save(random_name(), ContentFile(data)),
        "by": by,
        "added_at": NOW,
    }
    return saved(Attachment(**what | kept | values))


# --- What people are told ------------------------------------------------------------


def make_mail(recipient: User, slot: str = "2027-03-10", **values: Any) -> Mail:
    """A mail planned for NOW."""
    values = {"planned_at": NOW, "next_try_at": NOW} | values
    return saved(Mail(recipient=recipient, slot=slot, **values))


def make_duty(
    recipient: User, about: Model, occurrence: str = "0", **values: Any
) -> Duty:
    """A reminder of a row, found at NOW."""
    what = {"model": about._meta.label_lower, "object_id": about.pk}
    values = {"kind": DutyKind.CHECK_IN, "created_at": NOW} | what | values
    return saved(Duty(recipient=recipient, occurrence=occurrence, **values))


def make_event(mail: Mail, **values: Any) -> MailEvent:
    """The mail was planned."""
    return saved(
        MailEvent(mail=mail, **{"at": NOW, "state": MailState.PLANNED} | values)
    )


def make_heartbeats(at: datetime = NOW) -> None:
    """Both jobs ran at that moment."""
    for job in JOBS:
        saved(Heartbeat(job=job, at=at))


def make_feed(user: User, **values: Any) -> CalendarFeed:
    """A calendar for somebody's phone, made at NOW and not used yet."""
    values = {"device": "Phone", "created_at": NOW} | values
    return saved(CalendarFeed(user=user, **values))


def make_session(user: User, key: str = "elsewhere", **values: Any) -> UserSession:
    """Signed in at NOW in another browser."""
    agent = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"
    defaults = {"ip": "192.0.2.7", "user_agent": agent, "created_at": NOW}
    data = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    Session.objects.create(
        session_key=key,
        session_data=SessionStore().encode(data),
        expire_date=NOW + timedelta(days=14),
    )
    return saved(UserSession(user=user, session_key=key, **defaults | values))
