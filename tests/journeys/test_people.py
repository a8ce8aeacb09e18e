"""Headquarters invites somebody, gives him a role, lets him stand in, hands over to
somebody else and back, and lets him go; each step as he sees it himself."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.services.product import wait_for

from .axe import violations_in_both_themes
from .chromium import PHONE
from .test_reminder import mails_to

pytestmark = [pytest.mark.browser, pytest.mark.processes]

NEW, NAME = "newcomer@example.org", "新同事"
TAKER = "hq-cutover@example.org"
PERSON = "SELECT * FROM regions_user WHERE email = ?"
LIAISONS = """SELECT u.email FROM regions_membership m
JOIN regions_user u ON u.id = m.user_id JOIN regions_region r ON r.id = m.region_id
WHERE m.role = 'liaison' AND m.to_date IS NULL AND r.code = ? ORDER BY u.email"""


def person(product, email):
    return product.rows(PERSON, email)[0]


def liaisons(product, sample):
    return [row["email"] for row in product.rows(LIAISONS, sample.region)]


def note(page):
    return page.locator(".note").first


def press(page, name):
    page.locator("main").get_by_role("button", name=name, exact=True).click()


def invite(page, sample):
    page.get_by_role("link", name=sample.say("Invite somebody")).click()
    page.locator("#id_email").fill(NEW)
    page.locator("#id_name").fill(NAME)
    page.locator("#id_role").select_option("staff")
    press(page, sample.say("Invite"))
    # A role in a region needs one; what was typed is still there.
    expect(page.locator(".errors")).to_contain_text(
        sample.say("This role needs a region.")
    )
    assert violations_in_both_themes(page) == []
    page.locator("#id_region").select_option(label=sample.region_name)
    press(page, sample.say("Invite"))
    expect(note(page)).to_contain_text(NEW)


def come_in(visit, sample, product):
    """By the link of the mail, on a phone without script: only its button signs in."""
    _, mail = wait_for(lambda: mails_to(product, NEW), "the invitation")[-1]
    text = mail.get_body(("plain",)).get_content()
    [address] = re.findall(r"http\S+/invitation/\S+", text)
    newcomer = visit(viewport=PHONE, java_script_enabled=False)
    page = newcomer.open(urlsplit(address).path)
    expect(page.locator("h1")).to_contain_text(NAME)
    press(page, sample.say("Sign in"))
    expect(page).to_have_url(re.compile("/tasks/$"))
    return newcomer


def enter_absence(page, sample, deputy):
    page.get_by_text(sample.say("Enter an absence"), exact=True).click()
    # Every zone of the samples is within a day of this one.
    last = datetime.now(UTC).date() + timedelta(days=6)
    page.locator("[name=last_date]").fill(last.isoformat())
    page.locator("#id_deputy").select_option(str(deputy["id"]))
    press(page, sample.say("Enter it"))
    expect(note(page)).to_have_text(sample.say("The absence is entered."))
    return last


def test_somebody_comes_stands_in_and_goes(visit, sample, product):
    hq = visit("hq")
    hq.watch.allow(422)
    page = hq.open("/people/")
    invite(page, sample)
    of_newcomer = urlsplit(page.url).path
    newcomer = come_in(visit, sample, product)
    newcomer.open(f"/regions/{sample.region}/call/", 404)
    new = person(product, NEW)

    # He stands in for the liaison: the talks of these regions are his to see.
    liaison = person(product, sample.email("liaison"))
    page = hq.open(f"/people/{liaison['id']}/")
    last = enter_absence(page, sample, new)
    seen = newcomer.open("/today/")
    said = "You stand in for %(person)s until %(day)s."
    whom = {"person": liaison["name"], "day": sample.day(last)}
    expect(seen.locator("main")).to_contain_text(sample.say(said, **whom))
    newcomer.open(f"/regions/{sample.region}/call/")
    page.locator("section:has(#away-head)").get_by_role(
        "link", name=sample.say("Change")
    ).click()
    press(page, sample.say("Here after all"))
    expect(note(page)).to_have_text(sample.say("The absence is cancelled."))
    newcomer.open("/today/", 403)
    newcomer.open(f"/regions/{sample.region}/call/", 404)

    # A role of his own, handed over to somebody else, and taken back.
    before = liaisons(product, sample)
    page = hq.open(of_newcomer)
    page.get_by_text(sample.say("Give a role"), exact=True).click()
    page.locator("#id_role").select_option("liaison")
    page.locator("#id_region").select_option(label=sample.region_name)
    press(page, sample.say("Give it"))
    expect(note(page)).to_have_text(sample.say("The role is given."))
    newcomer.open(f"/regions/{sample.region}/call/")
    page.get_by_role("link", name=sample.say("Hand over to somebody")).click()
    taker = person(product, TAKER)
    page.locator("#id_taker").select_option(str(taker["id"]))
    press(page, sample.say("See what moves"))
    expect(page.locator("main")).to_contain_text(sample.region_name)
    assert violations_in_both_themes(page) == []
    press(page, sample.say("Hand over to %(name)s", name=taker["name"]))
    assert liaisons(product, sample) == sorted([*before, TAKER])
    newcomer.open(f"/regions/{sample.region}/call/", 404)
    press(page, sample.say("Undo"))
    expect(note(page)).to_have_text(
        sample.say("Taken back: everything is as before the hand-over.")
    )
    assert liaisons(product, sample) == sorted([*before, NEW])
    newcomer.open(f"/regions/{sample.region}/call/")

    # He goes: with his next page he is outside, and his name stays.
    page.get_by_role("link", name=sample.say("Leaves the roll-out")).click()
    press(page, sample.say("Let %(name)s go", name=new["name"]))
    expect(page.locator("h1")).to_have_text(new["name"])
    outside = newcomer.open("/tasks/")
    expect(outside).to_have_url(re.compile("/accounts/login/"))
    assert liaisons(product, sample) == before
    assert person(product, NEW)["may_sign_in"] == 0


def test_people_are_found_by_part_of_a_name(visit, sample, product):
    liaison = person(product, sample.email("liaison"))
    page = visit("hq").open("/people/")

    page.locator("#id_q").fill(liaison["name"][-3:])
    page.locator("#id_role").select_option("liaison")
    press(page, sample.say("Show"))

    expect(page).to_have_url(re.compile("role=liaison"))
    expect(page.locator("tbody").first).to_contain_text(liaison["name"])
