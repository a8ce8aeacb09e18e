"""Asks and promises: what waits for them, what they free, the ledger and its pages."""

from datetime import date, timedelta

import pytest
from django.urls import reverse

from regions.calendar import Corrections
from regions.enums import AskOf, AskState
from regions.history import Act, EditedMeanwhile
from regions.models import Ask, HistoryEntry
from regions.services.asks import CannotChangeAsk, NewAsk, change, make, settle
from regions.services.contacts import Log, log_contact, withdraw_contact
from regions.services.undo import undo
from rollout.dashboard import today_page
from rollout.enums import BlockReason, TaskState
from rollout.models import Task
from rollout.placing import call_reasons
from rollout.queries.askpage import ask_page
from rollout.queries.asks import asks, sides
from rollout.queries.calls import calls_due
from rollout.services.asks import CannotLink, link_tasks, settle_ask, unlink_task
from rollout.services.taskedit import edit_task
from rollout.services.tasks import (
    CannotMoveTask,
    block_task,
    complete_task,
    reopen_task,
    start_task,
)
from tests import factories
from tests.factories import NOW, make_ask, make_contact, make_task

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

DAY = timedelta(days=1)
OPEN, PROMISED, DONE, DECLINED = AskState


def march(day):
    return date(2027, 3, day)


@pytest.fixture
def act(liaison_north):
    """Each time another act of the liaison, as many days before NOW as wanted."""
    return lambda days=0: Act(by=liaison_north, at=NOW - days * DAY)


@pytest.fixture
def ask(ceo_north, programme, rhythm_north, act):
    """To name a data owner; made nine days ago, overdue since two."""
    new = NewAsk("people", "name a data owner", due_date=march(8))
    return make(ceo_north, programme, new, act=act(9))


@pytest.fixture
def held_up(plan_north, staff_north, ask, act):
    """Two tasks that wait for it: one was started before, one is late."""
    started = make_task(plan_north, "Load", owner=staff_north, due_date=march(12))
    late = make_task(plan_north, "Clean", owner=staff_north, due_date=march(9))
    start_task(started, version=1, act=act(8))
    for task, version, days in ((started, 2, 7), (late, 1, 2)):
        block_task(
            task, reason="people", waits_for_ask=ask, version=version, act=act(days)
        )
    return started, late


def states(*tasks):
    found = dict(Task.objects.values_list("pk", "state"))
    return [found[task.pk] for task in tasks]


# --- What becomes of an ask ----------------------------------------------------------


def test_kept_ask_frees_its_tasks_and_one_undo_takes_all_back(ask, held_up, act, cio):
    kept = act()

    settled = settle_ask(ask, DONE, version=1, act=kept)

    assert states(*held_up) == [TaskState.STARTED, TaskState.OPEN]
    assert (settled.ask.settled_at, len(settled.freed)) == (NOW, 2)
    assert set(HistoryEntry.objects.filter(act=kept.id).values_list("model")) == {
        ("regions.ask",),
        ("rollout.task",),
    }
    page = ask_page(settled.ask, cio, NOW)
    assert page.gain == (
        "2 tasks freed on Wed 10 Mar. "
        "1 working day was lost: the first was due on Tue 9 Mar."
    )
    assert page.undo.id == kept.id

    undo(kept.id, act=act())

    ask.refresh_from_db()
    assert (ask.state, ask.settled_at) == (OPEN, None)
    assert states(*held_up) == [TaskState.BLOCKED] * 2
    assert ask.waiting_tasks.count() == 2


def test_days_won_are_those_to_the_due_day_as_it_was_then(ask, held_up, act, cio):
    started, late = held_up
    unlink_task(ask, late, version=late.version + 1, act=act())
    settle_ask(ask, DONE, version=1, act=act())
    ask.refresh_from_db()
    won = (
        "1 task freed on Wed 10 Mar. That won 2 working days: it is due on Fri 12 Mar."
    )
    assert ask_page(ask, cio, NOW).gain == won

    started.refresh_from_db()
    day = {"due_date": march(31)}
    edit_task(started, day, version=started.version, act=act(), reason="no testers")

    assert ask_page(ask, cio, NOW).gain == won


