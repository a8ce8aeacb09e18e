"""The world of the matrix: two regions alike, the people, and requests that repeat exactly."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from http.cookies import SimpleCookie
from types import SimpleNamespace
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pilots.enums import FindingState
from pilots.models import Procedure
from regions.enums import Audience, Channel, CheckInState, Role
from regions.history import Act
from regions.models import Attachment, Programme, Region, User
from rollout.enums import (
    BlockReason,
    BriefState,
    DutyKind,
    MailState,
    TaskState,
)  # fmt: skip
from rollout.links import (
    ANSWERS_LINK,
    BRIEF_LINK,
    CLOSE_OUT_LINK,
    TASKS_LINK,
    feed_url,
    invitation_token,
    pause_token,
    sign_in_token,
)
from rollout.models import Handover, Plan, Push, Task, Wave
from rollout.queries.handover import moving_from
from rollout.queries.pushing import push_preview
from rollout.queries.rhythms import rhythm_preview
from rollout.services.handovers import hand_over
from rollout.services.mail import mail_at_once
from rollout.services.pushing import push_change
from rollout.services.tasks import start_task
from tests import factories
from tests.admin_rows import make_entry
from tests.factories import NOW, make_user
from tests.markers import mark, marker
from tests.passkeys import make_passkey
from tests.permissions import ARGS, BODIES, RHYTHM

FORM = "application/x-www-form-urlencoded"
CSRF = "c" * 32
TOKEN = {"csrfmiddlewaretoken": CSRF}
ABSENT_PK, ABSENT_TEXT = 999_999, "NO-SUCH"
RHYTHM_VALUES = {name: int(days) for name, days in RHYTHM.items()}


# --- People and rows -----------------------------------------------------------------


@dataclass
class World:
    """Two regions that differ in nothing but their names, and everybody of the matrix."""

    people: dict[str, User | None]
    north: SimpleNamespace
    south: SimpleNamespace
    clients: dict[str, Client]


def make_world() -> World:
    programme = factories.make_programme()
    factories.make_heartbeats()
    shared = _shared(programme)
    group = {
        "cio": make_user("cio@example.org", Role.CIO),
        "hq": make_user("hq@example.org", Role.HQ),
        "auditor": make_user("auditor@example.org", Role.AUDITOR),
    }
    sides = {}
    for code in ("NORTH", "SOUTH"):
        region = factories.make_region(code)
        overruled = {"opened_by": group["cio"], "overruled_reason": "It cannot wait"}
        wave = factories.make_wave(programme, code, **overruled)
        people = _people(region)
        rows = _rows(region, shared, wave, people)
        mark(region)
        sides[code] = people, SimpleNamespace(**vars(shared), **vars(rows))
    (north, north_rows), (south, south_rows) = sides["NORTH"], sides["SOUTH"]
    people = {
        "anonymous": None,
        "outsider": make_user("outsider@example.org"),
        **group,
        **north,
        "former": _former(north_rows.region),
        "south": south["staff"],
        "south_liaison": south["liaison"],
        "south_manager": south["manager"],
    }
    clients = {role: _browser(user) for role, user in people.items()}
    return World(people, north_rows, south_rows, clients)


def _people(region: Region) -> dict[str, User]:
    roles = (Role.LIAISON, Role.MANAGER, Role.STAFF, Role.HELPER, Role.PROOFREADER)
    place = region.code.lower()
    return {
        role.value: make_user(f"{role}.{place}@example.org", role, region=region)
        for role in roles
    }


def _former(region: Region) -> User:
    """Was the liaison until today."""
    user = make_user("former@example.org")
    held = {"to_date": NOW.date()}
    factories.make_membership(user, Role.LIAISON, region, **held)
    return user


def _shared(programme: Programme) -> SimpleNamespace:
    """What belongs to the programme: the playbook and its findings."""
    step = factories.make_step(factories.make_procedure(programme))
    finding = factories.make_finding
    pilot = factories.make_pilot(programme)
    next_version = factories.make_procedure(programme, "Drafted", published_at=None)
    first = factories.make_step(next_version, "First")
    then = factories.make_step(next_version, "Then", position=1)
    factories.make_step_link(then, first)
    return SimpleNamespace(
        pilot=pilot,
        next_version=next_version,
        next_step=then,
        criterion=factories.make_criterion(pilot),
        step=step,
        carried=_version(programme, "Books"),
        later=_version(programme, "Money"),
        proposed=finding(programme, "Proposed"),
        reviewed=finding(programme, "Reviewed", state=FindingState.REVIEWED),
        adopted=finding(programme, "Adopted", state=FindingState.ADOPTED, step=step),
        taught=finding(programme, "Taught", state=FindingState.ADOPTED, step=step),
        rejected=finding(
            programme, "Rejected", state=FindingState.REJECTED, decision_reason="no"
        ),
    )


def _version(programme: Programme, name: str) -> Procedure:
    """The second version of a procedure, of which plans follow the first."""
    factories.make_procedure(programme, name)
    return factories.make_procedure(programme, name, number=2)


def _pushed(
    plan: Plan, shared: SimpleNamespace, by: User
) -> tuple[Push, dict[str, str]]:
    """One version is carried into the plan; what is seen of the other, which is not."""
    for procedure in Procedure.objects.filter(name__in=["Books", "Money"], number=1):
        factories.make_version(plan, procedure)
    seen = {
        version: {
            one.plan.pk: one.seen
            for one in push_preview(version, by, NOW, plans=[plan.pk]).changes
        }
        for version in (shared.carried, shared.later)
    }
    act = Act(by=by, at=NOW)
    push = push_change(shared.carried, seen[shared.carried], reader=by, act=act)
    shown = {f"seen-{pk}": digest for pk, digest in seen[shared.later].items()}
    return push, shown


def _rows(
    region: Region,
    shared: SimpleNamespace,
    wave: Wave,
    people: dict[str, User],
) -> SimpleNamespace:
    """A row of each kind, in the state that each act needs."""
    staff, liaison = people["staff"], people["liaison"]
    programme = wave.programme
    ceo = factories.make_ceo(region)
    plan = factories.make_plan(region, wave)
    changed = factories.make_task(plan, "Changed", owner=staff)
    started = Act(by=staff, at=NOW)
    start_task(changed, version=1, act=started)
    link = mail_at_once(staff, DutyKind.SIGN_IN, occurrence="matrix", at=NOW)
    link.dated_at = NOW
    wanted = factories.make_ask(ceo, programme)
    brief = factories.make_brief(wanted, liaison, state=BriefState.SENT)
    brought = factories.make_mail(
        ceo.user, "brief 1", planned_at=NOW - timedelta(days=15), dated_at=NOW,
        state=MailState.SUPERSEDED,
    )  # fmt: skip
    factories.make_duty(ceo.user, brief, kind=DutyKind.BRIEF, mail=brought)
    rhythm = factories.make_rhythm(ceo, programme)
    factories.make_check_in(ceo, programme, state=CheckInState.CANCELLED)
    # After the longest day, so that the call stays on the list.
    booked = factories.make_check_in(ceo, programme, day_date=date(2027, 3, 16))
    person, handover = _handed_over(region, plan, liaison)
    push, push_seen = _pushed(plan, shared, wave.opened_by)
    factories.make_snooze(person, rhythm)
    factories.make_blackout(programme, region=region)
    blocked = {"state": TaskState.BLOCKED, "block_reason": BlockReason.DATA}
    late = {"due_date": (NOW - timedelta(days=3)).date()}
    task = factories.make_task(plan, "Open", owner=staff, **late)
    dropped = {"state": TaskState.DROPPED, "drop_reason": "no"}
    factories.make_task(plan, "Dropped", **dropped)
    done = {"state": TaskState.DONE, "finished_at": NOW - timedelta(days=90)}
    lesson = factories.make_task(plan, "Lesson", owner=staff, step=shared.step, **done)
    asked = factories.make_clarification(
        region, programme, liaison, staff, asked_at=NOW - timedelta(days=2), task=task
    )
    question = mail_at_once(
        staff,
        DutyKind.CONFIRMATION,
        occurrence="matrix",
        at=NOW - timedelta(minutes=2),
        about=asked,
    )
    question.dated_at = NOW
    feed = factories.make_feed(staff)
    pilot = programme.pilots.get()
    close_out = pilot.close_outs.first() or factories.make_close_out(
        pilot, wave.opened_by
    )
    round_ = mail_at_once(
        staff, DutyKind.CLOSE_OUT, occurrence="matrix", at=NOW, about=close_out
    )
    round_.dated_at = NOW
    mail = factories.make_mail(liaison)
    told = factories.make_mail(staff, "told", dated_at=NOW)
    factories.make_duty(staff, task, kind=DutyKind.OVERDUE, mail=told)
    factories.make_event(mail, state=MailState.PLANNED)
    for audience in Audience:
        make_entry(region, audience=audience)
    return SimpleNamespace(
        region=region,
        member=staff,
        key=uuid.UUID(int=1),
        plan=plan,
        wave=wave,
        rhythm=rhythm,
        booked=booked,
        rhythm_seen=rhythm_preview(wave, RHYTHM_VALUES, NOW).seen,
        stance=factories.make_stance(ceo, programme, liaison),
        # It is over: the call is on his list again.
        snooze=factories.make_snooze(liaison, rhythm, until_date=NOW.date()),
        contact=factories.make_contact(
            ceo,
            programme,
            liaison,
            held_at=NOW - timedelta(days=18),
            channel=Channel.PHONE,
            note="Said so",
        ),
        task=task,
        request=factories.make_request(changed, staff),
        mailed=TASKS_LINK.token(told),
        file=_file(task, staff),
        lesson=lesson,
        use=factories.make_use(
            lesson,
            shared.taught,
            staff,
            answer="skipped",
            skip_reason="no_time",
            skip_note="March",
        ),
        item=factories.make_item(task),
        comment=factories.make_comment(task, staff),
        asked=asked,
        feed=feed,
        calendar=urlsplit(feed_url(feed)).path.split("/")[-1].removesuffix(".ics"),
        brief=brief,
        # Of a programme of its own, so that another one can be begun.
        draft=factories.make_brief(
            wanted, liaison, programme=factories.make_programme(f"Z{region.code}")
        ),
        brief_link=BRIEF_LINK.token(brought),
        answered=factories.make_clarification(
            region, programme, liaison, staff, state="answered", proposal="Was it so?"
        ),
        close_out=CLOSE_OUT_LINK.token(round_),
        answers=ANSWERS_LINK.token(question),
        blocked=factories.make_task(
            plan, "Blocked", owner=staff, waits_for=ceo.user, **blocked
        ),
        ask=wanted,
        waiting=factories.make_task(
            plan, "Waiting", owner=staff, waits_for_ask=wanted, **blocked
        ),
        changed=changed,
        act=started.id,
        mail=mail,
        passkey=make_passkey(staff),
        session=factories.make_session(staff, f"elsewhere-{region.code}"),
        token=sign_in_token(link),
        pause=pause_token(link),
        invitation=invitation_token(link),
        person=person,
        other=liaison,
        role=staff.memberships.get(),
        absence=factories.make_absence(
            person, from_date=date(2027, 4, 1), last_date=date(2027, 4, 2)
        ),
        handover=handover,
        push=push,
        push_seen=push_seen,
    )


def _file(task: Task, by: User) -> Attachment:
    """Told whose it is by its text too, and by that of its preview."""
    text = marker(task.plan.region, "all").encode()
    file = factories.make_attachment(task, by, data=text)
    with factories.unrecorded():
        file.preview = file.file
        file.save()
    return file


def _handed_over(region: Region, plan: Plan, liaison: User) -> tuple[User, Handover]:
    """Somebody whose task another has now, and who has one left to give."""
    person = make_user(
        f"given.{region.code.lower()}@example.org", Role.LIAISON, region=region
    )
    factories.make_task(plan, "Given", owner=person)
    seen = moving_from(person, NOW).seen
    handover = hand_over(person, liaison, seen=seen, act=Act(by=liaison, at=NOW))
    factories.make_task(plan, "To give", owner=person)
    return person, handover


# --- Requests ------------------------------------------------------------------------


@dataclass(frozen=True)
class Ask:
    """One request, byte for byte; only the session is added to it."""

    method: str
    path: str
    body: bytes = b""
    content_type: str = FORM

    @classmethod
    def of(cls, name: str, method: str, made: Any) -> "Ask":
        path = reverse(name, args=args_of(name, made))
        fields = BODIES[name](made) if name in BODIES and method == "POST" else {}
        if any(isinstance(value, File) for value in fields.values()):
            body = encode_multipart(BOUNDARY, {**fields, **TOKEN})
            return cls(method, path, body, MULTIPART_CONTENT)
        return cls(method, path, encoded(fields) if method != "GET" else b"")

    def at_absent(self, name: str, made: Any) -> "Ask":
        """The same for a row that never was."""
        path = reverse(name, args=[_absent(arg) for arg in args_of(name, made)])
        return Ask(self.method, path, self.body, self.content_type)


def args_of(name: str, made: Any) -> list[Any]:
    return ARGS[name](made) if name in ARGS else []


def _absent(arg: Any) -> Any:
    if isinstance(arg, uuid.UUID):
        return uuid.UUID(int=ABSENT_PK)
    return ABSENT_PK if isinstance(arg, int) else ABSENT_TEXT


def encoded(fields: dict[str, Any]) -> bytes:
    return urlencode({**fields, **TOKEN}, doseq=True).encode()


@contextmanager
def undone() -> Iterator[None]:
    """What happens within is taken back."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def send(client: Client, ask: Ask) -> HttpResponse:
    """The answer, with the watch of Django on forms from elsewhere switched on."""
    kept = {name: cookie.value for name, cookie in client.cookies.items()}
    client.cookies[settings.CSRF_COOKIE_NAME] = CSRF
    try:
        return client.generic(
            ask.method, ask.path, ask.body, content_type=ask.content_type
        )
    finally:
        client.cookies = SimpleCookie(kept)


def _browser(user: User | None) -> Client:
    client = Client(enforce_csrf_checks=True)
    if user is not None:
        client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
        # He has just said once more who he is, as pages with secrets want it.
        request = HttpRequest()
        request.session = session = client.session
        record_authentication(request, user, "password", reauthenticated=True)
        session.save()
    return client


# --- Addresses -----------------------------------------------------------------------


class Address(NamedTuple):
    name: str
    pattern: URLPattern
    # Whether it has a place for the key of a row.
    takes_row: bool


def addresses(
    patterns: list[Any], namespace: str = "", *, takes_row: bool = False
) -> Iterator[Address]:
    """Every address, also below a common beginning."""
    for pattern in patterns:
        has_row = takes_row or bool(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            inner = f"{pattern.namespace}:" if pattern.namespace else namespace
            yield from addresses(pattern.url_patterns, inner, takes_row=has_row)
        elif isinstance(pattern, URLPattern):
            name = f"{namespace}{pattern.name or pattern.pattern}"
            yield Address(name, pattern, has_row)


def every_address() -> list[Address]:
    return list(addresses(get_resolver().url_patterns))


def all_addresses() -> dict[str, URLPattern]:
    return {one.name: one.pattern for one in every_address()}
