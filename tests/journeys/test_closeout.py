"""A pilot gets a criterion; what it taught is asked, and said by a link on the phone."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Without a Latin letter: other journeys look for untranslated words on the same pages.
SAID, METRIC = "4712：两次演练", "4713：当日订单"
PILOT = "SELECT id FROM pilots_pilot ORDER BY id"
FINDING = "SELECT id, state, author_id FROM pilots_finding WHERE title = ?"


def press(page, name):
    page.get_by_role("button", name=name, exact=True).click()


def is_told(page, text):
    expect(page.locator(".note")).to_have_text(text)


def link_of(product):
    """The one in the first mail with the questions."""
    for mail in product.mail_files().values():
        text = mail.get_body(("plain",)).get_content()
        if found := re.search(r"/close-out/\S+", text):
            return found[0]
    return None


def test_pilot_is_judged_and_closed_out(visit, sample, product):
    pilot = product.rows(PILOT)[0]["id"]
    page = visit("hq").open(f"/pilots/{pilot}/criteria/")
    page.locator("[name=metric]").fill(METRIC)
    page.locator("[name=target]").fill("95")
    press(page, sample.say("Save"))
    is_told(page, sample.say("Added."))
    row = page.get_by_role("row").filter(has_text=METRIC)
    expect(row).to_contain_text(sample.say("unknown", context="criterion"))

    page.get_by_role("link", name=sample.say("Ask everybody who took part")).click()
    press(page, sample.say("Send the questions"))
    is_told(page, sample.say("The questions are on their way."))

    # By the link alone, on a phone: said, gone back to, said better.
    link = wait_for(lambda: link_of(product), "the mail with the questions")
    phone = visit(viewport=PHONE).open(link)
    answer = phone.locator("[name=text]")
    answer.fill("4712")
    press(phone, sample.say("Save and go on"))
    phone.get_by_role("link", name=sample.say("Back"), exact=True).click()
    expect(answer).to_have_value("4712")
    answer.fill(SAID)
    press(phone, sample.say("Save and go on"))
    for _question in range(3):
        phone.get_by_role("link", name=sample.say("Skip"), exact=True).click()
    press(phone, sample.say("Save and finish"))
    expect(phone.locator("h1")).to_have_text(sample.say("Thank you"))

    [finding] = product.rows(FINDING, SAID)
    assert (finding["state"], finding["author_id"]) == ("proposed", None)

    # Headquarters weighs it, and all is as before.
    hq = visit("hq")
    page = hq.open(f"/findings/{finding['id']}/")
    page.locator("[name=reason]").fill("4712")
    press(page, sample.say("Reject"))
    is_told(page, sample.say("Rejected."))
    page = hq.open(f"/pilots/{pilot}/")
    page.get_by_role("link", name=METRIC).click()
    press(page, sample.say("Remove this criterion"))
    is_told(page, sample.say("Removed."))
    expect(page.get_by_role("link", name=METRIC)).to_have_count(0)
