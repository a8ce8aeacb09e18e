"""Another date, another owner: who asks, who answers, and what it does to the task."""

from datetime import date, timedelta

import pytest

from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.services.undo import undo
from rollout.enums import RequestState
from rollout.models import Task, TaskRequest
from rollout.queries.tasks import week_of
from rollout.services.requests import (
    CannotAsk,
    CannotSettle,
    ask_for_date,
    ask_for_owner,
    decline,
    grant_date,
    grant_owner,
    withdraw,
)
from rollout.services.tasks import complete_task
from tests.factories import NOW, make_absence, make_request, make_task
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

WISHED = date(2027, 3, 26)
DUE = date(2027, 3, 12)


@pytest.fixture
def task(plan_north, staff_north):
    return make_task(plan_north, owner=staff_north, due_date=DUE)


@pytest.fixture
def act(staff_north):
    return Act(by=staff_north, at=NOW)


@pytest.fixture
def asked(task, act):
    return ask_for_date(task, wished=WISHED, reason="The list comes late", act=act)


@pytest.fixture
def handed_back(task, act):
    return ask_for_owner(task, act=act)


# --- The acts ------------------------------------------------------------------------


def test_asking_moves_nothing_and_granting_moves_the_day_in_one_act(
    task, asked, manager_north
):
    task.refresh_from_db()
    assert task.due_date == DUE

    granted = Act(by=manager_north, at=NOW)
    grant_date(asked, to=WISHED, answer="Fine", version=1, act=granted)

    task.refresh_from_db()
    asked.refresh_from_db()
    assert (task.due_date, task.first_due_date) == (WISHED, DUE)
    assert (asked.state, asked.settled_by, asked.answer) == (
        RequestState.GRANTED,
        manager_north,
        "Fine",
    )
    acts = HistoryEntry.objects.filter(act=granted.id)
    assert set(acts.values_list("model", flat=True)) == {
        "rollout.task",
        "rollout.taskrequest",
    }

    undo(granted.id, act=Act(by=manager_north, at=NOW))

    task.refresh_from_db()
    asked.refresh_from_db()
    assert (task.due_date, asked.state) == (DUE, RequestState.OPEN)


def test_asked_again_before_the_answer_the_newer_wish_counts(task, asked, act):
    ask_for_date(task, wished=date(2027, 4, 2), reason="Even later", act=act)

    only = TaskRequest.objects.get()
    assert (only.wished_date, only.version) == (date(2027, 4, 2), 2)


def test_answer_to_what_was_asked_otherwise_since_is_refused(
    task, asked, act, manager_north
):
    ask_for_date(task, wished=date(2027, 4, 2), reason="Even later", act=act)

    with pytest.raises(EditedMeanwhile):
        grant_date(asked, to=WISHED, version=1, act=Act(by=manager_north, at=NOW))


@pytest.mark.parametrize(
    ("wish", "why"),
    [
        ({"wished": WISHED, "reason": " "}, "why"),
        ({"wished": DUE, "reason": "x"}, "already"),
    ],
)
def test_wish_says_something_new_and_why(wish, why, task, act):
    with pytest.raises(CannotAsk, match=why):
        ask_for_date(task, act=act, **wish)


def test_finished_task_is_asked_about_no_more(task, act):
    complete_task(task, version=1, act=act)

    with pytest.raises(CannotAsk, match="finished"):
        ask_for_owner(task, act=act)


def test_declining_needs_a_word_and_settles_once(asked, manager_north):
    act = Act(by=manager_north, at=NOW)
    with pytest.raises(CannotSettle, match="why not"):
        decline(asked, answer=" ", version=1, act=act)

    decline(asked, answer="The cut-over hangs on it", version=1, act=act)

    with pytest.raises(CannotSettle, match="in the meantime"):
        withdraw(asked, version=2, act=act)


def test_not_mine_leaves_the_week_until_another_owner_is_named(
    task, staff_north, helper_north, handed_back, manager_north, act
):
    week = week_of(staff_north, NOW)
    assert (week.head.count, week.ahead) == (0, [])
    assert [line.task for line in week.not_mine] == [task]
    by_manager = Act(by=manager_north, at=NOW)
    with pytest.raises(CannotSettle, match="somebody else"):
        grant_owner(handed_back, to=staff_north, version=1, act=by_manager)

    grant_owner(handed_back, to=helper_north, version=1, act=by_manager)

    assert week_of(staff_north, NOW).not_mine == []
    assert [line.task for line in week_of(helper_north, NOW).ahead] == [task]


