"""Journey: headquarters sees what moving a go-live brings, moves it, and agrees the plan."""

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]

REASON = "4711：提前一周"
# Far off, so that nothing is overdue afterwards and no other journey is about it.
FAR = """SELECT r.code, p.id, p.go_live_date, p.first_go_live_date FROM rollout_plan p
JOIN regions_region r ON r.id = p.region_id ORDER BY p.go_live_date DESC, r.code LIMIT 1"""
PLAN = """SELECT go_live_date, first_go_live_date, agreed_at IS NOT NULL AS agreed
FROM rollout_plan WHERE id = ?"""
TASKS = "SELECT DISTINCT due_date = baseline_date AS same FROM rollout_task WHERE plan_id = ?"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def test_go_live_is_moved_after_it_was_shown_and_the_plan_agreed(
    visit, sample, product
):
    plan = product.rows(FAR)[0]
    to = date.fromisoformat(str(plan["go_live_date"])) - timedelta(days=7)
    page = visit("hq").open(f"/regions/{plan['code']}/")

    page.locator("summary", has_text=sample.say("Move the go-live")).click()
    page.locator("[name=to]").fill(to.isoformat())
    page.locator("[name=reason]").fill(REASON)
    press(page, sample.say("Show what moves"))
    expect(page.locator("#preview-head")).to_have_text(sample.say("What this brings"))
    assert product.rows(PLAN, plan["id"])[0]["go_live_date"] == plan["go_live_date"]

    press(page, sample.say("Move the go-live"))
    expect(page.locator(".note")).to_have_text(
        sample.say("The go-live is moved; unfinished tasks moved with it.")
    )
    expect(page.locator(".moves").first).to_contain_text(REASON)
    press(page, sample.say("Plan agreed"))
    expect(
        page.get_by_role("button", name=sample.say("Take the agreement back"))
    ).to_be_visible()

    now = product.rows(PLAN, plan["id"])[0]
    assert str(now["go_live_date"]) == to.isoformat()
    assert now["first_go_live_date"] == plan["first_go_live_date"]
    assert now["agreed"]
    assert [row["same"] for row in product.rows(TASKS, plan["id"])] == [1]
