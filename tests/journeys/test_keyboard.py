"""A call logged and a task done by keys alone; one always sees where one is."""

import pytest
from playwright.sync_api import expect

from .axe import evaluate
from .chromium import PHONE
from .test_call import back_on_the_list, saved, taps_of_a_log, withdraw
from .test_tasks import TASKS, ring, undo

pytestmark = [pytest.mark.browser, pytest.mark.processes]

MOST_TABS = 120
# The element with the focus, or what stands for it: a chip for its hidden radio button.
WHERE = """(() => {
  const own = document.activeElement;
  const shown = own.matches(".chips input") ? own.nextElementSibling : own;
  const box = shown.getBoundingClientRect();
  const top = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
  return {
    name: own.tagName, html: own.outerHTML.slice(0, 200), outline: getComputedStyle(shown).outlineStyle,
    covered: !top || !(own.contains(top) || shown.contains(top) || top.contains(own)),
  };
})()"""


def tab(page):
    """One control further: it shows that it has the focus, and nothing covers it."""
    page.keyboard.press("Tab")
    where = evaluate(page, WHERE)
    if where["name"] != "BODY":
        assert where["outline"] != "none", where
        assert not where["covered"], where
    return where["name"]


def tab_to(page, target):
    for _ in range(MOST_TABS):
        assert tab(page) != "BODY"
        if target.evaluate("control => control === document.activeElement"):
            return
    pytest.fail(f"not reached by {MOST_TABS} tabs: {target}")


def test_skip_link_leads_past_the_menu(visit):
    page = visit("cio").open("/today/")

    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    expect(page.locator(".skip")).to_be_in_viewport(ratio=1)
    page.keyboard.press("Enter")

    expect(page.locator("main")).to_be_focused()


def test_call_is_logged_by_keys(visit, sample, product):
    page = visit("liaison").open("/today/")
    prepare, reached, fifteen, yes, save = taps_of_a_log(page, sample)

    tab_to(page, prepare)
    page.keyboard.press("Enter")
    expect(save).to_be_visible()
    tab_to(page, reached)
    page.keyboard.press("Space")
    tab_to(page, page.get_by_role("radio", name="5", exact=True))
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(fifteen).to_be_checked()
    tab_to(page, yes)
    page.keyboard.press("Space")
    tab_to(page, save)
    page.keyboard.press("Enter")

    saved(page, sample, product)
    page.get_by_role("link", name=sample.say("Correct or withdraw")).click()
    withdraw(page, sample)
    back_on_the_list(page, sample)


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("staff", "/tasks/"),
        ("liaison", "/regions/{}/call/"),
        ("staff", "/findings/add/"),
    ],
)
def test_focus_is_seen_on_a_phone_from_the_first_control_to_the_last(
    visit, sample, who, path
):
    page = visit(who, viewport=PHONE).open(path.format(sample.region))

    steps = 0
    while tab(page) != "BODY":
        steps += 1
        assert steps < MOST_TABS

    assert steps > 10


def test_task_is_done_and_taken_back_by_keys(visit, sample, product):
    to_do = product.rows(TASKS, sample.email("staff"))[0]
    page = visit("staff", viewport=PHONE).open("/tasks/")

    tab_to(page, ring(page, sample, to_do))
    page.keyboard.press("Enter")
    expect(undo(page, sample, to_do)).to_be_focused()
    page.keyboard.press("Enter")

    expect(ring(page, sample, to_do)).to_be_focused()


def test_menu_of_a_task_opens_and_closes_by_keys(visit, sample, product):
    to_do = product.rows(TASKS, sample.email("staff"))[-1]
    page = visit("staff", viewport=PHONE).open("/tasks/?later=1")
    row = page.locator(f"#task-{to_do['id']}")
    summary = row.locator("summary")

    summary.focus()
    page.keyboard.press("Enter")
    expect(row.locator(".more-menu")).to_be_visible()
    page.keyboard.press("Tab")
    expect(row.get_by_role("textbox")).to_be_focused()
    page.keyboard.press("Escape")

    expect(row.locator(".more-menu")).to_be_hidden()
    expect(summary).to_be_focused()