def test_moves_follow_the_table_and_a_tap_sent_again_does_nothing(ask, act):
    settle(ask, DECLINED, version=1, act=act())
    again = settle(ask, DECLINED, version=1, act=act())
    assert (again.state, again.settled_at, again.version) == (DECLINED, NOW, 2)

    with pytest.raises(EditedMeanwhile):
        settle(ask, OPEN, version=1, act=act())
    settle(ask, PROMISED, version=2, act=act())
    settle(ask, DONE, version=3, act=act())
    with pytest.raises(CannotChangeAsk, match="is done"):
        settle(ask, DECLINED, version=4, act=act())

    row = settle(ask, OPEN, version=4, act=act())
    assert (row.state, row.settled_at) == (OPEN, None)


def test_first_day_of_an_ask_stays(ask, ceo_north, programme, act):
    said = {"kind": "people", "text": "name two"}
    row = change(ask, due_date=march(30), version=1, act=act(), **said)
    assert (row.text, row.due_date, row.first_due_date) == (
        "name two", march(30), march(8),
    )  # fmt: skip

    without = make_ask(ceo_north, programme, due_date=None)
    row = change(without, due_date=march(30), version=1, act=act(), **said)
    assert row.first_due_date == march(30)
    with pytest.raises(CannotChangeAsk):
        change(row, kind="people", text=" ", due_date=None, version=2, act=act())


def test_talk_that_says_nothing_of_an_ask_leaves_it_as_the_ledger_has_it(
    ask, ceo_north, programme, act
):
    """Only an answer moves it, and only a new day its day."""
    settle(ask, PROMISED, version=1, act=act())
    said = {"kind": "people", "text": ask.text}
    change(ask, due_date=march(30), version=2, act=act(), **said)

    log = Log(outcome="no_answer", held_at=NOW, ask=ask)
    silent = log_contact(ceo_north, programme, log, act=act())
    withdraw_contact(silent, version=1, act=act())
    ask.refresh_from_db()
    assert (ask.state, ask.due_date) == (PROMISED, march(30))

    log = Log(outcome="reached", held_at=NOW, minutes=15, ask=ask, answer="no")
    log_contact(ceo_north, programme, log, act=act())
    ask.refresh_from_db()
    assert (ask.state, ask.due_date, ask.settled_at) == (DECLINED, march(30), NOW)


# --- Which tasks wait ----------------------------------------------------------------


def test_what_an_ask_costs_is_told_by_task_and_together(ask, held_up, cio):
    page = ask_page(ask, cio, NOW)

    assert page.state == "Open, 2 days overdue"
    assert page.cost == (
        "2 tasks wait, the longest for 5 working days; "
        "the first was due on Tue 9 Mar, 1 day ago."
    )
    assert page.total == "Together that is 7 working days of waiting."
    assert [one.task.title for one in page.waits] == ["Load", "Clean"]


def test_link_to_what_was_blocked_before_counts_from_the_block(
    ask, plan_north, act, cio, ceo_north, programme
):
    """But not what it waited for another ask."""
    other = make_ask(ceo_north, programme, text="sign")
    before = make_task(plan_north, "Before", due_date=march(20))
    moved = make_task(plan_north, "Moved", due_date=march(20))
    block_task(before, reason="data", version=1, act=act(5))
    block_task(moved, reason="data", waits_for_ask=other, version=1, act=act(5))
    unlink_task(other, moved, version=2, act=act(1))
    link_tasks(ask, [before, moved], act=act())

    waits = ask_page(ask, cio, NOW).waits

    assert [(one.task.title, one.cost) for one in waits] == [
        ("Before", 3),
        ("Moved", 1),
    ]


def test_only_blocked_tasks_of_the_plan_wait_and_only_for_what_is_open(
    ask, held_up, plan_north, plan_south, act, ceo_north, ceo_south, programme
):
    open_one = make_task(plan_north, "Open")
    far = make_task(
        plan_south, "Far", state=TaskState.BLOCKED, block_reason=BlockReason.DATA
    )
    other = make_ask(ceo_north, programme, text="sign")
    settled = make_ask(ceo_north, programme, state=DONE, settled_at=NOW)

    for to, task, why in (
        (ask, open_one, "not blocked"),
        (ask, far, "another plan"),
        (other, held_up[0], "another ask"),
        (settled, held_up[0], "is done"),
    ):
        with pytest.raises(CannotLink, match=why):
            link_tasks(to, [task], act=act())
    for wrong in (settled, make_ask(ceo_south, programme)):
        with pytest.raises(CannotMoveTask):
            block_task(
                open_one, reason="data", waits_for_ask=wrong, version=1, act=act()
            )


