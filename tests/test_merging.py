"""Two people over one row: what each changed is kept, or both texts are shown."""

import re
from datetime import date

import pytest
from django.db import transaction
from django.urls import reverse

from regions import history
from regions.history import Act, web_act
from regions.merging import SEEN, TAKE
from regions.services.absences import change_absence
from regions.services.people import change_settings
from rollout.enums import TaskState
from rollout.models import Plan, Wave
from rollout.services.tasks import block_task, complete_task, start_task
from tests.factories import NOW, make_absence, make_contact, make_finding, make_task
from tests.history_guard import unrecorded
from tests.matrix import CSRF, Ask, args_of, encoded, send, undone
from tests.permissions import BODIES, SETTINGS, codes
from tests.tables import snapshot

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)"')
TALK = {
    "outcome": "reached",
    "minutes": "15",
    "felt": "same",
    "answer": "",
    "note": "Mine",
    "channel": "phone",
    "held_at": "2027-03-08T09:00",
}


@pytest.fixture
def contact(ceo_north, programme, liaison_north):
    return make_contact(ceo_north, programme, liaison_north, felt="same", note="Before")


def hidden(page) -> dict[str, str]:
    """What a form of the page knows of its row."""
    fields = dict(HIDDEN.findall(page.content.decode()))
    return {
        name: text for name, text in fields.items() if name != "csrfmiddlewaretoken"
    }


def corrected(client, contact, **values):
    """Both open the form; the other side saves `theirs` first."""
    address = reverse("rollout:contact-correct", args=[contact.pk])
    return client.post(address, values)


@pytest.fixture
def opened(contact, liaison_north, as_user):
    """The liaison's browser, and what its form knew when it was opened."""
    client = as_user(liaison_north)
    page = client.get(reverse("rollout:contact-correct", args=[contact.pk]))
    return client, hidden(page) | {"key": str(contact.key)}


@pytest.fixture
def other(cio, as_user):
    """The browser of somebody else who may correct the log."""
    return as_user(cio)


def other_saves(client, contact, **values):
    page = client.get(reverse("rollout:contact-correct", args=[contact.pk]))
    known = hidden(page) | {"key": str(contact.key)}
    answer = corrected(client, contact, **known | TALK | {"note": "Before"} | values)
    assert answer.status_code == 302


def test_fields_that_one_side_changed_merge_by_themselves(contact, opened, other):
    client, known = opened
    other_saves(other, contact, minutes="20")

    answer = corrected(client, contact, **known | TALK)

    contact.refresh_from_db()
    assert answer.status_code == 302
    assert (contact.minutes, contact.note, contact.version) == (20, "Mine", 3)


def test_without_knowing_what_was_shown_nothing_merges(contact, opened, other):
    """The control of the test above: the texts that were seen decide."""
    client, known = opened
    other_saves(other, contact, minutes="20")
    blind = {name: text for name, text in known.items() if not name.startswith(SEEN)}

    answer = corrected(client, contact, **blind | TALK)

    names = [one.field.name for one in answer.context["conflict"].clashes]
    assert (answer.status_code, names) == (409, ["minutes", "note"])


@pytest.mark.parametrize(
    ("choice", "kept"),
    [("mine", "Mine, mended"), ("theirs", "Theirs")],
)
def test_where_both_changed_the_person_chooses(contact, opened, other, choice, kept):
    client, known = opened
    other_saves(other, contact, note="Theirs", minutes="20")

    page = corrected(client, contact, **known | TALK)

    text = page.content.decode()
    assert page.status_code == 409
    assert [(one.mine, one.theirs) for one in page.context["conflict"].clashes] == [
        ("Mine", "Theirs")
    ]
    assert [one.theirs for one in page.context["conflict"].merged] == ["20"]
    assert ">\nMine</textarea>" in text
    assert '<div class="said">Theirs</div>' in text
    assert "Cio saved it on" in text
    contact.refresh_from_db()
    assert (contact.note, contact.minutes) == ("Theirs", 20)

    choices = {TAKE + "note": choice, "note": "Mine, mended"}
    answer = corrected(client, contact, **TALK | hidden(page) | choices)

    contact.refresh_from_db()
    assert answer.status_code == 302
    assert (contact.note, contact.minutes) == (kept, 20)


def test_page_of_a_conflict_can_itself_be_late(contact, opened, other):
    client, known = opened
    other_saves(other, contact, note="Theirs")
    page = corrected(client, contact, **known | TALK)
    other_saves(other, contact, note="Theirs again")

    page = corrected(client, contact, **TALK | hidden(page))

    [clash] = page.context["conflict"].clashes
    assert (clash.mine, clash.theirs) == ("Mine", "Theirs again")


