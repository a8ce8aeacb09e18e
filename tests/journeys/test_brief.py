"""A brief from the draft to its answer: two taps for the CEO, no login and no script."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .axe import violations_in_both_themes
from .chromium import PHONE
from .test_reminder import mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# The CEO may be written to at this hour: his noon, every day.
NOON = """
from django.utils import timezone
from regions.models import RegionalCEO
ceo = RegionalCEO.objects.current().get(region__code="{region}").user
ceo.time_zone = f"Etc/GMT{{timezone.now().hour - 12:+d}}"
ceo.working_days, ceo.language, ceo.country, ceo.subdivision = "1234567", "{language}", "", ""
ceo.save()
print(ceo.email)
"""
ROWS = """SELECT b.state, b.answer, c.id AS talk, c.channel, c.outcome
FROM rollout_brief b LEFT JOIN regions_contact c ON c.id = b.contact_id
WHERE b.need = ?"""
NEED = "Name one person for the data"


def mails_that_say(product, address, words):
    """The mails to ``address`` with ``words`` in their text."""
    sent = (mail for _, mail in mails_to(product, address))
    return [m for m in sent if words in m.get_body(("plain",)).get_content()]


def test_ceo_answers_a_brief_in_two_taps(visit, sample, product):
    """The answer in the mail, and the one button."""
    script = NOON.format(region=sample.region, language=sample.language)
    address = product.manage("shell", "-v0", "-c", script).stdout.split()[-1]
    page = visit("liaison").open(f"/regions/{sample.region}/brief/")
    page.locator("main [name=ask]").first.check(force=True)
    page.locator("main [name=due_date]").fill("2099-03-17")
    page.get_by_role("button", name=sample.say("Draft it")).click()
    need = f"{NEED} {sample.region}"
    page.locator("[name=need]").fill(need)
    page.get_by_role("button", name=sample.say("Look at it")).click()
    page.get_by_role("button", name=sample.say("I have read it: send")).click()
    expect(page.locator(".note")).to_be_visible()

    # Other journeys may have written to him; his noon lets those mails out as well.
    [mail] = wait_for(lambda: mails_that_say(product, address, need), "the brief")

    text = mail.get_body(("plain",)).get_content()
    [paper] = list(mail.iter_attachments())
    assert paper.get_content().startswith(b"%PDF-")
    [link] = re.findall(r"http\S+/brief/\S+\?answer=yes", text)
    look = visit(viewport=PHONE).open(link.replace("=yes", "=not_now"))
    assert violations_in_both_themes(look) == []
    theirs = visit(viewport=PHONE, java_script_enabled=False).open(link)
    expect(theirs.get_by_role("heading", name=need)).to_be_visible()
    expect(theirs.locator("[value=yes]")).to_be_checked()
    theirs.get_by_role("button", name=sample.say("Send my answer")).click()

    expect(theirs.get_by_role("status")).to_be_visible()
    [row] = product.rows(ROWS, need)
    assert (row["state"], row["answer"]) == ("answered", "yes")
    assert (row["channel"], row["outcome"]) == ("mail", "reached")
    page.reload()
    expect(page.locator(".under")).to_contain_text(sample.say("Yes", context="brief"))

    # His answer was a talk; without it the call is due for the other journeys.
    talk = visit("liaison").open(f"/contacts/{row['talk']}/")
    talk.get_by_role("button", name=sample.say("Withdraw this log")).click()
    said = sample.say("The log is withdrawn; the call is back on the list.")
    expect(talk.locator(".note")).to_contain_text(said)
