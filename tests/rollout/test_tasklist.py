"""The list of all tasks: filters, search, files, one row, many rows, and the task's page."""

import io
import re
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from regions.enums import Role
from regions.pinyin import fits
from rollout.enums import TaskState
from rollout.models import ChecklistItem, Task, TaskComment
from tests.factories import (
    NOW,
    make_comment,
    make_item,
    make_link,
    make_plan,
    make_procedure,
    make_region,
    make_step,
    make_task,
    make_user,
)

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
HTMX = {"HX-Request": "true"}
QUERIES = {
    "list": 11, "search": 14, "file": 5, "many": 7, "task": 17, "edit": 10, "row": 7,
    "board": 13,
}  # fmt: skip


def titles(answer):
    return [row.task.title for row in answer.context["lines"]]


@pytest.fixture
def shenzhen(wave):
    plan = make_plan(make_region("SZ", name="深圳公司"), wave)
    owner = make_user("clerk@example.org", Role.STAFF, region=plan.region, name="单雪")
    make_task(plan, "Their task", owner=owner)
    return plan


@pytest.mark.parametrize(
    ("words", "name", "found"),
    [
        ("sz", "深圳公司", True),
        ("shenzhen", "深圳公司", True),
        ("Shen Zhen", "深圳公司", True),
        ("gongsi", "深圳公司", True),
        ("zgs", "深圳公司", True),
        ("深", "深圳公司", True),
        # From the beginning of a syllable on, not from its middle.
        ("hen", "深圳公司", False),
        # As the whole name is read.
        ("chongqing", "重庆", True),
        ("zhongqing", "重庆", False),
        ("erpshenzhen", "ERP深圳", True),
        ("!", "深圳", False),
        ("north", "North Company", True),
        ("nc", "North Company", False),
    ],
)
def test_chinese_names_are_found_by_how_they_sound(words, name, found):
    assert fits(words, name) == found


@pytest.mark.parametrize("words", ["sz", "shenzhen", "深圳", "danxue", "their"])
def test_search_finds_region_person_and_title(
    words, shenzhen, plan_north, as_user, cio
):
    make_task(plan_north, "Another")
    client = as_user(cio)

    assert titles(client.get("/tasks/all/", {"q": words})) == ["Their task"]
    assert titles(client.get("/tasks/all/", {"q": "nobody"})) == []


def test_titles_sound_too_and_regions_are_found_on_their_list(
    plan_north, shenzhen, as_user, cio
):
    make_task(plan_north, "核对库存")
    client = as_user(cio)

    assert titles(client.get("/tasks/all/?q=hdkc")) == ["核对库存"]
    assert client.get("/regions/?q=sz").headers["Location"] == "/regions/SZ/"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("", ["late", "today", "sunday", "monday", "blocked", "far"]),
        ("due=overdue", ["late"]),
        ("due=today", ["today"]),
        ("due=week", ["today", "sunday"]),
        ("due=next", ["monday"]),
        ("due=month", ["today", "sunday", "monday", "blocked"]),
        ("due=later", ["blocked", "far"]),
        ("state=blocked", ["blocked"]),
        ("state=done", ["done"]),
        ("state=all&sort=-due", ["far", "blocked", "monday", "sunday", "done", "today", "late"]),
        ("helper_ready=on", ["today"]),
        ("counts=on", ["late"]),
        ("nobody=on&sort=title", ["blocked", "far", "late", "monday", "sunday"]),
        ("kind=meeting", ["sunday"]),
        ("sort=hours", ["monday", "late", "today", "sunday", "blocked", "far"]),
        ("sort=nonsense&due=nonsense&region=NOWHERE&page=x", ["late", "today", "sunday", "monday", "blocked", "far"]),
        ("region=NORTH&wave=999", ["late", "today", "sunday", "monday", "blocked", "far"]),
        ("region=SOUTH", []),
    ],
)  # fmt: skip
def test_filters_and_order_stand_in_the_address(
    asked, found, plan_north, south, staff_north, as_user, cio
):
    days = {"late": 9, "today": 10, "sunday": 14, "monday": 15, "far": 60}
    more = {
        "late": {"counts": True},
        "today": {"helper_ready": True, "owner": staff_north},
        "sunday": {"kind": "meeting"},
        "monday": {"remaining_hours": Decimal(2)},
    }
    for title, day in days.items():
        due = date.fromordinal(date(2027, 3, 1).toordinal() + day - 1)
        make_task(plan_north, title, due_date=due, **more.get(title, {}))
    blocked = {"state": TaskState.BLOCKED, "block_reason": "data"}
    make_task(plan_north, "blocked", due_date=date(2027, 3, 24), **blocked)
    done = {"state": TaskState.DONE, "finished_at": NOW, "owner": staff_north}
    make_task(plan_north, "done", due_date=date(2027, 3, 12), **done)

    assert titles(as_user(cio).get(f"/tasks/all/?{asked}")) == found


