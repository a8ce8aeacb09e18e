"""A manager sorts out his region: board, search, one row, many rows, and all taken back."""

from datetime import date

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TASKS = """SELECT t.id, t.title, t.due_date, t.owner_id FROM rollout_task t
JOIN rollout_plan p ON p.id = t.plan_id JOIN regions_region r ON r.id = p.region_id
WHERE r.code = ? AND t.state = 'open' ORDER BY t.due_date DESC, t.id DESC"""
ROW = "SELECT due_date, owner_id, state FROM rollout_task WHERE id = ?"


@pytest.fixture
def tasks(product, sample):
    """Those that are due last, which no other journey is about."""
    return product.rows(TASKS, sample.region)[:3]


def test_manager_moves_one_and_hands_on_many(visit, sample, product, tasks):
    first, *many = tasks
    page = visit("manager").open("/")
    assert page.url.endswith(f"/regions/{sample.region}/board/")
    page.get_by_role("link", name=sample.say("All tasks of this region")).click()
    page.goto(f"{page.url}&sort=-due")

    page.locator(f"#change-{first['id']}").click()
    row = page.locator(f"#row-{first['id']}")
    row.get_by_label(sample.say("State")).select_option("started")
    row.get_by_role("button", name=sample.say("Save")).press("Enter")

    expect(row.locator("td").nth(4)).to_have_text(sample.say("started"))
    expect(page.locator("#status")).to_contain_text(first["title"])
    expect(page.locator(f"#change-{first['id']}")).to_be_focused()
    assert product.rows(ROW, first["id"])[0]["state"] == "started"

    for task in many:
        page.locator(f"#row-{task['id']} [type=checkbox]").check()
    page.locator(".chips label").filter(
        has_text=sample.say("Shift by working days")
    ).click()
    page.get_by_label(sample.say("Working days"), exact=True).fill("2")
    page.get_by_label(sample.say("Reason"), exact=True).fill("ERP")
    page.get_by_role("button", name=sample.say("See what changes")).click()
    expect(page.locator("h1")).to_contain_text("2")
    change = sample.say("Change %(n)s task", "Change %(n)s tasks", n=2)
    page.get_by_role("button", name=change).click()
    moved = [product.rows(ROW, task["id"])[0]["due_date"] for task in many]
    assert all(
        date.fromisoformat(str(now)) > date.fromisoformat(str(task["due_date"]))
        for now, task in zip(moved, many, strict=True)
    )

    page.get_by_role("link", name=sample.say("See it or take it back")).click()
    page.get_by_role("button", name=sample.say("Take back")).first.click()
    for task in many:
        assert product.rows(ROW, task["id"])[0]["due_date"] == task["due_date"]
    page.goto(f"{product.url}/tasks/{first['id']}/")
    page.get_by_role("button", name=sample.say("Take back")).first.click()
    assert product.rows(ROW, first["id"])[0]["state"] == "open"


def test_word_that_is_composed_searches_once(visit, sample):
    page = visit("manager").open("/tasks/all/")
    asked = []
    page.on("request", lambda one: asked.append(one.url) if "q=" in one.url else None)
    page.locator("[type=search][name=q]").nth(1).focus()
    keys = page.context.new_cdp_session(page)

    for text in ("s", "sh", "she", "shen"):
        where = {"text": text, "selectionStart": len(text), "selectionEnd": len(text)}
        keys.send("Input.imeSetComposition", where)
    keys.send("Input.insertText", {"text": "深圳"})

    expect(page.locator("#found")).to_contain_text("0")
    assert len(asked) == 1


@pytest.mark.long
def test_row_that_is_changed_is_for_everybody(visit, sample, tasks):
    page = visit("manager", viewport=PHONE).open(f"/tasks/all/?region={sample.region}")
    page.locator(f"#change-{tasks[-1]['id']}").click()
    expect(page.locator(f"#row-{tasks[-1]['id']} form")).to_be_visible()

    assert violations_in_both_themes(page) == []
