"""Mails to owners: what is late, what was given at short notice, a plan that is new."""

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client

from regions.calendar import Corrections
from regions.enums import Via
from regions.history import Act
from regions.models import Programme
from regions.services.undo import undo
from rollout import reminders
from rollout.composing import compose
from rollout.enums import DutyKind, DutyState, MailCap, TaskState
from rollout.links import TASKS_LINK
from rollout.models import Mail, Task, TaskRequest
from rollout.queries.handover import moving_from
from rollout.queries.tasks import week_of
from rollout.services import mail
from rollout.services.duties import still_open
from rollout.services.handovers import hand_over
from rollout.services.plans import make_plan
from rollout.services.requests import ask_for_date, ask_for_owner
from rollout.services.tasks import block_task, complete_task
from tests.factories import (
    NOW,
    make_absence,
    make_contact,
    make_link,
    make_mail,
    make_procedure,
    make_step,
    make_task,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen", "folder"), pytest.mark.any_store]

NOTHING = Corrections()
DAY = timedelta(days=1)
NIGHT = datetime(2027, 3, 10, 21, 0, tzinfo=UTC)
# Two working days before NOW, and one.
MONDAY, TUESDAY = date(2027, 3, 8), date(2027, 3, 9)


@pytest.fixture
def folder(settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"


@pytest.fixture
def task(plan_north, staff_north):
    step = make_step(make_procedure(plan_north.programme), note="Opening balances")
    values = {"owner": staff_north, "due_date": MONDAY, "step": step}
    return make_task(plan_north, "Clean the item list", **values)


def tick(at=NOW):
    reminders.queue(at=at)
    return mail.deliver(clock=lambda: at)


def told(user):
    rows = user.duties.order_by("id")
    return [(duty.kind, DutyState(duty.state)) for duty in rows]


def letter(user, cap=MailCap.PLANNED, at=NOW):
    reminders.queue(at=at)
    return compose(user, still_open(user, cap, at, NOTHING), at, NOTHING)


# --- E4: overdue ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "at", "count"),
    [
        (MONDAY, NOW, 1),
        (TUESDAY, NOW, 0),
        # Due on Friday: told on Tuesday, not on Monday, and never on the weekend.
        (date(2027, 3, 5), datetime(2027, 3, 8, 9, tzinfo=UTC), 0),
        (date(2027, 3, 5), datetime(2027, 3, 9, 9, tzinfo=UTC), 1),
        (date(2027, 3, 11), datetime(2027, 3, 13, 9, tzinfo=UTC), 0),
    ],
)
def test_owner_is_reminded_from_the_second_working_day_on(
    due, at, count, plan_north, staff_north
):
    make_task(plan_north, owner=staff_north, due_date=due)

    assert tick(at) == count


def test_all_that_is_late_comes_in_one_mail_and_only_once(
    plan_north, staff_north, task
):
    make_task(plan_north, "Name testers", owner=staff_north, due_date=date(2027, 3, 5))

    assert sum(tick(NOW + n * DAY) for n in range(9)) == 1

    assert told(staff_north) == [(DutyKind.OVERDUE, DutyState.MAILED)] * 2


@pytest.mark.parametrize(
    "stop",
    [
        lambda task, act: complete_task(task, version=1, act=act),
        lambda task, act: block_task(task, reason="data", version=1, act=act),
        lambda task, act: ask_for_owner(task, act=act),
        lambda task, act: ask_for_date(
            task, wished=date(2027, 3, 30), reason="Late", act=act
        ),
    ],
    ids=["done", "blocked", "not mine", "another date"],
)
def test_answer_before_the_mail_stops_it(stop, task, staff_north):
    reminders.queue(at=NIGHT)
    stop(task, Act(by=staff_north, at=NIGHT))

    assert tick(NOW + DAY) == 0

    assert told(staff_north) == [(DutyKind.OVERDUE, DutyState.MET)]


def test_new_day_that_passes_too_is_told_anew(task, staff_north):
    tick()
    task.due_date = date(2027, 3, 12)
    with unrecorded():
        task.save()

    assert [tick(NOW + days * DAY) for days in (5, 6)] == [0, 1]


def test_deputy_is_reminded_while_the_owner_is_away(task, staff_north, helper_north):
    make_absence(staff_north, helper_north)

    found = letter(helper_north)

    assert "You stand in for Staff North until Thu 11 Mar." in found.text
    assert told(staff_north) == []


def test_who_has_no_login_is_not_reminded(task, staff_north):
    staff_north.may_sign_in = False
    with unrecorded():
        staff_north.save()

    assert tick() == 0


def test_overdue_letter_says_what_since_when_why_and_gives_three_answers(
    plan_north, staff_north, liaison_north, task
):
    liaison_north.phone = "0591 555 0100"
    with unrecorded():
        liaison_north.save()
    for n in range(6):
        make_task(plan_north, f"T{n}", owner=staff_north, due_date=MONDAY)

    found = letter(staff_north)

    assert found.subject == (
        "7 tasks waiting, oldest 2 days: Clean the item list North Company"
    )
    assert (found.reply_to, found.sender_name) == (
        liaison_north.email,
        "Liaison North, ERP roll-out",
    )
    assert "North Company, was due on Mon 8 Mar, 2 days ago" in found.text
    assert "Opening balances" in found.text
    for answer in ("done", "blocked", "date"):
        assert f"[[link:tasks]]?{answer}={task.pk}" in found.text
    assert found.text.count("?done=") == 5
    assert "And 2 more" in found.text
    assert "call Liaison North: 0591 555 0100." in found.text
    assert found.html.count('class="button"') == 1

    staff_north.language = "zh-hans"
    in_chinese = letter(staff_north)
    assert in_chinese.subject == (
        "7项任务待办，最久已逾期2天：North CompanyClean the item list"
    )


def test_who_waits_for_a_task_stands_in_its_row_and_in_its_mail(
    task, plan_north, staff_north, helper_north, manager_north
):
    """Others alone, each once, and as long as their tasks are open."""
    after = [
        make_task(plan_north, f"After {n}", owner=owner)
        for n, owner in enumerate(
            [helper_north, helper_north, manager_north, staff_north, None]
        )
    ]
    for one in after:
        make_link(one, task)
    both = week_of(staff_north, NOW).overdue[0].waiting
    mailed = letter(staff_north)
    with unrecorded():
        Task.objects.filter(owner=helper_north).update(
            state=TaskState.DONE, finished_at=NOW
        )

    assert both == f"{helper_north.name}, {manager_north.name} wait for it"
    assert both in mailed.text
    assert both in mailed.html
    assert week_of(staff_north, NOW).overdue[0].waiting == (
        f"{manager_north.name} waits for it"
    )


# --- One mail for all that is planned ------------------------------------------------


def test_calls_and_late_tasks_of_a_day_are_one_mail(
    programme, plan_north, liaison_north, ceo_north, rhythm_north
):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - 15 * DAY)
    make_task(plan_north, "Name testers", owner=liaison_north, due_date=MONDAY)

    assert tick() == 1

    sent = Mail.objects.get()
    assert sent.subject.startswith("Call the CEO of North Company today")
    parts = (
        "Ask: please",
        "One task of yours",
        "?done=",
        "\n--\n",
        "these tasks of the",
    )
    places = [sent.body_text.index(part) for part in parts]
    assert places == sorted(places)
    assert sent.body_html.count('class="button"') == 1
    assert sent.body_html.count("<html") == sent.body_html.count("</body>") == 1
    assert len(told(liaison_north)) == 2
    assert {state for _kind, state in told(liaison_north)} == {DutyState.MAILED}


