"""What surrounds every page: language, theme, the way past the menu, fonts."""

import re

import pytest
from playwright.sync_api import expect

from .axe import fonts_of
from .chromium import PHONE
from .samples import CHINESE, ENGLISH

pytestmark = [pytest.mark.browser, pytest.mark.processes]

HAN_FONTS = re.compile(r"CJK|Han|PingFang|YaHei|Hei|Song", re.IGNORECASE)
NAMES = {"en": "English", "zh-hans": "简体中文"}
DARK, LIGHT = "rgb(13, 20, 24)", "rgb(245, 247, 247)"


def choose(page, name):
    page.locator("details.person > summary").click()
    page.get_by_role("button", name=name, exact=True).click()
    page.wait_for_load_state()


def is_in(page, sample):
    expect(page.locator("html")).to_have_attribute("lang", sample.html_lang)
    expect(page.locator("h1")).to_have_text(sample.say("Sign in"))


@pytest.mark.parametrize("script", [True, False], ids=["script", "no script"])
def test_language_is_chosen_before_sign_in_and_kept(visit, sample, script):
    other = ENGLISH if sample is CHINESE else CHINESE
    page = visit(java_script_enabled=script).open("/accounts/login/")
    is_in(page, sample)

    choose(page, NAMES[other.language])

    is_in(page, other)
    page.goto("/accounts/login/?next=/tasks/")
    is_in(page, other)
    choose(page, NAMES[sample.language])
    is_in(page, sample)
    expect(page).to_have_url(re.compile(r"\?next=/tasks/$"))


def test_theme_is_chosen_and_kept(visit, sample):
    page = visit("auditor", color_scheme="light").open("/playbook/")
    body = page.locator("body")
    expect(body).to_have_css("background-color", LIGHT)

    choose(page, sample.say("Dark"))

    expect(body).to_have_css("background-color", DARK)
    page.goto("/findings/")
    expect(body).to_have_css("background-color", DARK)
    choose(page, sample.say("As the system"))
    expect(body).to_have_css("background-color", LIGHT)
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", DARK)


def test_theme_follows_the_system_without_script(visit):
    page = visit(java_script_enabled=False, color_scheme="dark").open(
        "/accounts/login/"
    )

    expect(page.locator("body")).to_have_css("background-color", DARK)


def test_signing_out_ends_it(visit, sample, product):
    visitor = visit()
    visitor.sign_in(sample.email("auditor"), "rollout-sample")
    page = visitor.page

    choose(page, sample.say("Sign out"))

    expect(page).to_have_url(re.compile("/accounts/login/"))
    page.goto("/tasks/")
    expect(page).to_have_url(re.compile(r"/accounts/login/\?next=/tasks/"))


def test_menu_of_a_person_closes_by_key_and_by_a_click_beside_it(visit):
    page = visit("staff", viewport=PHONE).open("/tasks/")
    summary, menu = (
        page.locator("details.person > summary"),
        page.locator(".person-menu"),
    )

    summary.click()
    expect(menu).to_be_visible()
    menu.get_by_role("button").first.focus()
    page.keyboard.press("Escape")
    expect(menu).to_be_hidden()
    expect(summary).to_be_focused()

    summary.click()
    page.locator(".task").last.click(position={"x": 200, "y": 4})
    expect(menu).to_be_hidden()


def test_chinese_is_drawn_with_a_chinese_font(visit, sample):
    page = visit("cio").open("/today/")

    drawn = fonts_of(page, "h1")

    assert drawn != set()
    if sample is CHINESE:
        assert [name for name in drawn if HAN_FONTS.search(name)] != []
