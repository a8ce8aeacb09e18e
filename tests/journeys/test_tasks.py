"""Journey 4: somebody of the regional staff does his week on a phone."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE
from .samples import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes]

AHEAD = timedelta(days=7)
TASKS = """SELECT t.id, t.title, t.due_date, t.state, u.time_zone FROM rollout_task t
JOIN regions_user u ON u.id = t.owner_id
WHERE u.email = ? AND t.state IN ('open', 'started', 'blocked') ORDER BY t.due_date, t.id"""
STATE = "SELECT state, block_reason FROM rollout_task WHERE id = ?"
CHANGES = """SELECT h.field, h.after, h.via, u.email FROM regions_historyentry h
JOIN regions_user u ON u.id = h.by_id
WHERE h.model = 'rollout.task' AND h.object_id = ? AND h.field = 'state' ORDER BY h.id"""


@pytest.fixture
def tasks(product, sample):
    """His unfinished tasks, as they are stored."""
    return product.rows(TASKS, sample.email("staff"))


@pytest.fixture
def to_do(tasks):
    """One that he can do at once: due this week, and not blocked."""
    return next(row for row in tasks if row["state"] == "open" and is_of_this_week(row))


def is_of_this_week(task):
    today = datetime.now(ZoneInfo(task["time_zone"])).date()
    return date.fromisoformat(task["due_date"]) <= today + AHEAD


def row_of(page, task):
    return page.locator(f"#task-{task['id']}")


def ring(page, sample, task):
    name = sample.say("Done: %(title)s", title=task["title"])
    return row_of(page, task).get_by_role("button", name=name, exact=True)


def undo(page, sample, task):
    name = sample.say("Undo: %(title)s", title=task["title"])
    return row_of(page, task).get_by_role("button", name=name, exact=True)


def count(page):
    """The number that the heading begins with."""
    heading = page.locator("h1").inner_text()
    return int(re.search(r"\d+", heading).group())


def heading(sample, number):
    return sample.say("%(n)s thing this week", "%(n)s things this week", n=number)


def state(product, task):
    return tuple(product.rows(STATE, task["id"])[0])


def menu(page, sample, task):
    name = sample.say("More: %(title)s", title=task["title"])
    return row_of(page, task).get_by_label(name, exact=True)


def test_my_tasks_are_mine_and_due(visit, sample, tasks):
    due = [row for row in tasks if is_of_this_week(row)]
    later = len(tasks) - len(due)

    page = visit("staff", viewport=PHONE).open("/tasks/")

    unfinished = page.locator(".task:not(.done)").evaluate_all(
        "rows => rows.map(row => row.id)"
    )
    assert sorted(unfinished) == sorted(f"task-{row['id']}" for row in due)
    assert count(page) == len(due)
    rest = sample.say("%(n)s later", "%(n)s later", n=later)
    expect(page.get_by_role("link", name=rest)).to_be_visible()


def test_done_is_one_tap_and_undo_takes_it_back(visit, sample, product, to_do):
    page = visit("staff", viewport=PHONE, has_touch=True).open("/tasks/")
    number, before = count(page), len(product.rows(CHANGES, to_do["id"]))

    ring(page, sample, to_do).tap()

    said = page.locator("#status")
    expect(undo(page, sample, to_do)).to_be_focused()
    expect(said).to_have_text(sample.say("Done: %(title)s", title=to_do["title"]))
    expect(page.locator("h1")).to_have_text(heading(sample, number - 1))
    title = row_of(page, to_do).get_by_role("link", name=to_do["title"])
    expect(title).to_have_css("text-decoration-line", "line-through")
    assert state(product, to_do) == ("done", "")

    undo(page, sample, to_do).tap()

    expect(ring(page, sample, to_do)).to_be_focused()
    expect(said).to_have_text(sample.say("Taken back: %(title)s", title=to_do["title"]))
    expect(page.locator("h1")).to_have_text(heading(sample, number))
    expect(title).not_to_have_css("text-decoration-line", "line-through")
    assert state(product, to_do) == ("open", "")
    staff = sample.email("staff")
    assert [tuple(row) for row in product.rows(CHANGES, to_do["id"])[before:]] == [
        ("state", "done", "web", staff),
        ("state", "open", "web", staff),
    ]


def test_done_and_undo_work_without_script(visit, sample, product, to_do):
    visitor = visit("staff", viewport=PHONE, java_script_enabled=False)
    page = visitor.open("/tasks/")
    number = count(page)

    ring(page, sample, to_do).click()

    told = page.locator(".note")
    expect(told).to_have_text(sample.say("Done: %(title)s", title=to_do["title"]))
    expect(page.locator("h1")).to_have_text(heading(sample, number - 1))
    assert state(product, to_do) == ("done", "")

    undo(page, sample, to_do).click()

    expect(told).to_have_text(sample.say("Taken back: %(title)s", title=to_do["title"]))
    expect(page.locator("h1")).to_have_text(heading(sample, number))
    assert state(product, to_do) == ("open", "")


def test_blocked_task_is_seen_at_once_by_manager_and_headquarters(
    visit, sample, product, to_do
):
    reason = sample.say("a decision is missing")
    page = visit("staff", viewport=PHONE).open("/tasks/")

    menu(page, sample, to_do).click()
    row_of(page, to_do).get_by_role(
        "button", name=re.compile(reason, re.IGNORECASE)
    ).click()

    blocked = sample.say("Blocked: %(why)s", why=reason)
    expect(row_of(page, to_do)).to_contain_text(blocked)
    expect(page.locator("#status")).to_have_text(
        sample.say("Blocked: %(title)s", title=to_do["title"])
    )
    expect(menu(page, sample, to_do)).to_be_focused()
    assert state(product, to_do) == ("blocked", "decision")
    for who in ("manager", "hq"):
        theirs = visit(who).open(f"/regions/{sample.region}/")
        card = theirs.get_by_role("region", name=sample.say("Blocked"), exact=True)
        line = card.get_by_role("article").filter(has_text=to_do["title"])
        expect(line).to_contain_text(blocked)

    menu(page, sample, to_do).click()
    page.get_by_role(
        "button", name=sample.say("Not blocked any more"), exact=True
    ).click()

    expect(row_of(page, to_do)).not_to_contain_text(blocked)
    assert state(product, to_do) == ("open", "")


def test_done_without_a_signal_is_kept_over_a_reload_and_done_once(
    visit, sample, product, to_do
):
    """Tapped offline, reloaded offline, online again; and signing out forgets it all."""
    visitor = visit(viewport=PHONE, has_touch=True)
    visitor.sign_in(sample.email("staff"), PASSWORD)
    page, before = visitor.open("/tasks/"), len(product.rows(CHANGES, to_do["id"]))
    page.wait_for_function(
        "async () => Boolean(await caches.match('/tasks/'))"
        " && Boolean(navigator.serviceWorker.controller)"
    )
    visitor.watch.allow_silence()
    visitor.context.set_offline(True)
    waits = sample.say("Kept here, waits for a signal")

    ring(page, sample, to_do).tap()
    expect(row_of(page, to_do)).to_contain_text(waits)
    page.reload()

    expect(row_of(page, to_do)).to_contain_text(waits)
    assert state(product, to_do) == ("open", "")

    visitor.context.set_offline(False)

    saved = sample.say("Done, saved %(time)s", time="|").split("|")[0]
    expect(row_of(page, to_do)).to_contain_text(saved)
    page.reload()
    assert state(product, to_do) == ("done", "")
    changes = product.rows(CHANGES, to_do["id"])[before:]
    assert [row["after"] for row in changes] == ["done"]
    assert page.evaluate("() => localStorage.length") == 0

    undo(page, sample, to_do).tap()
    expect(ring(page, sample, to_do)).to_be_focused()
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    page.wait_for_url("**/accounts/login/**")
    page.wait_for_function("async () => (await caches.keys()).length === 0")


def test_tasks_in_hand_are_for_everybody(visit, sample, to_do, tasks):
    """With a menu open and a row just done, in both themes."""
    other = next(
        row for row in tasks if is_of_this_week(row) and row["id"] != to_do["id"]
    )
    page = visit("staff", viewport=PHONE).open("/tasks/")
    ring(page, sample, to_do).click()
    expect(undo(page, sample, to_do)).to_be_focused()
    menu(page, sample, other).click()

    assert violations_in_both_themes(page) == []
    undo(page, sample, to_do).click()
    expect(ring(page, sample, to_do)).to_be_focused()