def test_why_of_a_part_below_is_text_in_text_and_escaped_in_html(
    programme, plan_north, liaison_north, ceo_north, rhythm_north
):
    with unrecorded():
        Programme.objects.update(name="R&D <ERP>")
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - 15 * DAY)
    make_task(plan_north, "A & B", owner=liaison_north, due_date=MONDAY)

    found = letter(liaison_north)

    for part in ("these CEOs in the roll-out of", "these tasks of the roll-out of"):
        assert f"{part} R&D <ERP>" in found.text
        assert f"{part} R&amp;D &lt;ERP&gt;" in found.html
    assert "A & B\n" in found.text
    assert "A &amp; B" in found.html


# --- Given at short notice -----------------------------------------------------------


@pytest.fixture
def given(plan_north, helper_north):
    """Two tasks that the helper handed over to somebody, one of them due tomorrow."""

    def give(to, by, via=Via.WEB):
        for title, days in (("Clean the item list", 1), ("Later", 3)):
            due = NOW.date() + days * DAY
            make_task(plan_north, title, owner=helper_north, due_date=due)
        act = Act(by=by, at=NOW, via=via)
        seen = moving_from(helper_north, NOW).seen
        return hand_over(helper_north, to, seen=seen, act=act)

    return give


def test_what_is_given_and_due_within_two_days_is_told_at_once(given, staff_north, hq):
    given(staff_north, hq)

    found = letter(staff_north, MailCap.URGENT)

    assert found.subject == (
        "New for you, due Thu 11 Mar: Clean the item list, North Company"
    )
    assert "Later" not in found.text
    assert re.search(r"Open the task: \S+/tasks/\d+/", found.text)
    assert [tick(NOW + n * DAY) for n in range(3)] == [1, 0, 0]