def test_task_that_goes_on_waits_no_more(held_up, ask, act):
    started, late = held_up
    reopen_task(started, version=3, act=act())
    complete_task(late, version=2, act=act())

    assert ask.waiting_tasks.count() == 0
    assert settle_ask(ask, DONE, version=1, act=act()).freed == []


def test_history_tells_of_the_ask_only_to_who_knows_the_talks(
    held_up, ask, staff_north, liaison_north, as_user
):
    task = held_up[0]
    address = reverse("rollout:task", args=[task.pk])
    told = [
        "name a data owner" in as_user(user).get(address).content.decode()
        for user in (staff_north, liaison_north)
    ]

    assert told == [False, True]
    entries = HistoryEntry.objects.filter(field="waits_for_ask")
    assert not entries.visible_to(staff_north).exists()
    assert entries.visible_to(liaison_north).count() == 2


# --- Pages ---------------------------------------------------------------------------


def test_block_names_the_ask_and_then_waits_for_the_ceo(
    ask, plan_north, liaison_north, staff_north, as_user, ceo_north
):
    """Who does not know the asks changes the reason and leaves the ask that stands."""
    task = make_task(plan_north, "Load", owner=staff_north)
    address = reverse("rollout:task-block", args=[task.pk])
    said = {"reason": "people", "waits_for": "", "waits_for_ask": ask.pk}
    as_user(staff_north).post(address, {**said, "version": 1})
    task.refresh_from_db()
    assert (task.waits_for, task.waits_for_ask) == (None, None)

    as_user(liaison_north).post(address, {**said, "version": 2})
    task.refresh_from_db()
    assert (task.waits_for, task.waits_for_ask) == (ceo_north.user, ask)

    as_user(staff_north).post(address, {"reason": "data", "version": 3})
    task.refresh_from_db()
    assert (task.block_reason, task.waits_for_ask) == ("data", ask)


def test_ask_is_made_once_worded_anew_linked_kept_and_reopened(
    plan_north, ceo_north, programme, rhythm_north, liaison_north, as_user
):
    browser = as_user(liaison_north)
    blocked = make_task(
        plan_north, "Load", state=TaskState.BLOCKED, block_reason=BlockReason.DATA
    )
    new = reverse("rollout:ask-new", args=["NORTH"])
    said = browser.get(new).context["form"]
    data = {
        "key": said["key"].value(), "programme": programme.pk, "of": "us",
        "kind": "information", "text": "send the figures", "due_date": "2027-03-19",
    }  # fmt: skip
    assert browser.post(new, {**data, "text": ""}).status_code == 422
    for _twice in range(2):
        answer = browser.post(new, data)
    row = Ask.objects.get()
    at = reverse("rollout:ask", args=[row.pk])
    assert (answer.url, row.of) == (at, AskOf.US)
    assert browser.post(new, {**data, "text": "other"}).status_code == 422

    def post(name, **values):
        return browser.post(reverse(f"rollout:{name}", args=[row.pk]), values)

    assert post("ask-link", task=[blocked.pk]).url == at
    assert post("ask-link", task=["x"]).status_code == 422
    form = browser.get(at).context["form"]
    seen = {f"seen-{name}": form[name].value() for name in ("text", "kind")}
    post("ask-change", version=1, text="send all", kind="information", due_date="")
    clash = post("ask-change", version=1, text="send", kind="information", **seen)
    assert clash.status_code == 409
    page = browser.post(
        reverse("rollout:ask-settle", args=[row.pk]),
        {"version": 2, "state": "done"},
        follow=True,
    )
    assert "Send all: done. 1 task can go on." in page.content.decode()
    assert states(blocked) == [TaskState.OPEN]
    for bad in ({"version": 2, "state": "open"}, {"state": "open"}, {"version": 3}):
        post("ask-settle", **bad)
        row.refresh_from_db()
        assert row.state == DONE
    post("ask-settle", version=3, state="open")
    assert states(blocked) == [TaskState.OPEN]
    assert post("ask-unlink", task=blocked.pk, version=3).url == at


