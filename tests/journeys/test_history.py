"""Somebody starts a task; the CIO finds it in the history and takes it back, once only."""

import re

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TASKS = """SELECT t.id, t.title FROM rollout_task t JOIN regions_user u
ON u.id = t.owner_id WHERE u.email = ? AND t.state = 'open' ORDER BY t.due_date DESC"""
STATE = "SELECT state FROM rollout_task WHERE id = ?"
UNDONE = """SELECT u.email FROM regions_historyentry h JOIN regions_user u ON u.id = h.by_id
WHERE h.model = 'rollout.task' AND h.object_id = ? AND h.undoes IS NOT NULL ORDER BY h.id"""


def take_back(page, sample):
    # Its name says of which moment the act was.
    name = sample.say("Take back what was done on %(moment)s", moment="\0")
    pattern = re.compile(".+".join(map(re.escape, name.split("\0"))))
    return page.locator("main").get_by_role("button", name=pattern).first


def test_act_is_found_and_taken_back_once(visit, sample, product):
    task = product.rows(TASKS, sample.email("staff"))[-1]
    before = product.rows(UNDONE, task["id"])
    mine = visit("staff", viewport=PHONE, java_script_enabled=False)
    page = mine.open(f"/tasks/{task['id']}/")
    start = page.locator("main").get_by_role("button", name=sample.say("Started"))
    start.click()
    page.goto(f"/history/task/{task['id']}/")
    expect(page.locator(".timeline li").first).to_contain_text(
        sample.say("Started", context="task")
    )

    search = visit("cio").open("/history/")
    search.get_by_label(sample.say("Who", context="history"), exact=True).fill(
        sample.email("staff")
    )
    search.get_by_label(sample.say("Kind"), exact=True).select_option("task")
    search.get_by_label(sample.say("Words"), exact=True).fill(task["title"])
    search.keyboard.press("Enter")
    expect(search).to_have_url(re.compile(r"who=staff.*kind=task.*q="))
    expect(search.locator("tbody tr").first).to_contain_text(task["title"])
    assert violations_in_both_themes(search) == []
    search.locator("tbody tr").first.locator(".when a").click()
    take_back(search, sample).click()
    expect(search.locator(".note")).to_have_text(
        sample.say("Taken back. The history keeps both.")
    )
    assert violations_in_both_themes(search) == []

    # His page is of before: what stands in the way is said, nothing happens twice.
    take_back(page, sample).click()

    expect(page.locator(".note.problem")).to_contain_text(task["title"])
    assert product.rows(STATE, task["id"])[0]["state"] == "open"
    undone = product.rows(UNDONE, task["id"])[len(before) :]
    assert [row["email"] for row in undone] == [sample.email("cio")]