def test_note_of_a_blocked_task_is_never_lost(staff_north, cio, plan_north, as_user):
    task = make_task(plan_north, owner=staff_north)
    client = as_user(staff_north)
    known = hidden(client.get(reverse("rollout:task", args=[task.pk])))
    address = reverse("rollout:task-block", args=[task.pk])
    block_task(task, reason="people", note="Theirs", version=1, act=web_act(cio))

    page = client.post(address, known | {"reason": "data", "note": "Mine"})

    met = page.context["conflict"].clashes
    assert page.status_code == 409
    assert [(one.mine, one.theirs) for one in met] == [
        ("data is missing", "nobody has time"),
        ("Mine", "Theirs"),
    ]

    chosen = {"reason": "data", "note": "Mine", TAKE + "reason": "theirs"}
    client.post(address, hidden(page) | chosen)

    task.refresh_from_db()
    assert (task.block_reason, task.block_note) == ("people", "Mine")


def test_block_goes_through_when_somebody_else_only_started_it(
    staff_north, cio, plan_north, as_user
):
    task = make_task(plan_north, owner=staff_north)
    client = as_user(staff_north)
    known = hidden(client.get(reverse("rollout:task", args=[task.pk])))
    start_task(task, version=1, act=web_act(cio))

    client.post(
        reverse("rollout:task-block", args=[task.pk]),
        known | {"reason": "data", "note": "Mine"},
    )

    task.refresh_from_db()
    assert (task.state, task.block_note) == (TaskState.BLOCKED, "Mine")


def test_note_stays_typed_when_the_task_was_done_meanwhile(
    staff_north, cio, plan_north, as_user
):
    task = make_task(plan_north, owner=staff_north)
    client = as_user(staff_north)
    known = hidden(client.get(reverse("rollout:task", args=[task.pk])))
    complete_task(task, version=1, act=web_act(cio))

    page = client.post(
        reverse("rollout:task-block", args=[task.pk]),
        known | {"reason": "data", "note": "Mine"},
    )

    assert page.status_code == 422
    assert 'value="Mine"' in page.content.decode()


def test_two_moves_of_a_go_live_are_put_to_the_person(cio, hq, plan_north, as_user):
    client = as_user(cio)
    region = reverse("rollout:region", args=["NORTH"])
    known = hidden(client.get(region))
    address = reverse("rollout:go-live-move", args=["NORTH"])
    theirs = {"to": "2027-05-17", "told": "2027-05-17", "reason": "No testers"}
    as_user(hq).post(address, known | theirs)

    mine = {"to": "2027-06-07", "told": "2027-06-07", "reason": "No data"}
    page = client.post(address, known | mine)

    [clash] = page.context["conflict"].clashes
    assert (clash.mine, clash.theirs) == ("Mon 7 Jun 2027", "Mon 17 May 2027")
    plan_north.refresh_from_db()
    assert plan_north.go_live_date == date(2027, 5, 17)


def test_decision_keeps_its_reason(hq, cio, programme, as_user):
    finding = make_finding(programme, state="reviewed")
    client = as_user(hq)
    address = reverse("pilots:finding-reject", args=[finding.pk])
    known = hidden(client.get(reverse("pilots:finding", args=[finding.pk])))
    as_user(cio).post(address, known | {"reason": "Theirs"})

    page = client.post(address, known | {"reason": "Mine"})

    assert page.status_code == 422
    assert 'value="Mine"' in page.content.decode()


def test_decision_is_made_on_what_the_finding_says_now(hq, programme, as_user):
    finding = make_finding(programme)
    client = as_user(hq)
    address = reverse("pilots:finding-review", args=[finding.pk])
    with transaction.atomic():
        history.change(finding, {"title": "Now it says this"}, Act(by=hq, at=NOW))

    page = client.post(address, {"version": 1})

    finding.refresh_from_db()
    assert (page.status_code, finding.state) == (422, "proposed")
    assert "Now it says this" in page.content.decode()

    client.post(address, hidden(page))

    finding.refresh_from_db()
    assert finding.state == "reviewed"


