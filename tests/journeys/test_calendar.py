"""A liaison adds a calendar for his phone, books a talk, and finds both where they belong."""

import re
from urllib.request import urlopen

import pytest
from icalendar import Calendar
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

WHO = "liaison"


def test_calendar_is_added_a_talk_booked_moved_and_left_out(visit, sample, product):
    page = visit(WHO, viewport=PHONE, has_touch=True).open("/settings/")
    page.get_by_label(sample.say("Device or program")).fill("Telefon 1")
    page.get_by_role("button", name=sample.say("Add a calendar")).tap()
    address = page.get_by_label(
        sample.say("Address of the calendar for %(device)s", device="Telefon 1")
    ).input_value()
    before = entries(address)

    page.goto(f"{product.url}/regions/{sample.region}/")
    page.get_by_role("link", name=sample.say("Book or move")).tap()
    expect(page.locator("input[name=slot]")).to_have_count(4)
    assert violations_in_both_themes(page) == []
    chosen = page.locator("input[name=slot]").nth(1)
    when = chosen.get_attribute("value")
    page.locator(".slots label").nth(1).tap()
    page.locator("form .btn-go").tap()

    expect(page).to_have_url(re.compile(rf"/regions/{sample.region}/$"))
    [new] = [one for uid, one in entries(address).items() if uid not in before]
    assert f"{new['dtstart'].dt:%Y-%m-%dT%H:%M}" == when
    assert sample.ceo in new["summary"]

    page.goto(f"{product.url}/regions/{sample.region}/book/")
    page.locator("details > summary").last.tap()
    page.get_by_label(sample.say("Why?")).fill("x")
    page.get_by_role("button", name=sample.say("Leave it out")).tap()
    expect(page).to_have_url(re.compile(rf"/regions/{sample.region}/$"))
    assert set(entries(address)) == set(before)

    page.goto(f"{product.url}/settings/")
    expect(page.locator("#calendar")).not_to_contain_text(sample.say("not used yet"))
    assert violations_in_both_themes(page) == []
    revoke = sample.say("Revoke the calendar for %(device)s", device="Telefon 1")
    page.get_by_role("button", name=revoke).tap()
    expect(page.locator("#calendar")).not_to_contain_text("Telefon 1")


def entries(address):
    """What a calendar program is given."""
    with urlopen(address) as answer:  # noqa: S310 - the address of the product itself
        calendar = Calendar.from_ical(answer.read())
    return {str(event["uid"]): event for event in calendar.events}
