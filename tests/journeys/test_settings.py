"""Somebody says how often mail may come: on a phone, by keys, without script, from a mail."""

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .axe import violations_in_both_themes
from .chromium import PHONE
from .samples import CHINESE, ENGLISH
from .test_reminder import ON_CALL, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Nobody else's journey is about his settings.
WHO = "auditor"
ROW = "SELECT * FROM regions_user WHERE email = ?"
CHANGES = """SELECT h.after, h.via FROM regions_historyentry h
JOIN regions_user u ON u.id = h.object_id
WHERE h.model = 'regions.user' AND u.email = ? AND h.field = ? ORDER BY h.id"""


def kept(product, sample, field, who=WHO):
    return product.rows(ROW, sample.email(who))[0][field]


def chip(page, name):
    return page.locator("fieldset.chips label").filter(has_text=name)


def saved(sample, field):
    return sample.say("Saved: %(what)s.", what=sample.say(field))


def test_each_choice_is_saved_by_itself(visit, sample, product):
    page = visit(WHO, viewport=PHONE, has_touch=True).open("/tasks/")
    page.locator("details.person > summary").tap()
    page.get_by_role("link", name=sample.say("My settings")).tap()
    never, daily = (chip(page, sample.say(one)) for one in ("never", "on working days"))

    never.tap()

    expect(page.locator("#status")).to_have_text(saved(sample, "Planned mail"))
    assert kept(product, sample, "planned_mail") == "never"
    expect(
        page.get_by_role("button", name=sample.say("Save"), exact=True)
    ).to_be_hidden()
    page.reload()
    expect(never.locator("input")).to_be_checked()
    daily.tap()
    expect(page.locator("#status")).to_have_text(saved(sample, "Planned mail"))
    assert kept(product, sample, "planned_mail") == "daily"


def test_time_that_is_typed_is_saved_once_when_it_is_left(visit, sample, product):
    page = visit(WHO).open("/settings/")
    email, field = sample.email(WHO), "quiet_from_time"
    before = len(product.rows(CHANGES, email, field))
    quiet = page.locator("#id_quiet_from_time")

    for typed, stored in (("0945PM", "21:45:00"), ("0800PM", "20:00:00")):
        quiet.focus()
        page.keyboard.type(typed)
        expect(page.locator("#status")).to_have_text("")
        while quiet.evaluate("field => field === document.activeElement"):
            page.keyboard.press("Tab")
        expect(page.locator("#status")).to_have_text(saved(sample, "Quiet from"))
        expect(page.locator("#id_quiet_to_time")).to_be_focused()
        assert kept(product, sample, field) == stored
        page.reload()

    changes = [tuple(row) for row in product.rows(CHANGES, email, field)[before:]]
    assert changes == [("21:45:00", "web"), ("20:00:00", "web")]


def test_states_follow_the_country_and_the_focus_stays(visit, sample, product):
    page = visit(WHO).open("/settings/")
    country, state = page.locator("#id_country"), page.locator("#id_subdivision")
    was = country.input_value()

    country.focus()
    country.select_option("DE")

    expect(state.locator("option[value=BY]")).to_have_text("Bayern")
    expect(country).to_be_focused()
    state.select_option("BY")
    expect(page.locator("#status")).to_have_text(saved(sample, "State or province"))
    country.select_option(was)
    expect(state.locator("option[value=BY]")).to_have_count(0)
    wait_for(lambda: kept(product, sample, "subdivision") == "", "the old state")


def test_fault_takes_the_focus_and_saves_nothing(visit, sample, product):
    page = visit(WHO, viewport=PHONE).open("/settings/")
    until = page.locator("#id_paused_until_date")

    until.fill("2020-01-31")
    until.blur()

    errors = page.locator(".errors")
    expect(errors).to_be_focused()
    expect(errors).to_contain_text(sample.say("Give a day that lies ahead."))
    assert violations_in_both_themes(page) == []
    assert kept(product, sample, "paused_until_date") is None
    until.fill("")
    until.blur()
    expect(errors).to_have_count(0)


def test_settings_are_saved_without_script(visit, sample, product):
    page = visit(WHO, viewport=PHONE, java_script_enabled=False).open("/settings/")
    save = page.get_by_role("button", name=sample.say("Save"), exact=True)

    for name, stored in (("on Mondays only", "mondays"), ("on working days", "daily")):
        chip(page, sample.say(name)).click()
        save.click()
        expect(page.locator(".note")).to_have_text(saved(sample, "Planned mail"))
        assert kept(product, sample, "planned_mail") == stored


def test_language_changes_at_once(visit, sample):
    other = ENGLISH if sample is CHINESE else CHINESE
    page = visit(WHO).open("/settings/")
    names = {"en": "English", "zh-hans": "简体中文"}

    for chosen in (other, sample):
        chip(page, names[chosen.language]).click()
        expect(page.locator("html")).to_have_attribute("lang", chosen.html_lang)
        expect(page.locator("h1")).to_have_text(chosen.say("My settings"))
        expect(page.locator(".note")).to_have_text(saved(chosen, "Language"))


@pytest.mark.long
def test_two_windows_never_overwrite_each_other(visit, sample, product):
    first, second = (visit(WHO).open("/settings/") for _number in range(2))
    chip(first, sample.say("on Mondays only")).click()
    expect(first.locator("#status")).to_have_text(saved(sample, "Planned mail"))

    chip(second, sample.say("never")).click()

    both = {"theirs": sample.say("on Mondays only"), "yours": sample.say("never")}
    said = sample.say("It now says “%(theirs)s”. You wrote “%(yours)s”.", **both)
    expect(second.locator(".errors")).to_contain_text(said)
    assert kept(product, sample, "planned_mail") == "mondays"
    chip(second, sample.say("on working days")).click()
    expect(second.locator(".errors")).to_have_count(0)
    assert kept(product, sample, "planned_mail") == "daily"


def test_test_mail_arrives(visit, sample, product):
    page = visit(WHO).open("/settings/")

    page.get_by_role("button", name=sample.say("Send me a test mail")).click()

    address = sample.email(WHO)
    said = sample.say("A test mail to %(address)s is on its way.", address=address)
    expect(page.locator(".note")).to_have_text(said)
    _, mail = wait_for(lambda: mails_to(product, address), "the test mail")[-1]
    assert mail["Subject"] == sample.say("Your test mail")


# --- From a mail ---------------------------------------------------------------------


def test_link_in_a_mail_pauses_without_a_sign_in(visit, sample, product):
    _, mail = wait_for(lambda: mails_to(product, ON_CALL), "the reminder")[0]
    text = mail.get_body(("plain",)).get_content()
    [address] = re.findall(r"http\S+/pause/\S+", text)
    page = visit(viewport=PHONE, java_script_enabled=False).open(urlsplit(address).path)
    assert kept(product, sample, "planned_mail", ON_CALL) == "daily"
    page.locator("details.person summary").click()
    page.get_by_role("button", name=sample.say("Dark")).click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")

    for name, stored in (("Never", "never"), ("On working days, as before", "daily")):
        page.get_by_role("button", name=sample.say(name), exact=True).click()
        expect(page.locator(".note")).to_have_text(
            sample.say("Saved. Another choice replaces it.")
        )
        assert kept(product, sample, "planned_mail", ON_CALL) == stored
    changes = product.rows(CHANGES, ON_CALL, "planned_mail")
    assert [tuple(row) for row in changes] == [("never", "mail"), ("daily", "mail")]