def test_who_takes_it_back_has_it_in_his_week_again(
    task, staff_north, handed_back, act
):
    withdraw(handed_back, version=1, act=act)

    assert [line.task for line in week_of(staff_north, NOW).ahead] == [task]


# --- The pages -----------------------------------------------------------------------


def test_owner_asks_and_manager_answers_on_pages(
    as_user, task, staff_north, manager_north, liaison_north
):
    browser = as_user(staff_north)
    page = browser.get(f"/tasks/{task.pk}/ask-date/").content.decode()
    assert 'type="date"' in page
    faulty = browser.post(
        f"/tasks/{task.pk}/ask-date/", {"wished": "2027-03-09", "reason": "Late"}
    )
    assert faulty.status_code == 422
    assert "Choose today or a later day." in faulty.content.decode()
    wish = {"wished": "2027-03-26", "reason": "The list comes late"}
    assert browser.post(f"/tasks/{task.pk}/ask-date/", wish).status_code == 302
    assert "Asked for Fri 26 Mar" in browser.get("/tasks/").content.decode()

    one = TaskRequest.objects.get()
    asks = "Staff North asks for Fri 26 Mar instead of Fri 12 Mar"
    for reader, address in (
        (liaison_north, "/today/"),
        (manager_north, "/regions/NORTH/"),
        (staff_north, f"/tasks/{task.pk}/"),
    ):
        assert asks in as_user(reader).get(address).content.decode(), address
    manager = as_user(manager_north)
    refused = manager.post(f"/requests/{one.pk}/", {"decline": "1", "version": "1"})
    assert refused.status_code == 422
    assert "Say why not; who asked reads it." in refused.content.decode()
    answer = {"decline": "1", "version": "1", "answer": "The cut-over hangs on it"}
    assert manager.post(f"/requests/{one.pk}/", answer).status_code == 302

    page = browser.get("/tasks/").content.decode()
    assert "Stays on this day: The cut-over hangs on it" in page
    assert asks not in as_user(liaison_north).get("/today/").content.decode()


def test_answer_to_an_older_wish_is_asked_again_below_the_newer_one(
    as_user, task, asked, act, manager_north
):
    ask_for_date(task, wished=date(2027, 4, 2), reason="Even later", act=act)

    answer = {"version": "1", "to": "2027-03-26"}
    page = as_user(manager_north).post(f"/requests/{asked.pk}/", answer)

    assert page.status_code == 422
    assert "Even later" in page.content.decode()
    task.refresh_from_db()
    assert task.due_date == DUE


def test_not_mine_may_be_said_without_a_word_and_settled_with_a_new_owner(
    as_user, task, staff_north, helper_north, manager_north
):
    browser = as_user(staff_north)
    assert browser.post(f"/tasks/{task.pk}/not-mine/").status_code == 302
    assert "Mine after all" in browser.get("/tasks/").content.decode()

    one = TaskRequest.objects.get()
    manager = as_user(manager_north)
    body = {"version": "1", "to": str(helper_north.pk)}
    assert manager.post(f"/requests/{one.pk}/", body).status_code == 302

    task.refresh_from_db()
    assert task.owner == helper_north


def test_deputy_asks_and_takes_back_for_the_owner(
    as_user, task, staff_north, helper_north, asked
):
    address = f"/requests/{asked.pk}/withdraw/"
    assert as_user(helper_north).post(address, {"version": "1"}).status_code == 403
    make_absence(staff_north, helper_north)

    assert as_user(helper_north).post(address, {"version": "1"}).status_code == 302

    asked.refresh_from_db()
    assert asked.state == RequestState.WITHDRAWN


@pytest.mark.parametrize("rows", [1, 3])
def test_lists_of_requests_cost_the_same_for_one_and_three(
    rows, plan_north, staff_north, act, liaison_north, as_user, assert_queries
):
    for number in range(rows):
        task = make_task(
            plan_north, f"T{number}", owner=staff_north, due_date=NOW.date()
        )
        ask_for_date(task, wished=WISHED, reason="Late", act=act)
    browser = as_user(liaison_north)

    with assert_queries(12):
        browser.get("/today/")
    with assert_queries(28):
        browser.get("/regions/NORTH/")