@pytest.mark.parametrize("count", [1, 3])
def test_pages_take_the_same_queries_for_one_and_three_rows(
    count, plan_north, staff_north, as_user, hq
):
    main = make_task(plan_north, "核对", owner=staff_north, effort_hours=3)
    for number in range(count):
        region = make_region(f"R{number}", name=f"深圳 {number}")
        plan = make_plan(region, plan_north.wave)
        make_task(plan, f"核对 {number}", owner=staff_north)
        make_item(main, f"Point {number}")
        make_comment(main, staff_north)
        make_link(main, make_task(plan_north, f"核 {number}", owner=staff_north))
    client = as_user(hq)
    numbers = Task.objects.values_list("pk", flat=True)
    ticks = "&".join(f"task={pk}" for pk in numbers)

    pages = {
        "list": "/tasks/all/",
        "search": "/tasks/all/?q=hd",
        "file": "/tasks/all/export/?format=csv",
        "many": f"/tasks/bulk/?act=shift&days=1&why=so&{ticks}",
        "task": f"/tasks/{main.pk}/",
        "edit": f"/tasks/{main.pk}/edit/",
        "row": f"/tasks/{main.pk}/row/",
        "board": "/regions/NORTH/board/",
    }
    counts = {}
    for name, address in pages.items():
        with CaptureQueriesContext(connection) as queries:
            assert client.get(address).status_code == 200
        counts[name] = len(queries)

    assert counts == QUERIES


def test_list_shows_what_one_sees_and_offers_what_one_may(
    plan_north, plan_south, as_user, staff_north, manager_north
):
    make_task(plan_north, "Ours")
    make_task(plan_south, "Theirs")

    staff, manager = (
        as_user(one).get("/tasks/all/") for one in (staff_north, manager_north)
    )

    assert (titles(staff), titles(manager)) == (["Ours"], ["Ours"])
    assert (staff.context["bulk_form"], manager.context["bulk_form"] is None) == (
        None,
        False,
    )


def test_files_hold_all_that_fits_and_no_live_formula(plan_north, as_user, cio):
    make_task(plan_north, "=1+1", effort_hours=Decimal("7.5"))
    make_task(plan_north, "Left out", due_date=date(2027, 3, 1))
    client = as_user(cio)

    csv = client.get("/tasks/all/export/?due=later&format=csv").content.decode(
        "utf-8-sig"
    )
    book = load_workbook(
        io.BytesIO(client.get("/tasks/all/export/?format=xlsx").content)
    )

    head, *lines = csv.splitlines()
    assert head.startswith('"Region","Wave","Title","Kind","Person in charge"')
    assert [line.split(",")[2] for line in lines] == ['"\'=1+1"']
    assert [row[2].value for row in book.active.iter_rows()] == ["Title", "Left out", "=1+1"]  # fmt: skip