def test_settings_of_oneself_and_of_headquarters_merge(staff_north, hq, as_user):
    client = as_user(staff_north)
    address = reverse("rollout:settings")
    known = hidden(client.get(address))
    elsewhere = Act(by=hq, at=NOW)
    change_settings(staff_north, {"country": "DE", "subdivision": "BY"}, act=elsewhere)

    answer = client.post(address, known | SETTINGS | {"planned_mail": "never"})

    staff_north.refresh_from_db()
    assert answer.status_code == 302
    kept = (staff_north.planned_mail, staff_north.country, staff_north.subdivision)
    assert kept == ("never", "DE", "BY")


def test_absence_that_two_change_in_different_fields(hq, cio, staff_north, as_user):
    days = {"from_date": date(2027, 4, 1), "last_date": date(2027, 4, 9)}
    absence = make_absence(staff_north, **days)
    client = as_user(hq)
    address = reverse("rollout:absence-change", args=[absence.pk])
    known = hidden(client.get(address))
    seen = {"first": date(2027, 4, 1), "last": date(2027, 4, 9), "version": 1}
    change_absence(absence, **seen, deputy=cio, act=Act(by=cio, at=NOW))

    sent = {"from_date": "2027-04-01", "last_date": "2027-04-16", "deputy": ""}
    client.post(address, known | sent)

    absence.refresh_from_db()
    assert (absence.last_date, absence.deputy) == (date(2027, 4, 16), cio)


# --- A version in every form ---------------------------------------------------------

# They make a row, which has no version yet, say in another way what they saw, or are the
# latest word of the person himself, as a tick is.
WITHOUT = {
    "account_login",
    "account_set_password",
    "pilots:criterion-add",
    "pilots:finding-add",
    "pilots:draft-open",
    "pilots:finding-attach",
    "pilots:procedure-add",
    "pilots:step-add",
    "regions:language",
    "regions:theme",
    "rollout:absence-plan",
    "rollout:answers",
    "rollout:ask-link",
    "rollout:ask-new",
    "rollout:brief-answer",
    "rollout:call-draft",
    "rollout:call-put-off",
    "rollout:call-sheet",
    "rollout:ceo-change",
    "rollout:checklist-add",
    "rollout:clarification-attach",
    "rollout:close-out",
    "rollout:close-out-answer",
    "rollout:clarification-reply",
    "rollout:checklist-tick",
    "rollout:feed-add",
    "rollout:pause",
    "rollout:person-hand-over",
    "rollout:lesson-answer",
    "rollout:person-invite",
    "rollout:push",
    "rollout:region-ask",
    "rollout:region-brief",
    "rollout:role-give",
    "rollout:sign-in-ask",
    "rollout:stance",
    "rollout:task-ask-date",
    "rollout:task-attach",
    "rollout:task-comment",
    "rollout:task-finding",
    "rollout:task-new",
    "rollout:wave-rhythm",
}


def owes(made, **criterion):
    """Its wave is closed, and its pilot has this criterion."""
    closed = {"opened_at": None, "opened_by": None, "overruled_reason": ""}
    Wave.objects.filter(pk=made.wave.pk).update(**closed)
    made.pilot.criteria.update(**criterion)


READINGS = "regions.privateview"
# What has to be so before a form can do its work.
FIRST = {
    "rollout:plan-disagree": lambda made: Plan.objects.filter(pk=made.plan.pk).update(
        agreed_at=NOW, agreed_by=made.member
    ),
    "rollout:wave-open": lambda made: owes(made, is_mandatory=False),
    "rollout:wave-overrule": lambda made: owes(made, is_mandatory=True),
}


def changes(world, name, role, **sent):
    """Whether this form, with these fields sent otherwise, changes a row."""
    made = world.north
    body = {**BODIES[name](made), "csrfmiddlewaretoken": CSRF, **sent}
    data = encoded({key: text for key, text in body.items() if text is not None})
    ask = Ask("POST", reverse(name, args=args_of(name, made)), data)
    with undone():
        with unrecorded():
            FIRST.get(name, lambda made: None)(made)
        before = snapshot()
        send(world.clients[role], ask)
        after = snapshot()
        # That somebody read a note on the page of the refusal is logged.
        return any(after[name] != before[name] for name in after if name != READINGS)


def test_old_page_changes_nothing(shared_world):
    """With the version of the row as it is now, each of these forms does its work."""
    names = sorted(BODIES.keys() - WITHOUT)
    found = {}
    for name in names:
        done = 422 if name == "rollout:wave-overrule" else 302
        able = [role for role, code in codes(name, "POST").items() if code == done]
        role = next(role for role in able if role != "anonymous")
        found[name] = [
            changes(shared_world, name, role, **sent)
            for sent in ({}, {"version": 99}, {"version": None})
        ]

    assert found == {name: [True, False, False] for name in names}
