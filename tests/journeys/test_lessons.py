"""A lesson on a task is answered in one tap, and so is what came of it; both are taken back."""

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# A finished task with a lesson that nobody answered.
LESSON = """SELECT t.id AS task, f.id AS finding, f.title FROM rollout_task t
JOIN rollout_plan p ON p.id = t.plan_id JOIN regions_region r ON r.id = p.region_id
JOIN pilots_finding f ON f.step_id = t.step_id AND f.state = 'adopted'
LEFT JOIN rollout_lessonuse u ON u.task_id = t.id
WHERE r.code = ? AND t.state = 'done' AND u.id IS NULL ORDER BY t.id, f.id"""
ANSWERS = "SELECT answer, skip_reason, outcome FROM rollout_lessonuse WHERE task_id = ?"


def test_lesson_is_answered_where_it_stands(visit, sample, product):
    found = product.rows(LESSON, sample.region)[0]
    here = f"/tasks/{found['task']}/"
    page = visit("manager", viewport=PHONE, has_touch=True).open(here)
    row, said = page.locator(f"#lesson-{found['task']}-{found['finding']}"), "#status"

    def answers():
        return [tuple(one) for one in product.rows(ANSWERS, found["task"])]

    def shown(row, text, context="lesson", **values):
        name = sample.say(text, context=context, **values)
        return row.get_by_role("button", name=name, exact=True)

    undo = shown(row, "Undo: %(title)s", "", title=found["title"])
    shown(row, "Used").tap()
    noted = sample.say("Noted: %(title)s", title=found["title"])
    expect(page.locator(said)).to_have_text(noted)
    expect(undo).to_be_focused()
    shown(row, "Did not help").tap()
    words = [sample.say(text, context="lesson") for text in ("Used", "Did not help")]
    expect(row.locator(".said strong")).to_have_text(words)
    assert answers() == [("used", "", "did_not")]
    assert violations_in_both_themes(page) == []
    undo.tap()
    expect(shown(row, "The problem came back", "")).to_be_visible()
    undo.tap()
    expect(shown(row, "Used")).to_be_focused()

    # The same without JavaScript, skipped with a reason.
    page = visit("manager", java_script_enabled=False).open(here)
    row = page.locator(f"#lesson-{found['task']}-{found['finding']}")
    row.get_by_text(sample.say("Skipped", context="lesson"), exact=True).click()
    why = sample.say("came too late")
    row.get_by_role("button", name=why[:1].upper() + why[1:], exact=True).click()
    expect(page.locator(".note")).to_have_text(noted)
    assert answers() == [("skipped", "too_late", "")]
    shown(row, "Undo: %(title)s", "", title=found["title"]).click()
    expect(shown(row, "Used")).to_be_visible()
    assert answers() == []
