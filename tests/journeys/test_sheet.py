"""The call sheet on paper and on a phone, and a log that is not lost before it is saved."""

import io
import re

import pypdfium2
import pytest
from playwright.sync_api import expect

from .chromium import PHONE

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Every line that a sheet can have, each as long as its column takes; and away again.
LONGEST = """
from datetime import date, timedelta
from django.db.models import QuerySet
from pilots.models import Finding
from regions.models import Ask, RegionalCEO
from rollout.models import Plan, Task
fill = lambda many: ({word!r} * many)[:many]
ceo = RegionalCEO.objects.get(to_date=None, region__code={region!r})
plan = Plan.objects.get(region=ceo.region)
raw = QuerySet
if {made}:
    raw(RegionalCEO).filter(pk=ceo.pk).update(address_as=fill(100), careful_with=fill(1000))
    for n in range(5):
        for of, state in (("ceo", "promised"), ("us", "open")):
            raw(Ask).create(ceo=ceo, programme=plan.programme, kind="people", of=of, state=state,
                text=str(n) + fill(199), due_date=date(2020, 1, 1))
        raw(Task).create(plan=plan, title="0" + str(n) + fill(148), state="blocked", block_reason="data",
            waits_for=ceo.user, due_date=date(2020, 1, 1), first_due_date=date(2020, 1, 1))
    for row in Finding.objects.filter(programme=plan.programme, kind="achievement", state="adopted"):
        raw(Finding).filter(pk=row.pk).update(effect=row.effect + "|" + fill(250))
    for row in Finding.objects.filter(programme=plan.programme, state="adopted"):
        raw(Finding).filter(pk=row.pk).update(recommendation=row.recommendation + "|" + fill(150))
else:
    raw(RegionalCEO).filter(pk=ceo.pk).update(address_as="", careful_with="")
    raw(Ask).filter(ceo=ceo, due_date=date(2020, 1, 1)).delete()
    raw(Task).filter(plan=plan, due_date=date(2020, 1, 1)).delete()
    for row in Finding.objects.filter(effect__contains="|"):
        raw(Finding).filter(pk=row.pk).update(effect=row.effect.partition("|")[0])
    for row in Finding.objects.filter(recommendation__contains="|"):
        raw(Finding).filter(pk=row.pk).update(recommendation=row.recommendation.partition("|")[0])
"""
SMALLEST = """() => Math.min(...[...document.querySelectorAll(".sheet *")]
  .filter((one) => one.checkVisibility() && [...one.childNodes].some(
    (node) => node.nodeType === 3 && node.textContent.trim()))
  .map((one) => parseFloat(getComputedStyle(one).fontSize)))"""
UNCUT = """() => [...document.styleSheets].at(-1).insertRule(
  "@media print { .sheet li > span, .careful p { display: block !important } }",
  document.styleSheets[document.styleSheets.length - 1].cssRules.length)"""
COVERED = """() => {
  const bar = document.querySelector(".log-bar").getBoundingClientRect();
  const one = document.activeElement;
  const {top, bottom} = one.getBoundingClientRect();
  const isIn = Boolean(one.closest(".page-of-paper") && !one.closest(".log-bar"));
  return {isIn, covered: isIn && bottom > bar.top + 1 && top < bar.bottom};
}"""


def pages_of(page):
    """As many sheets of paper as Chromium prints."""
    with pypdfium2.PdfDocument(io.BytesIO(page.pdf(prefer_css_page_size=True))) as book:
        return len(book)


@pytest.mark.long
def test_longest_sheet_is_one_page_in_a_size_that_can_be_read(visit, sample, product):
    word = "many words " if sample.language == "en" else "字"
    what = {"word": word, "region": sample.other_region}
    shell = ("shell", "--verbosity=0", "-c")
    product.manage(*shell, LONGEST.format(made=True, **what))
    try:
        page = visit("cio").open(f"/regions/{sample.other_region}/call/")
        assert pages_of(page) == 1
        assert page.locator(".mark-late").count() == 6
        assert page.locator(".taught .lesson").count() == 3
        page.emulate_media(media="print")
        assert page.evaluate(SMALLEST) >= 9 / 72 * 96

        # The control: without the measure for paper it is more.
        page.evaluate(UNCUT)
        assert pages_of(page) > 1
    finally:
        product.manage(*shell, LONGEST.format(made=False, **what))


def test_usual_sheet_is_one_page_and_the_bar_of_a_phone_covers_no_focus(
    visit, sample, product
):
    page = visit("liaison", viewport=PHONE).open(f"/regions/{sample.region}/call/")
    assert pages_of(page) == 1
    bar = page.locator(".log-bar")
    expect(bar).to_be_in_viewport(ratio=1)

    page.locator("h1").click()
    seen = []
    for _time in range(30):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(COVERED))
        if page.evaluate("() => Boolean(document.activeElement.closest('#log'))"):
            break

    assert sum(one["isIn"] for one in seen) >= 2
    assert [one for one in seen if one["covered"]] == []
    bar.get_by_role("link", name=sample.say("Log"), exact=True).click()
    expect(page.locator("#id_outcome_0 + span")).to_be_in_viewport()


def test_log_that_is_not_saved_survives_a_lost_connection_and_a_reload(
    visit, sample, product
):
    visitor = visit("liaison", viewport=PHONE, has_touch=True)
    visitor.watch.allow_silence()
    address = f"/regions/{sample.region}/call/"
    page = begun(visitor.page, address)
    visitor.context.set_offline(True)
    page.locator("label[for=id_outcome_0]").tap()
    page.locator("label[for=id_topics_0]").tap()
    page.locator("#log > details:last-of-type summary").tap()
    page.locator("#id_note").fill("half a sentence")
    kept = [page.locator(f"#id_topics_{nth}").is_checked() for nth in range(5)]
    page.clock.fast_forward(5000)
    expect(line(page)).to_have_text(
        sample.say("Kept on this device until there is a connection")
    )

    page.close()
    visitor.context.set_offline(False)
    page = begun(visitor.context.new_page(), address)
    expect(line(page)).to_have_text(sample.say("Kept on this device, not saved yet"))
    expect(page.locator("#id_note")).to_have_value("half a sentence")
    page.clock.fast_forward(5000)
    of_the_server = re.compile(
        sample.say("Draft of %(time)s", time="@").replace("@", r"\d\d:\d\d")
    )
    expect(line(page)).to_have_text(of_the_server)
    assert page.evaluate("() => localStorage.length") == 0

    page.reload()
    expect(line(page)).to_have_text(of_the_server)
    expect(page.locator("#id_note")).to_have_value("half a sentence")
    expect(page.locator("#id_outcome_0")).to_be_checked()
    topics = [page.locator(f"#id_topics_{nth}").is_checked() for nth in range(5)]
    assert topics == kept

    page.get_by_role("button", name=sample.say("Discard"), exact=True).click()
    expect(page.locator("#id_note")).to_have_value("")
    expect(page.locator("#id_outcome_0")).not_to_be_checked()
    assert product.rows("SELECT COUNT(*) FROM regions_contactdraft")[0][0] == 0


def begun(page, address):
    """The sheet, with a clock that the test moves on."""
    page.clock.install()
    page.goto(address)
    return page


def line(page):
    return page.locator("[data-draft-line]")
