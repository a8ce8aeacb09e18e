"""Journey 6: what somebody learnt reaches the task that it is about."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Without a Latin letter: other journeys look for untranslated words on the same pages.
TITLE = "4711号：二级库位重复盘点"
EFFECT = "重新盘点用了两天"
ADVICE = "盘点前先冻结库位"
STEP_OF_A_TASK = """SELECT t.id AS task, s.id AS step, s.title FROM rollout_task t
JOIN rollout_plan p ON p.id = t.plan_id JOIN regions_region r ON r.id = p.region_id
JOIN pilots_step s ON s.id = t.step_id
WHERE r.code = ? AND t.state = 'open' ORDER BY t.due_date, t.id"""
FINDING = """SELECT f.state, f.kind, f.step_id, u.email FROM pilots_finding f
JOIN regions_user u ON u.id = f.author_id WHERE f.title = ?"""


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def is_told(page, text):
    expect(page.locator(".note")).to_have_text(text)


def test_finding_is_recorded_adopted_and_shown_on_the_task(visit, sample, product):
    about = product.rows(STEP_OF_A_TASK, sample.region)[0]
    staff = visit("staff")
    page = staff.open("/findings/add/")
    title, effect = page.locator("[name=title]"), page.locator("[name=effect]")

    # One field is forgotten: told at once, and what was typed stays.
    staff.watch.allow(422)
    page.get_by_role("radio", name=sample.say("lesson")).check()
    page.get_by_text(sample.say("Cause, effect and where it belongs")).click()
    effect.fill(EFFECT)
    page.locator("[name=recommendation]").fill(ADVICE)
    press(page, sample.say("Record"))
    alert = page.get_by_role("alert").filter(
        has_text=sample.say(
            "One thing is not right yet", "%(n)s things are not right yet", n=1
        )
    )
    expect(alert).to_be_focused()
    expect(effect).to_have_value(EFFECT)
    expect(page.get_by_role("radio", name=sample.say("lesson"))).to_be_checked()
    assert product.rows(FINDING, TITLE) == []

    alert.get_by_role("link").click()
    expect(title).to_be_focused()
    title.fill(TITLE)
    press(page, sample.say("Record"))
    is_told(page, sample.say("Recorded. Headquarters reviews it next."))
    expect(page.locator("h1")).to_have_text(TITLE)

    # Headquarters finds it among the proposed ones, weighs and adopts it.
    page = visit("hq").open("/findings/?state=proposed")
    page.get_by_role("link", name=TITLE).click()
    press(page, sample.say("Reviewed, it is sound"))
    is_told(page, sample.say("Reviewed."))
    page.locator("select[name=step]").select_option(str(about["step"]))
    press(page, sample.say("Adopt"))
    is_told(page, sample.say("Adopted. It now stands on every task of its step."))
    assert [tuple(row) for row in product.rows(FINDING, TITLE)] == [
        ("adopted", "lesson", about["step"], sample.email("staff"))
    ]

    # Whoever does the task reads it there.
    task = staff.open(f"/tasks/{about['task']}/")
    lesson = task.get_by_role("article").filter(has_text=TITLE)
    expect(lesson).to_contain_text(ADVICE)
    expect(lesson).to_contain_text(EFFECT)

    press(page, sample.say("Retire"))
    is_told(page, sample.say("Retired. It left the tasks."))
    task.reload()
    expect(task.locator("h1")).to_be_visible()
    expect(lesson).to_have_count(0)
