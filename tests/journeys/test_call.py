"""Journey 2: from Today to a saved log, and back when it was wrong."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from .samples import worked_day

pytestmark = [pytest.mark.browser, pytest.mark.processes]

WEEK = timedelta(days=7)
CONTACTS = """SELECT c.*, u.email FROM regions_contact c
JOIN regions_user u ON u.id = c.by_id JOIN regions_regionalceo h ON h.id = c.ceo_id
JOIN regions_region r ON r.id = h.region_id
WHERE h.to_date IS NULL AND r.code = ? ORDER BY c.id"""
ASKS = """SELECT a.text, a.state, a.due_date FROM regions_ask a
JOIN regions_regionalceo h ON h.id = a.ceo_id JOIN regions_region r ON r.id = h.region_id
WHERE h.to_date IS NULL AND r.code = ? ORDER BY a.id"""
HISTORY = """SELECT change, field, after, via FROM regions_historyentry
WHERE model = 'regions.contact' AND object_id = ? ORDER BY id"""


def next_talk_after_today(product, sample):
    """A week from today in the region, or the first working day after it."""
    [region] = product.rows(
        "SELECT * FROM regions_region WHERE code = ?", sample.region
    )
    day = datetime.now(ZoneInfo(region["time_zone"])).date() + WEEK
    return worked_day(day, region)


def taps_of_a_log(page, sample):
    """Everything one touches from Today to the saved log; nothing is typed."""
    who = sample.say("Prepare: %(who)s", who=sample.ceo)
    return [
        page.get_by_role("link", name=who, exact=True),
        page.get_by_role("radio", name=sample.say("Reached"), exact=True),
        page.get_by_role("radio", name="15", exact=True),
        page.get_by_role("radio", name=sample.say("Yes", context="answer"), exact=True),
        page.get_by_role("button", name=sample.say("Save"), exact=True),
    ]


def saved(page, sample, product):
    """Today again, told the next day, without the call; gives what was written."""
    expect(page).to_have_url(re.compile(r"/today/$"))
    said = sample.say(
        "Logged: %(ceo)s, %(outcome)s. %(then)s",
        ceo=sample.ceo,
        outcome=sample.say("Reached"),
        then=sample.say(
            "Next talk due %(day)s.",
            day=sample.day(next_talk_after_today(product, sample)),
        ),
    )
    expect(page.locator(".note")).to_contain_text(said)
    expect(page.locator(f"#call-{sample.region}")).to_have_count(0)
    return product.rows(CONTACTS, sample.region)[-1]


def back_on_the_list(page, sample):
    page.goto("/today/")
    expect(page.locator(f"#call-{sample.region}")).to_be_visible()


def withdraw(page, sample):
    button = sample.say("Withdraw this log")
    page.get_by_role("button", name=button, exact=True).click()
    said = sample.say("The log is withdrawn; the call is back on the list.")
    expect(page.locator(".note")).to_have_text(said)


@pytest.mark.parametrize(
    "script",
    [pytest.param(True, marks=pytest.mark.long), False],
    ids=["script", "no script"],
)
def test_call_is_logged_corrected_and_withdrawn(visit, sample, product, script):
    asks = [tuple(row) for row in product.rows(ASKS, sample.region)]
    talks = len(product.rows(CONTACTS, sample.region))
    page = visit("liaison", java_script_enabled=script).open("/today/")
    correct = page.get_by_role("link", name=sample.say("Correct or withdraw"))

    taps = taps_of_a_log(page, sample)
    for tap in taps:
        tap.click()

    assert len(taps) <= 6
    first = saved(page, sample, product)
    assert (first["outcome"], first["minutes"], first["ask_answer"]) == (
        "reached",
        15,
        "yes",
    )
    assert first["email"] == sample.email("liaison")
    assert [tuple(row) for row in product.rows(HISTORY, first["id"])] == [
        ("created", "", "", "web")
    ]
    assert "promised" in {row["state"] for row in product.rows(ASKS, sample.region)}

    correct.click()
    page.get_by_role("radio", name=sample.say("No answer"), exact=True).click()
    page.get_by_role("button", name=sample.say("Save"), exact=True).click()

    expect(page.locator(".note")).to_have_text(sample.say("The log is corrected."))
    back_on_the_list(page, sample)
    assert [tuple(row) for row in product.rows(ASKS, sample.region)] == asks

    for tap in taps_of_a_log(page, sample):
        tap.click()
    second = saved(page, sample, product)
    correct.click()
    withdraw(page, sample)

    back_on_the_list(page, sample)
    page.goto(f"/contacts/{first['id']}/")
    withdraw(page, sample)
    contacts = product.rows(CONTACTS, sample.region)
    assert [row["id"] for row in contacts[talks:]] == [first["id"], second["id"]]
    assert None not in [row["withdrawn_at"] for row in contacts[talks:]]
    assert [tuple(row) for row in product.rows(ASKS, sample.region)] == asks


def test_faults_of_a_log_are_told_and_nothing_is_lost(visit, sample, product):
    talks = len(product.rows(CONTACTS, sample.region))
    visitor = visit("liaison")
    page = visitor.open(f"/regions/{sample.region}/call/")

    visitor.watch.allow(422)
    page.get_by_role("radio", name=sample.say("Reached"), exact=True).click()
    page.get_by_role("button", name=sample.say("Save"), exact=True).click()

    told = page.get_by_role("alert").filter(
        has_text=sample.say("Say how many minutes the talk took.")
    )
    expect(told).to_be_focused()
    reached = page.get_by_role("radio", name=sample.say("Reached"), exact=True)
    expect(reached).to_be_checked()
    assert len(product.rows(CONTACTS, sample.region)) == talks
