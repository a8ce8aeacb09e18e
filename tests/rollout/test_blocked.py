"""Somebody waits for you: who is told of a blocked task, when, and in which words."""

from datetime import UTC, datetime, timedelta

import pytest

from regions.calendar import Corrections
from regions.history import Act
from rollout import reminders
from rollout.composing import compose
from rollout.enums import BlockReason, DutyKind, DutyState, MailCap, MailState
from rollout.models import Duty, Mail
from rollout.services import mail
from rollout.services.duties import still_open
from rollout.services.tasks import block_task, complete_task, reopen_task
from tests.factories import NOW, make_task
from tests.history_guard import unrecorded

NOTHING = Corrections()
DAY = timedelta(days=1)
NIGHT = datetime(2027, 3, 10, 21, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    return settings.MAIL_DIR


@pytest.fixture
def task(plan_north):
    return make_task(plan_north)


def block(task, *, waits_for, by, at=NOW, note="one or two weekends"):
    task.refresh_from_db()
    return block_task(
        task,
        reason=BlockReason.DECISION,
        note=note,
        waits_for=waits_for,
        version=task.version,
        act=Act(by=by, at=at),
    )


def tick(at):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def change(row, **values):
    for name, value in values.items():
        setattr(row, name, value)
    with unrecorded():
        row.save()


def told(user):
    rows = user.duties.order_by("id")
    return [(duty.kind, DutyState(duty.state)) for duty in rows]


def test_block_is_told_once_however_often_it_is_found(task, cio, staff_north):
    block(task, waits_for=cio, by=staff_north)

    sent = [tick(NOW + day * DAY) for day in range(5)]

    assert sum(sent) == 1
    assert told(cio) == [(DutyKind.BLOCKED, DutyState.MAILED)]


@pytest.mark.parametrize("act", [complete_task, reopen_task])
def test_task_that_goes_on_before_the_mail_is_told_to_nobody(
    act, task, cio, staff_north
):
    row = block(task, waits_for=cio, by=staff_north, at=NIGHT)
    reminders.queue(at=NIGHT)
    act(row, version=row.version, act=Act(by=staff_north, at=NIGHT))

    assert tick(NOW + DAY) == 0

    assert told(cio) == [(DutyKind.BLOCKED, DutyState.MET)]


def test_task_that_goes_on_after_the_mail_was_planned_is_not_told(
    task, cio, staff_north
):
    row = block(task, waits_for=cio, by=staff_north)
    reminders.queue(at=NOW)
    reopen_task(row, version=row.version, act=Act(by=staff_north, at=NOW))

    assert mail.deliver(clock=lambda: NOW) == 0

    assert Mail.objects.get().state == MailState.SUPERSEDED


def test_blocked_again_is_told_again(task, cio, staff_north):
    row = block(task, waits_for=cio, by=staff_north)
    tick(NOW)
    reopen_task(row, version=row.version, act=Act(by=staff_north, at=NOW))
    block(task, waits_for=cio, by=staff_north)

    assert tick(NOW + DAY) == 1

    assert told(cio) == [(DutyKind.BLOCKED, DutyState.MAILED)] * 2


def test_other_changes_of_a_blocked_task_are_no_new_block(task, cio, staff_north):
    block(task, waits_for=cio, by=staff_north)
    tick(NOW)

    block(task, waits_for=cio, by=staff_north, note="three weekends")

    assert tick(NOW + DAY) == 0


def test_task_that_waits_for_somebody_else_is_told_to_him(task, cio, hq, staff_north):
    block(task, waits_for=cio, by=staff_north, at=NIGHT)
    reminders.queue(at=NIGHT)
    block(task, waits_for=hq, by=staff_north, at=NIGHT)

    assert tick(NOW + DAY) == 1

    assert told(cio) == [(DutyKind.BLOCKED, DutyState.MET)]
    assert told(hq) == [(DutyKind.BLOCKED, DutyState.MAILED)]


@pytest.mark.parametrize("who", ["cio", "ceo", "nobody"])
def test_nobody_is_told_what_he_knows_or_cannot_answer(who, task, cio, ceo_north):
    """Not whoever blocked it himself, nor people who may not sign in, nor nobody."""
    waits_for = {"cio": cio, "ceo": ceo_north.user, "nobody": None}[who]
    block(task, waits_for=waits_for, by=cio)

    reminders.queue(at=NOW)

    assert not Duty.objects.exists()


def test_task_that_was_loaded_blocked_is_told_once(plan_north, cio):
    """Such a row has no act of a person; a load tells a flood of them in one mail."""
    for number in range(7):
        make_task(
            plan_north,
            f"Task {number}",
            state="blocked",
            block_reason=BlockReason.DATA,
            waits_for=cio,
        )

    assert [tick(NOW + day * DAY) for day in range(3)] == [1, 0, 0]

    text = Mail.objects.get().body_text
    assert text.count("Open the task:") == 5
    assert "And 2 more tasks wait:" in text


# --- What the mail says --------------------------------------------------------------


@pytest.fixture
def letter(task, plan_north, cio, staff_north):
    def written(*titles, language="en"):
        change(cio, language=language)
        for number, title in enumerate(titles):
            row = make_task(plan_north, title)
            block(row, waits_for=cio, by=staff_north, at=NOW - (5 - number) * DAY)
        reminders.queue(at=NOW)
        return compose(cio, still_open(cio, MailCap.URGENT, NOW, NOTHING), NOW, NOTHING)

    return written


def test_mail_names_the_task_its_region_what_is_missing_and_since_when(letter):
    said = letter("Write the cutover plan")

    assert said.subject == "Unblock a task: Write the cutover plan, North Company"
    lines = said.text.splitlines()
    assert lines[:5] == [
        "One task waits for you",
        "",
        "Write the cutover plan",
        "North Company, since Fri 5 Mar",
        "A decision is missing: one or two weekends",
    ]
    assert lines[5].startswith("Open the task: http")
    assert said.html.count('class="button"') == 1
    assert "<img" not in said.html
    assert len(said.html.encode()) < 20_000
    assert said.thread == "NORTH"


def test_longest_waiting_task_stands_first_and_has_the_button(letter):
    said = letter("Write the cutover plan", "Load the stock", "Train the clerks")

    assert said.subject == (
        "Unblock 3 tasks: Write the cutover plan, North Company and 2 more"
    )
    places = [said.text.index(title) for title in ("Write", "Load the", "Train")]
    assert places == sorted(places)
    assert said.html.count('class="button"') == 1
    assert said.html.count("Open the task") == 3


@pytest.mark.parametrize("tasks", [1, 3])
def test_mail_costs_the_same_however_many_tasks(tasks, letter, cio, assert_queries):
    letter(*(f"Task {number}" for number in range(tasks)))

    with assert_queries(3):
        duties = still_open(cio, MailCap.URGENT, NOW, NOTHING)
    with assert_queries(3):
        compose(cio, duties, NOW, NOTHING)
