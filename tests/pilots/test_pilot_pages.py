"""A pilot on one screen, and what is said of it by several people at once."""

from decimal import Decimal

import pytest

from pilots.enums import FindingKind, FindingState
from pilots.models import SuccessCriterion
from pilots.queries import pilots_of
from regions.models import HistoryEntry
from tests.factories import (
    make_criterion,
    make_finding,
    make_pilot,
    make_procedure,
    make_step,
)

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

NEW = {
    "key": "00000000-0000-0000-0000-000000000001",
    "metric": "Orders a day",
    "direction": "at_least",
    "target": "95",
    "is_mandatory": "on",
}


@pytest.fixture
def pilot(programme):
    return make_pilot(programme, scope="Two plants")


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


def test_page_sorts_what_the_pilot_taught(browser, pilot, programme):
    step = make_step(make_procedure(programme))
    kept = {"pilot": pilot, "state": FindingState.ADOPTED, "step": step}
    achieved = make_finding(programme, "A", kind=FindingKind.ACHIEVEMENT, **kept)
    wrong = make_finding(programme, "B", kind=FindingKind.PROBLEM, **kept)
    learnt = make_finding(programme, "C", kind=FindingKind.LESSON, pilot=pilot)
    gone = {"state": FindingState.REJECTED, "decision_reason": "no"}
    make_finding(programme, "D", pilot=pilot, **gone)
    make_finding(programme, "E")

    page = browser.get(f"/pilots/{pilot.pk}/").context["page"]

    assert (page.achieved, page.went_wrong) == ([achieved], [wrong])
    assert (page.learnt, page.undecided) == ([learnt], [learnt])


def test_undecided_ones_are_shown_to_those_who_may_read_them(
    as_user, pilot, programme, staff_north
):
    make_finding(programme, "Hidden", pilot=pilot)

    answer = as_user(staff_north).get(f"/pilots/{pilot.pk}/")

    assert answer.context["page"].undecided == []
    assert "Hidden" not in answer.content.decode()


def test_criterion_is_added_once_and_judged(browser, pilot):
    browser.post(f"/pilots/{pilot.pk}/criteria/", NEW | {"actual": "94"})
    browser.post(f"/pilots/{pilot.pk}/criteria/", NEW | {"actual": "94"})

    page = browser.get(f"/pilots/{pilot.pk}/").context["page"]
    [line] = page.criteria
    assert (line.criterion.target, line.judgement) == (Decimal(95), "unmet")
    again = NEW | {"key": "00000000-0000-0000-0000-000000000002"}
    refused = browser.post(f"/pilots/{pilot.pk}/criteria/", again)
    assert "measured already" in refused.content.decode()


def test_two_people_over_one_criterion_merge(browser, pilot):
    row = make_criterion(pilot)
    address = f"/criteria/{row.pk}/"
    shown = browser.get(address).context["form"]
    seen = dict(shown.seen) | {"version": shown["version"].value()}
    said = {name: shown[name].value() or "" for name in shown.fields}

    browser.post(address, said | seen | {"actual": "96"})
    browser.post(address, said | seen | {"evidence": "Report of week 9"})

    row.refresh_from_db()
    assert (row.actual, row.evidence) == (Decimal(96), "Report of week 9")


def test_removed_criterion_counts_no_more_and_stays_in_the_history(browser, pilot):
    row = make_criterion(pilot)

    browser.post(f"/criteria/{row.pk}/remove/", {"version": "9"})
    assert SuccessCriterion.objects.exists()
    browser.post(f"/criteria/{row.pk}/remove/", {"version": "1"})

    assert not SuccessCriterion.objects.exists()
    entry = HistoryEntry.objects.get(model="pilots.successcriterion")
    assert (entry.change, "Orders entered" in entry.before) == ("deleted", True)


def test_pilot_does_not_end_before_it_begins(browser, pilot):
    sent = {"version": "1", "from_date": "2027-03-02", "to_date": "2027-03-01"}

    page = browser.post(f"/pilots/{pilot.pk}/edit/", sent)

    assert page.status_code == 422
    assert "before it begins" in page.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_rows(
    count, browser, pilot, programme, assert_queries
):
    for number in range(count):
        make_criterion(pilot, metric=f"M{number}")
        make_finding(programme, f"F{number}", pilot=pilot)

    with assert_queries(9):
        assert browser.get(f"/pilots/{pilot.pk}/").status_code == 200


def test_who_has_no_role_sees_no_pilot(pilot, programme, outsider, staff_north):
    assert list(pilots_of(programme, staff_north)) == [pilot]
    assert list(pilots_of(programme, outsider)) == []
