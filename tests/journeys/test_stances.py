"""The CIO says where a CEO stands, and sees the gap and what to do; others see neither."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.processes]

SENTENCE = "He freed two people for March 他调来两人"


def test_ceo_is_judged_with_a_sentence_and_headquarters_reads_nothing(visit, sample):
    visitor = visit("cio")
    page = visitor.open(f"/stances/{sample.region}/")
    save = page.get_by_role("button", name=sample.say("Save"), exact=True)
    page.get_by_label(sample.say("Stands now")).select_option("resistant")
    page.get_by_label(sample.say("Wanted")).select_option("leading")
    visitor.watch.allow(422)

    save.click()
    expect(
        page.get_by_role("alert").filter(has_text=sample.say("What shows it"))
    ).to_be_focused()
    page.get_by_label(sample.say("What shows it")).fill(SENTENCE)
    save.click()

    expect(page.locator(".note")).to_have_text(
        sample.say("Judged: %(ceo)s.", ceo=sample.ceo)
    )
    expect(page.locator(".scale .is-current")).to_contain_text(
        sample.say("resistant", context="attitude")
    )
    page.get_by_role("link", name=sample.say("Stances"), exact=True).click()
    row = page.get_by_role("row").filter(has_text=sample.region_name)
    expect(row).to_contain_text(SENTENCE)
    expect(row.locator("[data-label]").nth(5)).to_have_text(
        sample.say("%(n)d step", "%(n)d steps", n=3)
    )
    expect(row.locator(".text").first).not_to_be_empty()

    row.get_by_role("link").click()
    expect(page.locator(".timeline").first).to_contain_text(SENTENCE)
    page.get_by_role("button", name=sample.say("Withdraw"), exact=False).first.click()
    said = sample.say("The judgement is withdrawn; the one before it holds.")
    expect(page.locator(".note")).to_have_text(said)

    stranger = visit("hq").open(f"/stances/{sample.region}/", status=403)
    expect(stranger.locator("main")).to_contain_text(
        sample.say("Where CEOs stand is for the CIO and the region's liaison only.")
    )
    expect(stranger.locator("main")).not_to_contain_text(SENTENCE)
