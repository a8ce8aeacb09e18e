"""Journey 7: a region that is not one's own answers as one that does not exist."""

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.processes]


@pytest.mark.parametrize(
    "page",
    ["", pytest.param("call/", marks=pytest.mark.long)],
    ids=["region", "call sheet"],
)
def test_other_region_looks_like_none(visit, sample, page):
    own = visit("cio").open(f"/regions/{sample.other_region}/{page}")
    assert own.locator("h1").inner_text() != ""
    staff = visit("staff")

    other = staff.open(f"/regions/{sample.other_region}/{page}", 404)
    seen = other.locator("body").inner_text()
    missing = staff.open(f"/regions/NOSUCH/{page}", 404)

    assert missing.locator("body").inner_text() == seen
    assert sample.say("There is nothing here") in seen


def test_search_knows_no_other_region(visit, sample, product):
    [other] = product.rows(
        "SELECT name FROM regions_region WHERE code = ?", sample.other_region
    )
    page = visit("staff").open("/tasks/")

    page.get_by_role("searchbox").fill(other["name"])
    page.get_by_role("searchbox").press("Enter")
    page.wait_for_url("**/regions/?q=*")

    assert page.locator("table").count() == 0
    assert sample.say("No region fits.") in page.locator("main").inner_text()