def test_who_takes_a_task_himself_is_not_told(given, staff_north):
    given(staff_north, staff_north)

    assert tick() == 0


@pytest.mark.parametrize("how", ["imported", "taken back"])
def test_import_and_undo_give_nothing(how, given, staff_north, helper_north, hq):
    handed = given(staff_north, hq, Via.IMPORT if how == "imported" else Via.WEB)
    if how == "taken back":
        undo(handed.act, act=Act(by=hq, at=NOW), with_rows=True)

    assert tick() == 0


# --- Your plan -----------------------------------------------------------------------


@pytest.fixture
def plan(north, wave, programme, staff_north, helper_north):
    """A plan with three steps, two for the staff and one for the helper."""

    def make(by, via=Via.WEB, at=NOW):
        procedure = make_procedure(programme)
        owners = {
            make_step(procedure, "Name testers", offset_days=-50): staff_north,
            make_step(procedure, "Clean the list", offset_days=-40): staff_north,
            make_step(procedure, "Key the list", offset_days=-30): helper_north,
        }
        make_plan(
            north,
            wave,
            steps=owners,
            act=Act(by=by, at=at, via=via),
            owner_of=owners.__getitem__,
        )

    return make


def test_new_plan_is_told_once_to_each_of_its_people(
    plan, hq, staff_north, helper_north
):
    plan(hq)

    found = letter(staff_north)

    assert found.subject == (
        "Your plan for North Company: 2 tasks, the first due Sun 14 Mar"
    )
    assert "North Company goes live on Mon 3 May" in found.text
    assert "- Sun 14 Mar: Name testers\n- Wed 24 Mar: Clean the list" in found.text
    assert "Key the list" not in found.text
    assert [tick(NOW + n * DAY) for n in range(3)] == [2, 0, 0]
    assert told(helper_north) == [(DutyKind.PLAN, DutyState.MAILED)]


@pytest.mark.parametrize(
    ("via", "days"), [(Via.IMPORT, 0), (Via.WEB, 30)], ids=["imported", "long ago"]
)
def test_plan_that_is_no_news_is_told_nobody(via, days, plan, hq):
    plan(hq, via, NOW - days * DAY)
    reminders.queue(at=NOW)

    assert not Mail.objects.exists()


def test_who_makes_a_plan_knows_it(plan, staff_north, helper_north):
    plan(staff_north)
    reminders.queue(at=NOW)

    assert told(staff_north) == []
    assert told(helper_north) == [(DutyKind.PLAN, DutyState.OPEN)]