# --- One row -------------------------------------------------------------------------


def test_row_is_changed_in_its_place_or_on_a_page(
    plan_north, as_user, hq, manager_north
):
    task = make_task(plan_north)
    client = as_user(manager_north)
    sent = {"version": 1, "owner": hq.pk, "due_date": "2027-03-25", "state": "started"}

    form = client.get(f"/tasks/{task.pk}/row/", headers=HTMX)
    refused = client.post(f"/tasks/{task.pk}/row/", sent, headers=HTMX)
    saved = client.post(
        f"/tasks/{task.pk}/row/", {**sent, "reason": "later"}, headers=HTMX
    )
    plain = client.post(
        f"/tasks/{task.pk}/row/",
        {"version": 3, "due_date": "2027-03-25", "state": "done", "then": "/tasks/all/?q=a"},
    )  # fmt: skip

    assert form.content.decode().startswith(f'<tr id="row-{task.pk}"')
    assert (refused.status_code, "Say why the day moves" in refused.content.decode()) == (200, True)  # fmt: skip
    assert f'id="change-{task.pk}"' in saved.content.decode()
    assert 'id="status"' in saved.content.decode()
    assert plain.headers["Location"] == "/tasks/all/?q=a"
    task.refresh_from_db()
    assert (task.state, task.owner) == ("done", None)


def test_row_says_what_somebody_else_saved_and_keeps_what_was_typed(
    plan_north, as_user, manager_north, staff_north, hq
):
    task = make_task(plan_north, owner=staff_north)
    client = as_user(manager_north)
    seen = dict(
        re.findall(
            r'name="(seen-\w+)" value="([^"]*)"',
            client.get(f"/tasks/{task.pk}/row/").content.decode(),
        )
    )
    Task.objects.get(pk=task.pk)
    as_user(hq).post(
        f"/tasks/{task.pk}/row/",
        {"version": 1, "owner": hq.pk, "due_date": "2027-03-24", "state": "open"},
    )
    mine = {
        "version": 1,
        "owner": "",
        "due_date": "2027-03-24",
        "state": "open",
        **seen,
    }

    asked = client.post(f"/tasks/{task.pk}/row/", mine, headers=HTMX).content.decode()

    assert "It now says “Hq”. You wrote “–”." in asked
    task.refresh_from_db()
    assert task.owner == hq
    again = {**mine, "version": 2, "seen-owner": str(hq.pk)}
    client.post(f"/tasks/{task.pk}/row/", again, headers=HTMX)
    task.refresh_from_db()
    assert task.owner is None


# --- Many rows -----------------------------------------------------------------------


def test_many_are_shown_then_changed_then_taken_back(
    plan_north, as_user, manager_north
):
    made = [make_task(plan_north, f"T{number}") for number in range(3)]
    client = as_user(manager_north)
    wanted = {"act": "owner", "taker": manager_north.pk, "then": "/tasks/all/"}
    ticks = {"task": [task.pk for task in made[:2]]}

    shown = client.get("/tasks/bulk/", {**wanted, **ticks})
    seen = shown.context["preview"].seen
    done = client.post("/tasks/bulk/", {**wanted, **ticks, "seen": seen}, follow=True)

    assert (
        "2 tasks, 1 region: new person in charge: Manager North"
        in shown.content.decode()
    )
    assert list(Task.objects.filter(owner=manager_north)) == made[:2]
    act = re.search(r'href="(/history/acts/[^"]+)"', done.content.decode())[1]
    client.post(f"{act}undo/")
    assert not Task.objects.filter(owner=manager_north).exists()
    # An old preview changes nothing: the rows are others by now.
    late = client.post("/tasks/bulk/", {**wanted, **ticks, "seen": seen})
    assert (late.status_code, Task.objects.filter(owner=None).count()) == (422, 3)