def test_list_leads_with_our_overdue_promises_then_the_longest_overdue(
    ceo_north, ceo_south, programme, liaison_north, cio, plan_north
):
    texts = (
        ("no day", {"due_date": None}),
        ("later", {"due_date": march(30)}),
        ("overdue", {"due_date": march(1)}),
        ("ours", {"due_date": march(8), "of": AskOf.US}),
        ("ours later", {"due_date": march(20), "of": AskOf.US, "state": PROMISED}),
        ("done", {"state": DONE, "settled_at": NOW}),
    )
    for text, values in texts:
        make_ask(ceo_north, programme, text=text, **values)
    make_ask(ceo_south, programme, text="far", due_date=march(2))

    def found(**wanted):
        return [row.text for row in asks(liaison_north, wanted, NOW)]

    assert found() == ["ours", "overdue", "ours later", "later", "no day"]
    assert found(overdue=True) == ["ours", "overdue"]
    assert found(of="us", state="all") == ["ours", "ours later"]
    assert found(state="done", wave=plan_north.wave) == ["done"]
    assert found(q="south") == []
    assert [row.text for row in asks(cio, {"q": "south"}, NOW)] == ["far"]
    assert [(one.words, one.late) for one in sides(cio, NOW)] == [
        ("4 asked of CEOs", "2 overdue"),
        ("2 promised by us", "1 overdue"),
    ]
    with_closed(programme)
    assert found() == []
    assert "ours" in found(state="all")


def with_closed(programme):
    with factories.unrecorded():
        programme.closed_at = NOW
        programme.save()


@pytest.mark.parametrize("count", [1, 3])
def test_list_page_and_file_ask_so_many_queries(
    count, ceo_north, programme, plan_north, liaison_north, as_user, assert_queries
):
    for number in range(count):
        row = make_ask(ceo_north, programme, text=f"A{number}")
        make_task(
            plan_north, f"T{number}", waits_for_ask=row,
            state=TaskState.BLOCKED, block_reason=BlockReason.DATA,
        )  # fmt: skip
    browser, at = as_user(liaison_north), reverse("rollout:ask-list")
    browser.get(at)

    with assert_queries(13):
        page = browser.get(at)
    with assert_queries(8):
        file = browser.get(at, {"format": "csv"})

    assert len(page.context["lines"]) == count
    assert len(file.content.decode("utf-8-sig").splitlines()) == count + 1


# --- Whom to call --------------------------------------------------------------------


def test_overdue_ask_what_waits_for_it_and_our_promise_are_reasons_to_call(
    ask, held_up, cio, programme, ceo_north, liaison_north
):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - 18 * DAY)
    make_ask(
        ceo_north, programme, text="Send the figures.", of=AskOf.US, due_date=march(7)
    )

    (call,) = today_page(programme, cio, at=NOW).calls

    assert call.reasons == [
        "18 days since the last talk, ideal is 14.",
        "Go-live in 54 days, preparing.",
        "Overdue ask: name a data owner, 2 days; 2 tasks wait.",
        "Our promise is overdue: Send the figures, 3 days.",
        "Caller: Liaison North.",
    ]


def test_ask_in_time_is_a_reason_only_when_tasks_wait(
    ask, held_up, rhythm_north, act, programme, ceo_north, liaison_north
):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - 18 * DAY)
    other = make_task(held_up[0].plan, "Other", due_date=march(20))
    block_task(other, reason="people", waits_for=ceo_north.user, version=1, act=act(1))
    said = {"kind": "people", "text": ask.text}
    change(ask, due_date=march(30), version=1, act=act(), **said)

    (call,) = calls_due(type(rhythm_north).objects.all(), NOW, Corrections())

    assert call_reasons(call)[2:] == [
        "2 tasks wait for the ask.",
        "One blocked task waits for this CEO.",
    ]