# --- From the mail -------------------------------------------------------------------


@pytest.fixture
def link(task):
    """The address in the mail about the task."""
    tick()
    return f"/my-list/{TASKS_LINK.token(Mail.objects.get())}/"


def test_mail_to_done_is_two_taps_without_a_password(link, task, staff_north):
    browser = Client()
    page = browser.get(f"{link}?done={task.pk}").content.decode()
    assert "Clean the item list" in page
    task.refresh_from_db()
    assert task.state == TaskState.OPEN

    body = {"act": "done", "task": task.pk, "version": task.version}
    for _twice in range(2):
        page = browser.post(link, body, follow=True).content.decode()
        assert "Done: Clean the item list" in page
        assert "Done, saved 09:00" in page

    task.refresh_from_db()
    assert (task.state, task.version) == (TaskState.DONE, 2)
    assert "_auth_user_id" not in browser.session


def test_link_opens_the_choice_it_names(link, task):
    for answer in ("blocked", "date"):
        page = Client().get(f"{link}?{answer}={task.pk}").content.decode()
        assert page.count("<details open>") == 1


def test_blocked_and_another_date_from_the_mail(link, task, liaison_north, staff_north):
    browser = Client()
    blocked = {"act": "blocked", "task": task.pk, "version": 1, "reason": "data"}
    assert "Blocked: Clean" in browser.post(link, blocked, follow=True).content.decode()
    wish = {"act": "date", "task": task.pk, "wished": "2027-03-30", "reason": "Late"}
    assert "another date" in browser.post(link, wish, follow=True).content.decode()

    task.refresh_from_db()
    assert (task.state, task.waits_for) == (TaskState.BLOCKED, liaison_north)
    assert TaskRequest.objects.get().by == staff_north


def test_link_reaches_no_other_task(link, plan_north, staff_north):
    other = make_task(plan_north, "Not in the mail", owner=staff_north)

    body = {"act": "done", "task": other.pk, "version": 1}
    page = Client().post(link, body, follow=True).content.decode()

    assert "not in your hands" in page
    assert "Not in the mail" not in page
    other.refresh_from_db()
    assert other.state == TaskState.OPEN


def test_task_that_somebody_else_has_now_is_gone_from_the_list(
    link, task, staff_north, hq
):
    with unrecorded():
        task.owner = hq
        task.save()

    page = Client().get(link).content.decode()

    # A colleague of the region still sees it, and may no longer act on it.
    assert "Clean the item list" not in page


def test_link_that_is_over_offers_a_fresh_one_to_the_known_address(
    link, frozen, staff_north
):
    frozen.move_to(NOW + 8 * DAY)
    browser = Client()
    page = browser.get(link)
    assert page.status_code == 410
    assert staff_north.email not in page.content.decode()

    answer = browser.post(link, {"fresh": "1"})

    assert answer.status_code == 200
    fresh = Mail.objects.order_by("-id")[0]
    assert (fresh.recipient, fresh.slot.split()[0]) == (staff_north, "sign_in")


def test_forged_link_mails_nobody(link, db):
    count = Mail.objects.count()

    answer = Client().post("/my-list/forged/", {"fresh": "1"})

    assert (answer.status_code, Mail.objects.count()) == (410, count)


def test_link_of_a_mail_without_tasks_shows_none(staff_north, task):
    empty = make_mail(staff_north, "other", dated_at=NOW)

    page = Client().get(f"/my-list/{TASKS_LINK.token(empty)}/").content.decode()

    assert "Clean the item list" not in page


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"act": "blocked", "note": "The bank statement"}, "The bank statement"),
        (
            {"act": "date", "wished": "2027-03-01", "reason": "The fair week"},
            "The fair week",
        ),
    ],
)
def test_refused_answer_keeps_what_was_written(said, kept, link, task):
    answer = Client().post(link, {"task": task.pk, **said})

    assert answer.status_code == 422
    page = answer.content.decode()
    assert kept in page
    assert page.count("<details open>") == 1