def test_many_are_given_only_to_somebody_who_works_there(
    plan_north, plan_south, as_user, hq, staff_south
):
    """As one task is; headquarters works everywhere."""
    made = [make_task(plan) for plan in (plan_north, plan_south)]
    ticks = {"act": "owner", "task": [task.pk for task in made]}
    address = "/tasks/bulk/"

    south = as_user(hq).get(address, {**ticks, "taker": staff_south.pk})
    both = as_user(hq).get(address, {**ticks, "taker": hq.pk})

    told = south.context["preview"]
    assert [one.task for one in told.changes] == [made[1]]
    assert [(one.task, one.why) for one in told.staying] == [
        (made[0], "The new person does not work there.")
    ]
    assert [one.task for one in both.context["preview"].changes] == made


@pytest.mark.parametrize(
    ("then", "back"),
    [("/tasks/all/?q=a", "/tasks/all/?q=a"), ("javascript:alert(1)", "/tasks/all/")],
)
def test_way_back_from_many_is_one_of_this_site(then, back, as_user, hq):
    page = as_user(hq).get("/tasks/bulk/", {"act": "owner", "then": then})

    assert page.context["then"] == back


def test_all_that_fit_are_changed_without_ticks(plan_north, plan_south, as_user, hq):
    for plan in (plan_north, plan_south):
        make_task(plan, "Late", due_date=date(2027, 3, 8))
        make_task(plan, "Later")
    asked = {
        "act": "shift",
        "days": "-1",
        "why": "fair",
        "whole": "on",
        "region": "NORTH",
    }

    page = as_user(hq).get("/tasks/bulk/", {**asked, "due": "overdue"})

    changes = page.context["preview"].changes
    assert [(one.task.title, one.values["due_date"]) for one in changes] == [
        ("Late", date(2027, 3, 5))
    ]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"act": "owner"}, "Tick at least one task."),
        ({"act": "shift", "why": "so"}, "Say by how many working days."),
        ({"act": "drop"}, "Say why."),
        ({"act": "owner", "task": "x"}, "Tick at least one task."),
    ],
)
def test_bulk_says_what_is_missing(sent, said, as_user, hq):
    assert said in as_user(hq).get("/tasks/bulk/", sent).content.decode()


# --- The page of a task --------------------------------------------------------------


@pytest.fixture
def task(plan_north, programme, staff_north):
    note = "Print the list; ask each clerk. Strike what is double. Sign it."
    step = make_step(make_procedure(programme), note=note)
    return make_task(plan_north, owner=staff_north, step=step)


def test_page_says_why_how_and_what_waits(task, plan_north, as_user, staff_north):
    make_link(task, make_task(plan_north, "First", owner=staff_north))
    make_link(make_task(plan_north, "Next"), before=task)

    page = as_user(staff_north).get(f"/tasks/{task.pk}/")

    parts = page.context["parts"]
    assert parts.how == ["Print the list", "ask each clerk.", "Strike what is double. Sign it."]  # fmt: skip
    assert parts.why.startswith("“Next” cannot be finished before it. North Company goes live")  # fmt: skip
    assert [one.title for one in parts.waits_for] == ["First"]


def test_staff_ticks_comments_and_says_hours_but_not_who_and_when(
    task, as_user, staff_north, hq
):
    item = make_item(task)
    client = as_user(staff_north)
    key = "00000000-0000-0000-0000-00000000000"

    client.post(f"/checklist/{item.pk}/tick/", {"done": "1"})
    for _twice in range(2):
        client.post(f"/tasks/{task.pk}/checklist/", {"title": "Two", "key": f"{key}1"})
        client.post(
            f"/tasks/{task.pk}/comment/", {"text": "Half done", "key": f"{key}2"}
        )
    client.post(
        f"/tasks/{task.pk}/edit/",
        {"version": 1, "remaining_hours": "2.5", "owner": hq.pk, "due_date": "2027-03-30",
         "reason": "mine", "counts": "on"},
    )  # fmt: skip

    task.refresh_from_db()
    assert list(
        ChecklistItem.objects.order_by("id").values_list("title", "is_done")
    ) == [
        ("Ask the clerk", True),
        ("Two", False),
    ]
    comment = TaskComment.objects.get()
    assert (task.remaining_hours, task.owner) == (Decimal("2.5"), staff_north)
    assert (task.due_date, task.counts) == (date(2027, 3, 24), False)
    page = client.get(f"/tasks/{task.pk}/").content.decode()
    assert ("Half done" in page, "ticked" in page) == (True, True)
    client.post(f"/comments/{comment.pk}/withdraw/")
    assert "Half done" not in client.get(f"/tasks/{task.pk}/").content.decode()


