"""Two people say at once why a task is blocked: the second reads both texts and chooses."""

import pytest
from playwright.sync_api import expect

from .axe import overflow, violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

TASK = """SELECT t.id FROM rollout_task t JOIN rollout_plan p ON p.id = t.plan_id
JOIN regions_region r ON r.id = p.region_id
WHERE r.code = ? AND t.state = 'open' ORDER BY t.due_date DESC, t.id"""
KEPT = "SELECT state, block_reason, block_note FROM rollout_task WHERE id = ?"


def block(page, sample, reason, note):
    form = page.locator("form[action$='/block/']")
    page.locator("summary").filter(has_text=sample.say("It is blocked")).click()
    form.get_by_role("radio", name=sample.say(reason), exact=True).check()
    form.locator("[name=note]").fill(note)
    form.get_by_role("button", name=sample.say("Blocked"), exact=True).click()


def side(page, label, which):
    card = page.get_by_role("group", name=label, exact=True)
    return card.locator(".side").nth(which)


def test_who_comes_second_reads_both_texts_and_chooses(visit, sample, product):
    pk = product.rows(TASK, sample.region)[0]["id"]
    mine = visit("hq", viewport=PHONE)
    mine.watch.allow(409)
    theirs = visit("cio").open(f"/tasks/{pk}/")
    page = mine.open(f"/tasks/{pk}/")
    block(theirs, sample, "nobody has time", "Theirs")

    block(page, sample, "data is missing", "Mine")

    expect(page.locator("h1")).to_have_text(sample.say("Changed in the meantime"))
    why, missing = sample.say("Why?"), sample.say("What is missing?")
    for label, ours, other in (
        (why, sample.say("data is missing"), sample.say("nobody has time")),
        (missing, "Mine", "Theirs"),
    ):
        expect(side(page, label, 0).locator(".said")).to_have_text(ours)
        expect(side(page, label, 1).locator(".said")).to_have_text(other)
    assert violations_in_both_themes(page) == []
    assert overflow(page) == 0
    side(page, why, 1).get_by_text(sample.say("What it says now")).click()
    side(page, missing, 0).get_by_text(sample.say("Edit"), exact=True).click()
    side(page, missing, 0).locator("[name=note]").fill("Mine, with theirs in mind")
    page.get_by_role("button", name=sample.say("Save this"), exact=True).click()

    expect(page.locator(".note")).to_be_visible()
    kept = ("blocked", "people", "Mine, with theirs in mind")
    assert tuple(product.rows(KEPT, pk)[0]) == kept
    mine.open(f"/tasks/{pk}/")
    page.get_by_role("button", name=sample.say("Not blocked any more")).click()
    expect(page.locator(".note")).to_be_visible()
    assert tuple(product.rows(KEPT, pk)[0]) == ("open", "", "")
