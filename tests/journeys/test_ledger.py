"""Headquarters finds a mail, sends it once more, and looks at how mails look."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .chromium import PHONE
from .test_reminder import ON_CALL, mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LEDGER = """SELECT m.* FROM rollout_mail m JOIN regions_user u ON u.id = m.recipient_id
WHERE u.email = ? ORDER BY m.id"""
EVENTS = """SELECT e.id FROM rollout_mailevent e JOIN regions_user u ON u.id = e.by_id
WHERE e.mail_id = ? AND u.email = ? AND e.state = 'retry'"""


@pytest.fixture
def reminder(product):
    wait_for(lambda: mails_to(product, ON_CALL), "the reminder")
    return wait_for(lambda: product.rows(LEDGER, ON_CALL), "its row")[0]


def test_filter_is_set_by_keys_and_stands_in_the_address(
    visit, sample, product, reminder
):
    page = visit("hq").open("/mails/")

    page.get_by_label(sample.say("State"), exact=True).select_option("sent")
    page.get_by_label(sample.say("Recipient"), exact=True).fill(ON_CALL)
    page.keyboard.press("Enter")

    expect(page).to_have_url(re.compile(r"state=sent.*q=liaison-on-call"))
    # Other journeys may have written to him too.
    mails = page.locator("tbody tr")
    expect(mails.filter(has_text=reminder["subject"])).to_have_count(1)
    [him] = product.rows("SELECT name FROM regions_user WHERE email = ?", ON_CALL)
    expect(mails.filter(has_not_text=him["name"])).to_have_count(0)


def test_mail_is_sent_once_more_without_script(visit, sample, product):
    """A test mail to oneself: what others were sent is other journeys' matter."""
    me = sample.email("hq")
    page = visit("hq", viewport=PHONE, java_script_enabled=False).open("/settings/")
    page.get_by_role("button", name=sample.say("Send me a test mail")).click()
    wait_for(lambda: mails_to(product, me), "the test mail")
    mail = wait_for(lambda: sent(product, me), "its row")
    files = [path for path, _ in mails_to(product, me)]
    page.goto(f"/mails/{mail['id']}/")

    page.get_by_role("button", name=sample.say("Send it once more")).click()

    said = sample.say("It goes out once more in a moment.")
    expect(page.locator(".note").last).to_have_text(said)
    assert len(product.rows(EVENTS, mail["id"], me)) == 1
    again = wait_for(lambda: sent(product, me), "the mail once more")
    assert again["attempts"] == mail["attempts"] + 1
    # The same message is the same file.
    assert [path for path, _ in mails_to(product, me)] == files


def sent(product, email):
    mail = product.rows(LEDGER, email)[-1]
    return mail if mail["state"] == "sent" else None


def test_preview_is_drawn_in_its_frame(visit, sample):
    page = visit("hq").open("/mails/previews/")
    page.get_by_role("link", name=sample.say("check-in reminder")).click()

    frame = page.frame_locator("iframe")

    expect(frame.locator("h1")).to_be_visible()
    expect(frame.locator(".button")).to_have_css("background-color", "rgb(15, 92, 110)")
    expect(frame.locator("html")).to_have_attribute("lang", sample.html_lang)
    page.get_by_role("link", name="English", exact=True).click()
    expect(frame.locator(".button")).to_have_text("Start calls")
