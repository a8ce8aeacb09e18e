"""Journey 1: the CIO signs in and sees at once whom to call, and why."""

import re
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from .chromium import DESKTOP, PHONE
from .samples import PASSWORD, worked_day

pytestmark = [pytest.mark.browser, pytest.mark.processes]

LISTS = ("calls-head", "decide-head", "worse-head")
NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
NUMBER = re.compile(rf"\d+|\b(?:{'|'.join(NUMBERS)})\b", re.IGNORECASE)
WORST_FIRST = ("help", "watch", "ok", "open", "live")
LAST_WEEKS = 42
FACTS = """
SELECT r.name, r.code, r.time_zone, r.country, r.subdivision, u.phone, h.from_date,
  s.kick_off_date, s.go_live_date, s.lead_weeks,
  (SELECT max(c.held_at) FROM regions_contact c
   WHERE c.ceo_id = h.id AND c.outcome = 'reached' AND c.withdrawn_at IS NULL) AS last_at
FROM regions_region r
JOIN regions_regionalceo h ON h.region_id = r.id AND h.to_date IS NULL
JOIN regions_user u ON u.id = h.user_id
JOIN regions_rhythm s ON s.ceo_id = h.id
WHERE r.code = ?
"""


def items(page, head):
    return page.locator(f"section[aria-labelledby={head}] article")


def numbers_in(sentence):
    found = [word.lower() for word in NUMBER.findall(sentence)]
    return [int(word) if word.isdigit() else NUMBERS.index(word) for word in found]


def today_of(facts):
    return datetime.now(ZoneInfo(facts["time_zone"])).date()


def reasons(facts, sample):
    """Why this CEO is to be called, worked out anew from what is stored."""
    today = today_of(facts)
    if facts["last_at"] is None:
        begin = date.fromisoformat(facts["kick_off_date"])
        begin -= timedelta(weeks=facts["lead_weeks"])
        due = worked_day(max(begin, date.fromisoformat(facts["from_date"])), facts)
        yield sample.say(
            "No talk yet; the first was due on %(day)s.", day=sample.day(due)
        )
    else:
        last = datetime.fromisoformat(f"{facts['last_at']}+00:00")
        age = today - last.astimezone(ZoneInfo(facts["time_zone"])).date()
        yield sample.say(
            "%(n)d day since the last talk",
            "%(n)d days since the last talk",
            n=age.days,
        )
    left = (date.fromisoformat(facts["go_live_date"]) - today).days
    if left <= 0:
        yield sample.say("Live for %(n)d day.", "Live for %(n)d days.", n=-left)
        return
    yield sample.say(
        "Go-live in %(n)d day, %(stage)s.",
        "Go-live in %(n)d days, %(stage)s.",
        n=left,
        stage=sample.say("last six weeks" if left <= LAST_WEEKS else "preparing"),
    )


def test_cio_lands_on_today_and_its_sentence_counts_the_lists(visit, sample):
    visitor = visit()

    visitor.sign_in(sample.email("cio"), PASSWORD)

    page = visitor.page
    expect(page).to_have_url(re.compile(r"/today/$"))
    calls, decisions, worse = (items(page, head).count() for head in LISTS)
    # On a Monday nothing may have got worse yet; then the sentence has no third number.
    counted = [calls, decisions, worse] if worse else [calls, decisions]
    assert numbers_in(page.locator("h1").inner_text()) == counted
    assert calls > 0
    for head, words in zip(
        LISTS, ("Call today", "Decide", "Got worse since Monday"), strict=True
    ):
        expect(page.locator(f"#{head}")).to_have_text(sample.say(words))
    more = page.locator("section[aria-labelledby=calls-head] > .rest > summary")
    if calls > 5:
        expect(more).to_have_text(sample.say("All %(n)s", n=calls))


def test_each_call_says_who_why_and_how(visit, sample, product):
    page = visit("cio").open("/today/")

    shown = items(page, "calls-head").all()[:5]

    for call in shown:
        code = call.get_attribute("id").removeprefix("call-")
        [facts] = product.rows(FACTS, code)
        text = call.inner_text()
        assert text.startswith(sample.ceo_of(facts["name"]))
        assert [reason for reason in reasons(facts, sample) if reason not in text] == []
        assert call.locator("a[href^='tel:']").inner_text() == facts["phone"]
        clock = re.search(r"\d\d:\d\d", text).group()
        there = datetime.now(ZoneInfo(facts["time_zone"]))
        assert clock in {f"{there - timedelta(minutes=ago):%H:%M}" for ago in range(3)}
    assert len(shown) == min(5, items(page, "calls-head").count())


def test_regions_stand_below_worst_first(visit):
    page = visit("cio").open("/today/")

    table = page.get_by_role("table").first
    classes = table.locator("tbody .state").evaluate_all(
        "marks => marks.map(mark => mark.classList[1])"
    )

    ranks = [WORST_FIRST.index(name) for name in classes]
    assert ranks == sorted(ranks)
    assert len(ranks) > 3
    lists = page.locator(".lists").bounding_box()
    assert table.bounding_box()["y"] > lists["y"] + lists["height"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_first_call_is_seen_without_scrolling(visit, size):
    page = visit("cio", viewport=size).open("/today/")

    call = items(page, "calls-head").first.bounding_box()

    bar = page.locator("nav.tabs").bounding_box()
    end = bar["y"] if bar else size["height"]
    assert call["y"] + call["height"] <= end
