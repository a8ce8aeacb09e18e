"""The liaison asks a CEO for something, names the task that waits for it, and sees what is
won when he does it; one undo takes all of it back."""

import re

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

WANTED = "lend us a test room"
TASK = """SELECT t.id, t.title, t.state, t.waits_for_ask_id FROM rollout_task t
JOIN rollout_plan p ON p.id = t.plan_id JOIN regions_region r ON r.id = p.region_id
WHERE r.code = ? AND t.state = 'open' ORDER BY t.due_date DESC, t.id LIMIT 1"""
STATE = "SELECT state, waits_for_ask_id FROM rollout_task WHERE id = ?"


def press(page, sample, text, **more):
    name = sample.say(text, **more)
    page.get_by_role("button", name=name, exact=True).first.click()


def make_ask(page, sample):
    page.get_by_role("link", name=sample.say("New ask"), exact=True).click()
    page.locator("main [name=text]").fill(WANTED)
    page.get_by_label(sample.say("people"), exact=True).check()
    press(page, sample, "Save")


def test_kept_ask_frees_the_task_that_waits_for_it_and_undo_takes_it_back(
    visit, sample, product
):
    visitor = visit("liaison")
    [task] = product.rows(TASK, sample.region)
    page = visitor.open(f"/tasks/{task['id']}/")
    page.get_by_text(sample.say("It is blocked"), exact=True).click()
    page.get_by_label(sample.say("nobody has time"), exact=True).check()
    press(page, sample, "Blocked")

    page = visitor.open(f"/regions/{sample.region}/")
    make_ask(page, sample)
    expect(page.get_by_role("heading", level=1)).to_have_text(WANTED.capitalize())
    page.get_by_label(task["title"], exact=True).check()
    press(page, sample, "They wait for it")
    cost = page.locator(".verdict")
    waits = sample.say("%(n)d task waits", "%(n)d tasks wait", n=1)
    expect(cost).to_contain_text(waits)

    press(page, sample, "Done", context="ask")
    freed = sample.say("%(n)d task can go on.", "%(n)d tasks can go on.", n=1)
    expect(page.locator(".note")).to_contain_text(freed)
    gain = sample.say(
        "%(n)d task freed on %(day)s.", "%(n)d tasks freed on %(day)s.", n=1, day="DAY"
    )
    is_said = re.compile(re.escape(gain).replace("DAY", ".+"))
    expect(page.locator(".verdict").first).to_have_text(is_said)
    [now] = product.rows(STATE, task["id"])
    assert (now["state"], now["waits_for_ask_id"]) == ("open", None)
    page.set_viewport_size(PHONE)
    assert violations_in_both_themes(page) == []

    press_take_back(page)
    expect(cost).to_contain_text(waits)
    [now] = product.rows(STATE, task["id"])
    assert now["state"] == "blocked"
    assert now["waits_for_ask_id"] is not None

    leave_as_found(page, visitor, sample, task)


def press_take_back(page):
    page.locator('form[action$="/undo/"] button').first.click()


def leave_as_found(page, visitor, sample, task):
    """The ask settled without a task, and the task open: other journeys use both."""
    name = sample.say("Waits no more: %(title)s", title=task["title"])
    page.get_by_role("button", name=name, exact=True).click()
    press(page, sample, "Declined", context="ask")
    page = visitor.open(f"/tasks/{task['id']}/")
    press(page, sample, "Not blocked any more")
