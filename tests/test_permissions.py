"""The permission matrix, walked over every address of the product."""

import uuid
from datetime import date
from types import SimpleNamespace

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from pilots.enums import FindingState
from regions.enums import Role
from regions.history import Act
from rollout.enums import BlockReason, DutyKind, TaskState
from rollout.links import invitation_token, pause_token, sign_in_token
from rollout.queries.handover import moving_from
from rollout.services.handovers import hand_over
from rollout.services.mail import mail_at_once
from rollout.services.tasks import start_task
from tests.factories import (
    NOW,
    make_absence,
    make_contact,
    make_finding,
    make_heartbeats,
    make_mail,
    make_procedure,
    make_step,
    make_task,
    make_user,
)
from tests.permissions import ARGS, BODIES, ROLES, Row, rows
from tests.tables import snapshot

pytestmark = pytest.mark.usefixtures("frozen")


@pytest.fixture
def people(
    outsider, cio, hq, auditor, liaison_north, manager_north, staff_north, helper_north,
    staff_south,
):  # fmt: skip
    cast = [
        outsider, cio, hq, auditor, liaison_north, manager_north, staff_north,
        helper_north, staff_south,
    ]  # fmt: skip
    return dict(zip(ROLES, [None, *cast], strict=True))


@pytest.fixture
def made(people, ceo_north, programme, rhythm_north, plan_north, plan_south):
    """A row of each kind in the north, in the state that each act needs."""
    staff, liaison = people["staff"], people["liaison"]
    step = make_step(make_procedure(programme))
    changed = make_task(plan_north, "Changed", owner=staff)
    start_task(changed, version=1, act=Act(by=staff, at=NOW))
    link = mail_at_once(staff, DutyKind.SIGN_IN, occurrence="matrix", at=NOW)
    link.dated_at = NOW
    make_heartbeats()
    person = make_user("north@example.org", Role.LIAISON, region=plan_north.region)
    make_task(plan_north, "Given", owner=person)
    act = Act(by=people["hq"], at=NOW)
    seen = moving_from(person, NOW).seen
    handover = hand_over(person, liaison, seen=seen, act=act)
    make_task(plan_north, "To give", owner=person)
    return SimpleNamespace(
        person=person,
        other=liaison,
        role=staff.memberships.get(),
        absence=make_absence(
            person, from_date=date(2027, 4, 1), last_date=date(2027, 4, 2)
        ),
        handover=handover,
        seen=moving_from(person, NOW).seen,
        invitation=invitation_token(link),
        key=uuid.UUID(int=1),
        plan=plan_north,
        rhythm=rhythm_north,
        contact=make_contact(ceo_north, programme, liaison),
        task=make_task(plan_north, "Open", owner=staff),
        blocked=make_task(
            plan_north,
            "Blocked",
            owner=staff,
            state=TaskState.BLOCKED,
            block_reason=BlockReason.DATA,
        ),
        changed=changed,
        mail=make_mail(liaison),
        token=sign_in_token(link),
        pause=pause_token(link),
        step=step,
        proposed=make_finding(programme, "Proposed"),
        reviewed=make_finding(programme, "Reviewed", state=FindingState.REVIEWED),
        adopted=make_finding(
            programme, "Adopted", state=FindingState.ADOPTED, step=step
        ),
        rejected=make_finding(
            programme, "Rejected", state=FindingState.REJECTED, decision_reason="no"
        ),
    )


class Undone(Exception):  # noqa: N818 - ends the block so that the next role starts afresh
    pass


def answer(row: Row, user, made) -> int:
    """The code that somebody gets; what the request changed is taken back."""
    code = 0
    try:
        with transaction.atomic():
            client = Client() if user is None else signed_in(user)
            address = reverse(row.name, args=ARGS.get(row.name, lambda made: [])(made))
            body = BODIES.get(row.name, lambda made: {})(made)
            if row.method == "POST":
                code = client.post(address, body).status_code
            else:
                code = client.get(address).status_code
            raise Undone
    except Undone:
        return code


@pytest.mark.parametrize("row", rows(), ids=str)
def test_every_role_gets_the_answer_of_the_table(row, people, made):
    got = {role: answer(row, user, made) for role, user in people.items()}

    assert got == row.codes


def addresses(patterns, namespace=""):
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = pattern.namespace or ""
            yield from addresses(
                pattern.url_patterns, f"{inner}:" if inner else namespace
            )
        elif isinstance(pattern, URLPattern):
            yield f"{namespace}{pattern.name}"


def missing_from(table: set[str], names: set[str]) -> set[str]:
    """Addresses that no line speaks of. Those of the admin are walked by its own test."""
    return {name for name in names - table if not name.startswith("admin:")}


def test_every_address_stands_in_the_table():
    names = set(addresses(get_resolver().url_patterns))
    table = {row.name for row in rows()}

    assert missing_from(table, names) == set()
    assert table <= names


def test_address_that_is_missing_is_found():
    assert missing_from({"rollout:home"}, {"rollout:home", "rollout:new"}) == {
        "rollout:new"
    }


def test_unknown_and_foreign_region_answer_alike(people, made):
    client = signed_in(people["south"])

    foreign = client.get("/regions/NORTH/")
    absent = client.get("/regions/XXXXX/")

    assert (foreign.status_code, absent.status_code) == (404, 404)
    assert without_token(foreign).replace("NORTH", "XXXXX") == without_token(absent)


def without_token(response) -> str:
    """The page without the form token, which is masked anew in every answer."""
    text = response.content.decode()
    return text.replace(str(response.context["csrf_token"]), "")


def test_reads_change_nothing(people, made):
    """GET, twice, of every address that takes one: the rows stay as they were."""
    clients = [signed_in(people["cio"]), signed_in(people["staff"])]
    before = snapshot()

    for row in rows():
        if row.method == "GET":
            address = reverse(row.name, args=ARGS.get(row.name, lambda made: [])(made))
            for client in clients * 2:
                client.get(address)

    assert snapshot() == before


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, "allauth.account.auth_backends.AuthenticationBackend")
    return client
