"""Somebody is asked, answers by the link in the mail without a login, and it is seen."""

import re

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .axe import violations_in_both_themes
from .chromium import PHONE
from .test_reminder import mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

QUESTION, UNDERSTOOD = "Who signs credit notes?", "The accountant of each college."
ROWS = """SELECT c.*, u.email FROM rollout_clarification c
JOIN regions_user u ON u.id = c.asked_of_id WHERE u.email = ?"""


def ask(page, sample, address):
    """On the page of the region, to somebody whom nobody has named yet."""
    page.get_by_role("link", name=sample.say("Ask somebody")).click()
    fields = {
        "question": QUESTION,
        "proposal": UNDERSTOOD,
        "name": "Confirmer",
        "email": address,
    }
    for name, text in fields.items():
        page.locator(f"main [name={name}]").fill(text)
    said = sample.say("Ask", context="a question")
    page.get_by_role("button", name=said, exact=True).click()


def test_question_is_confirmed_by_its_link(visit, sample, product):
    """Two taps: the answer in the mail, and the one button."""
    address = f"confirmer-{sample.region.lower()}@example.org"
    page = visit("liaison").open(f"/regions/{sample.region}/")
    ask(page, sample, address)
    on_its_way = sample.say("The question to %(name)s is on its way.", name="Confirmer")
    expect(page.locator(".note")).to_have_text(on_its_way)
    _, mail = wait_for(lambda: mails_to(product, address), "the question")[0]
    text = mail.get_body(("plain",)).get_content()
    [right] = re.findall(r"http\S+/answers/\S+\?right=\d+", text)
    assert UNDERSTOOD in text
    assert product.url in right

    wrong = visit(viewport=PHONE).open(right.replace("?right=", "?wrong="))
    assert violations_in_both_themes(wrong) == []
    theirs = visit(viewport=PHONE, java_script_enabled=False).open(right)
    expect(theirs.get_by_role("heading", name=QUESTION)).to_be_visible()
    yes = sample.say("Yes, that is right", context="reply")
    expect(theirs.get_by_label(yes)).to_be_checked()
    theirs.get_by_role("button", name=sample.say("Send my answer")).click()

    expect(theirs.locator(".note")).to_be_visible()
    [row] = product.rows(ROWS, address)
    assert (row["state"], row["answer"], row["confirmed_by_id"]) == (
        "confirmed",
        UNDERSTOOD,
        row["asked_of_id"],
    )
    page.reload()
    expect(page.locator(".facts")).to_contain_text("Confirmer")
    confirmed = sample.say("confirmed", context="clarification")
    expect(page.locator(".under")).to_have_text(re.compile(confirmed, re.IGNORECASE))


# Somebody without a login whose noon it is, asked ten days ago.
ASKED_LONG_AGO = """
from datetime import timedelta
from django.utils import timezone
from regions.models import Programme, Region, User
from rollout.models import Clarification
now = timezone.now()
User.objects.create(email="{email}", name="Reminded", password="!", language="{language}",
    time_zone=f"Etc/GMT{{now.hour - 12:+d}}", working_days="1234567")
Clarification.objects.create(region=Region.objects.get(code="{region}"),
    programme=Programme.objects.get(), question="{question}",
    asked_by=User.objects.get(email="{asker}"),
    asked_of=User.objects.get(email="{email}"), asked_at=now - timedelta(days=10))
"""


@pytest.mark.long
def test_unanswered_question_comes_back_with_the_planned_mail(visit, sample, product):
    address, question = "reminded@example.org", "Who closes the month?"
    product.manage(
        "shell",
        "-v0",
        "-c",
        ASKED_LONG_AGO.format(
            email=address,
            language=sample.language,
            region=sample.region,
            question=question,
            asker=sample.email("liaison"),
        ),
    )

    _, mail = wait_for(lambda: mails_to(product, address), "the reminder")[0]

    assert question in mail["Subject"]
    text = mail.get_body(("plain",)).get_content()
    page = visit(viewport=PHONE).open(re.findall(r"http\S+/answers/\S+", text)[0])
    page.get_by_label(sample.say("Your answer"), exact=True).fill("The controller")
    page.get_by_role("button", name=sample.say("Send my answer")).click()
    expect(page.locator(".note")).to_be_visible()
    [row] = product.rows(ROWS, address)
    assert (row["state"], row["answer"]) == ("answered", "The controller")
