"""The liaison looks whether the rhythm is kept, puts a call off, and takes that back."""

import re

import pytest
from playwright.sync_api import expect

from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def test_call_is_put_off_with_a_reason_and_comes_back(visit, sample):
    page = visit("cio", viewport=PHONE).open("/today/")
    call = page.locator("section[aria-labelledby=calls-head] article").first
    who, counted = call.get_attribute("id"), page.locator("#sentence").inner_text()

    form = call.locator("details.put-off")
    form.locator("summary").click()
    until = form.locator("[name=until]")
    until.fill(until.get_attribute("max"))
    form.locator("[name=reason]").fill("出差")
    form.get_by_role("button").click()

    row = page.locator(f"#{who}")
    expect(row.locator(".undo")).to_be_focused()
    expect(row).to_contain_text("出差")
    expect(page.locator("#sentence")).not_to_have_text(counted)
    row.locator(".undo").click()
    expect(row.locator("details.put-off")).to_be_visible()
    expect(page.locator("#sentence")).to_have_text(counted)


def test_check_ins_lead_from_a_list_to_the_sheet(visit, sample):
    page = visit("liaison").open("/check-ins/")

    late = page.get_by_role("navigation", name=sample.say("Which CEOs"))
    late.get_by_role("link").nth(2).click()

    expect(page).to_have_url(re.compile(r"show=late"))
    rows = page.locator("table.check-ins tbody tr")
    count = int(late.locator("[aria-current] .count").inner_text())
    assert rows.count() == count > 0
    words = rows.locator(".state").all_inner_texts()
    assert {word.strip() for word in words} == {
        sample.say("late", context="rhythm").capitalize()
    }
    rows.first.get_by_role("link", name=re.compile(sample.say("Prepare"))).click()
    expect(page).to_have_url(re.compile(r"/call/$"))