def test_liaison_changes_a_task_but_not_what_counts(task, as_user, liaison_north, hq):
    sent = {
        "version": 1, "title": "Clean it", "kind": "data", "owner": hq.pk, "counts": "on",
        "due_date": "2027-03-24", "helper_ready": "on", "effort_hours": "8",
    }  # fmt: skip

    as_user(liaison_north).post(f"/tasks/{task.pk}/edit/", sent)

    task.refresh_from_db()
    assert (task.title, task.owner, task.helper_ready) == ("Clean it", hq, True)
    assert task.counts is False
    as_user(hq).post(f"/tasks/{task.pk}/edit/", {**sent, "version": 2})
    task.refresh_from_db()
    assert task.counts is True


def test_two_who_change_a_box_and_the_order_merge(task, plan_north, as_user, hq, cio):
    first = make_task(plan_north, "First")
    address = f"/tasks/{task.pk}/edit/"
    shown = as_user(hq).get(address).content.decode()
    seen = dict(re.findall(r'name="(seen-\w+)" value="([^"]*)"', shown))
    sent = {"title": task.title, "kind": "work", "owner": task.owner_id, "due_date": "2027-03-24"}  # fmt: skip
    theirs = {"version": 1, "counts": "on", "after": first.pk}
    as_user(cio).post(address, {**sent, **theirs})

    as_user(hq).post(address, {**sent, **seen, "version": 1, "helper_ready": "on"})

    task.refresh_from_db()
    assert (task.counts, task.helper_ready) == (True, True)
    assert list(task.predecessors.all()) == [first]


def test_manager_adds_a_task_once(plan_north, as_user, manager_north):
    sent = {
        "key": "00000000-0000-0000-0000-000000000009", "plan": plan_north.pk,
        "title": "Count the shelves", "kind": "work", "due_date": "2027-04-01",
    }  # fmt: skip
    client = as_user(manager_north)

    answers = [client.post("/regions/NORTH/tasks/new/", sent) for _twice in range(2)]

    made = Task.objects.get()
    assert [one.headers["Location"] for one in answers] == [f"/tasks/{made.pk}/"] * 2
    assert client.get("/").headers["Location"] == "/regions/NORTH/board/"


def test_correction_of_what_all_should_become_keeps_its_filters(
    plan_north, as_user, hq
):
    """By the filters: the numbers of hundreds of tasks fit in no address."""
    make_task(plan_north, "Late", due_date=date(2027, 3, 8))
    asked = {"act": "shift", "days": "-1", "whole": "on", "region": "NORTH"}

    text = as_user(hq).get("/tasks/bulk/", {**asked, "due": "overdue"}).content.decode()

    for name, value in (("whole", "on"), ("region", "NORTH"), ("due", "overdue")):
        assert f'<input type="hidden" name="{name}" value="{value}">' in text
    assert 'name="task"' not in text


def test_who_leads_is_offered_the_form_whatever_the_list_holds(
    as_user, manager_north, staff_north
):
    shown = [
        as_user(user).get("/tasks/all/?q=nothing").context["bulk_form"] is not None
        for user in (manager_north, staff_north)
    ]

    assert shown == [True, False]