# --- A tap, counted ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("left", "elsewhere", "statements"), [(1, 0, 9), (0, 0, 10), (1, 1, 10)]
)
def test_finishing_a_task_takes_at_most_ten_statements_with_user_and_history(
    left, elsewhere, statements, as_user, plan_north, plan_south, staff_north,
    assert_queries,
):  # fmt: skip
    """From the request to the row and the numbers of the week, all that is asked of the
    database. Two are the savepoint, which outside of a test is the transaction; one more
    looks for the next day when nothing is left of the week, or names the region where
    somebody works in several."""
    task = make_task(plan_north, owner=staff_north, due_date=DUE)
    for plan, count in ((plan_north, left), (plan_south, elsewhere)):
        for number in range(count):
            make_task(plan, f"T{number}", owner=staff_north, due_date=DUE)
    browser = as_user(staff_north)
    address, body = f"/tasks/{task.pk}/complete/", {"version": "1"}
    browser.get("/tasks/")

    with assert_queries(statements):
        answer = browser.post(address, body, headers={"HX-Request": "true"})

    text = answer.content.decode()
    assert "Done, saved 09:00" in text
    assert ("North" in text) == bool(elsewhere)
    task.refresh_from_db()
    assert task.finished_at == NOW
    assert HistoryEntry.objects.of(task).filter(field="state").count() == 1


def test_week_counts_what_was_finished_since_monday(
    as_user, plan_north, staff_north, act
):
    for number, days in enumerate((0, 1, 2)):
        row = make_task(plan_north, f"T{number}", owner=staff_north, due_date=DUE)
        at = NOW - timedelta(days=days)
        complete_task(row, version=1, act=Act(by=staff_north, at=at))
    sunday = make_task(plan_north, "Before", owner=staff_north, due_date=DUE)
    at = NOW - timedelta(days=3)
    complete_task(sunday, version=1, act=Act(by=staff_north, at=at))
    make_task(plan_north, "Left", owner=staff_north, due_date=DUE)

    page = as_user(staff_north).get("/tasks/").content.decode()

    assert "You finished 3 this week; 1 left." in page


def test_tap_on_a_reason_tells_the_liaison(
    as_user, plan_north, staff_north, liaison_north
):
    task = make_task(plan_north, owner=staff_north)
    body = {"version": "1", "reason": "data", "note": "the old list"}

    for _twice in range(2):
        answer = as_user(staff_north).post(
            f"/tasks/{task.pk}/block/", body, headers={"HX-Request": "true"}
        )
        assert "Blocked: the old list" in answer.content.decode()
        assert "Somebody else changed" not in answer.content.decode()

    task.refresh_from_db()
    assert (task.waits_for, task.version) == (liaison_north, 2)


def test_started_sent_again_by_the_same_person_is_one_act(
    as_user, plan_north, staff_north, manager_north
):
    task = make_task(plan_north, owner=staff_north)
    htmx = {"HX-Request": "true"}
    address = f"/tasks/{task.pk}/start/"

    for _twice in range(2):
        answer = as_user(staff_north).post(address, {"version": "1"}, headers=htmx)
        assert "saved 09:00" in answer.content.decode()
    other = as_user(manager_north).post(address, {"version": "1"}, headers=htmx)

    assert "Somebody else changed" in other.content.decode()
    assert HistoryEntry.objects.of(task).count() == 1


def test_signing_out_makes_the_browser_forget(as_user, staff_north, hq):
    answer = as_user(staff_north).post("/accounts/logout/")

    assert answer["Clear-Site-Data"] == '"storage"'
    worker = as_user(hq).get("/worker.js")
    assert worker["Content-Type"] == "text/javascript"
    assert worker["Cache-Control"] == "no-cache"


def test_forgetting_is_asked_of_who_signs_out_only(as_user, staff_north):
    assert "Clear-Site-Data" not in as_user(staff_north).get("/accounts/logout/")


def test_backup_who_takes_a_task_no_longer_stands_in_for_himself(
    task, staff_north, helper_north, manager_north
):
    with unrecorded():
        Task.objects.filter(pk=task.pk).update(backup=helper_north)
    request = make_request(task, staff_north, kind="not_mine", wished_date=None)

    grant_owner(request, to=helper_north, version=1, act=Act(by=manager_north, at=NOW))

    task.refresh_from_db()
    assert (task.owner, task.backup) == (helper_north, None)


def test_tapped_row_still_says_what_was_asked(task, staff_north, as_user):
    make_request(task, staff_north)
    address, htmx = f"/tasks/{task.pk}/start/", {"HX-Request": "true"}

    row = as_user(staff_north).post(address, {"version": task.version}, headers=htmx)

    assert "Asked for Wed 7 Apr" in row.content.decode()
