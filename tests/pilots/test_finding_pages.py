"""What the pages of findings take and tell."""

import pytest

from pilots.enums import FindingState
from pilots.forms import AdoptForm, EditFindingForm, FindingForm
from pilots.models import Finding, Procedure
from pilots.services.findings import adopt_finding, record_finding, review_finding
from pilots.services.playbook import CannotKeepPlaybook, remove_step
from regions.history import Act
from tests import factories
from tests.factories import NOW, make_finding
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

NEW = {
    "key": "00000000-0000-0000-0000-000000000001",
    "kind": "problem",
    "title": "Labels were late",
    "area": "data",
}


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


@pytest.mark.parametrize(
    ("sent", "faults"),
    [
        ({"effect_amount": "3", "effect_of": "days"}, {}),
        ({"effect_amount": "3"}, {"effect_of"}),
        ({"effect_of": "days"}, {"effect_amount"}),
        ({"effect_amount": "3", "effect_of": "money"}, {"effect_currency"}),
        ({"effect_amount": "NaN", "effect_of": "days"}, {"effect_amount"}),
        ({"trigger": "stage-nonsense"}, {"trigger"}),
    ],
)
def test_effect_in_numbers_says_what_it_counts(sent, faults, browser, programme):
    response = browser.post("/findings/add/", NEW | sent)

    assert Finding.objects.count() == (0 if faults else 1)
    assert set(faults) == set(response.context["form"].errors if faults else ())


def test_currency_is_kept_with_money_only(browser, programme):
    sent = {"effect_amount": "3", "effect_of": "days", "effect_currency": "CNY"}

    browser.post("/findings/add/", NEW | sent)

    assert Finding.objects.get().effect_currency == ""


def test_similar_ones_are_shown_without_a_script_and_nothing_is_lost(
    browser, programme
):
    known = make_finding(programme, "Labels were too late")

    page = browser.post("/findings/add/", NEW | {"look": "1", "cause": "No printer"})

    assert Finding.objects.count() == 1
    assert page.context["similar"] == [known]
    assert "No printer" in page.content.decode()


def test_similar_ones_come_while_typing(browser, programme):
    known = make_finding(programme, "Labels were too late")

    page = browser.get("/findings/similar/", {"title": "labels were late"})

    assert f'href="/findings/{known.pk}/"' in page.content.decode()
    assert "<html" not in page.content.decode()


def test_page_says_who_weighed_it_and_when(browser, programme, hq, staff_north):
    values = {"kind": "problem", "area": "data", "title": "Labels were late"}
    act = Act(by=staff_north, at=NOW)
    finding = record_finding(programme=programme, act=act, **values)
    review_finding(finding, version=1, act=Act(by=hq, at=NOW))

    page = browser.get(f"/findings/{finding.pk}/")

    assert page.context["way"] == [
        "proposed by Staff North on Wed 10 Mar 2027",
        "reviewed by Hq on Wed 10 Mar 2027",
    ]
    assert (
        "reviewed by Hq on Wed 10 Mar 2027"
        in browser.get("/findings/").content.decode()
    )


def test_who_recorded_it_changes_it_until_it_is_weighed(
    as_user, programme, staff_north, hq
):
    finding = make_finding(programme, author=staff_north)
    browser, address = as_user(staff_north), f"/findings/{finding.pk}/edit/"
    sent = {"kind": "problem", "title": "Said better", "area": "data", "version": "1"}

    assert browser.post(address, sent).status_code == 302
    review_finding(finding, version=2, act=Act(by=hq, at=NOW))
    assert browser.post(address, sent | {"version": "3"}).status_code == 403

    finding.refresh_from_db()
    assert finding.title == "Said better"


def test_adopted_one_keeps_its_step(browser, programme):
    step = factories.make_step(factories.make_procedure(programme))
    finding = make_finding(programme, state=FindingState.ADOPTED, step=step)
    sent = {"kind": "problem", "title": "F", "area": "data", "version": "1"}

    page = browser.post(f"/findings/{finding.pk}/edit/", sent)

    assert page.status_code == 422
    assert "needs the step" in page.content.decode()


# --- Steps of several versions -------------------------------------------------------


def test_each_step_is_offered_once_and_the_chosen_one_stays(
    programme, cio, staff_north
):
    """The newest version's; what only a draft has, to those who write it."""
    older, newer, draft = (
        factories.make_procedure(programme, number=n, **published)
        for n, published in ((1, {}), (2, {}), (3, {"published_at": None}))
    )
    first = factories.make_step(older, "Old words")
    gone = factories.make_step(older, "Given up")
    now = factories.make_step(newer, "New words", key=first.key)
    factories.make_step(draft, "Next words", key=first.key)
    planned = factories.make_step(draft, "Planned")
    finding = make_finding(programme, state=FindingState.ADOPTED, step=first)

    def offered(form):
        return [label for _, label in form.fields["step"].choices][1:]

    assert offered(FindingForm(programme, staff_north)) == ["New words"]
    assert offered(FindingForm(programme, cio)) == ["New words", "Planned (draft)"]
    of_task = FindingForm(programme, staff_north, step=gone)
    assert offered(of_task) == ["Given up", "New words"]
    for form in (EditFindingForm(finding, cio), AdoptForm(finding)):
        assert offered(form) == ["Old words", "Planned (draft)"]
        assert form["step"].value() == first.pk != now.pk
    with unrecorded():
        Finding.objects.update(step=planned)
    with pytest.raises(CannotKeepPlaybook):
        remove_step(planned, version=1, act=Act(by=cio, at=NOW))


def test_step_of_a_draft_is_named_to_those_who_write_it(
    programme, as_user, cio, staff_north
):
    draft = factories.make_procedure(programme, published_at=None)
    step = factories.make_step(draft, "Planned")
    finding = make_finding(programme, state=FindingState.ADOPTED, step=step)

    pages = {
        one: as_user(one).get(f"/findings/{finding.pk}/").content.decode()
        for one in (cio, staff_north)
    }

    assert "Planned" in pages[cio]
    assert "Planned" not in pages[staff_north]


def test_history_names_a_step_that_is_not_published_to_those_who_write_it(
    programme, as_user, cio, staff_north
):
    draft = factories.make_procedure(programme, published_at=None)
    step = factories.make_step(draft, "Planned")
    finding = make_finding(programme, state=FindingState.REVIEWED)
    act = Act(by=cio, at=NOW)
    adopt_finding(finding, step=step, version=1, act=act)
    addresses = (f"/findings/{finding.pk}/", f"/history/acts/{act.id}/")

    def pages(reader):
        return [as_user(reader).get(one).content.decode() for one in addresses]

    unseen = "a step that is not published"
    assert [step.title in page for page in pages(cio)] == [True, True]
    assert [unseen in page for page in pages(cio)] == [False, False]
    assert [unseen in page for page in pages(staff_north)] == [True, True]
    assert [step.title in page for page in pages(staff_north)] == [False, False]
    with unrecorded():
        Procedure.objects.update(published_at=NOW)
    assert [step.title in page for page in pages(staff_north)] == [True, True]
