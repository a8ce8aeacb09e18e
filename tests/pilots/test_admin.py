"""What headquarters saves in the admin of pilots, the playbook and findings."""

import pytest

from pilots.enums import FindingState
from pilots.models import Finding, Procedure
from regions.models import HistoryEntry
from tests import factories
from tests.admin_rows import address, address_of, errors_of, posted

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


def test_procedure_is_saved_with_its_steps_in_one_act(browser, programme):
    page = browser.get(address("pilots.procedure", "add"))
    step = {
        "title": "Clean the items",
        "offset_days": -40,
        "role": "region",
        "kind": "data",
    }
    values = {"programme": programme.pk, "name": "Prepare the data"}
    values |= {f"steps-0-{name}": value for name, value in step.items()}

    browser.post(address("pilots.procedure", "add"), posted(page, **values))

    step = Procedure.objects.get(name="Prepare the data").steps.get()
    assert (step.title, step.offset_days) == ("Clean the items", -40)
    assert HistoryEntry.objects.values("act").distinct().count() == 1
    assert HistoryEntry.objects.count() == 2


def test_step_too_far_from_go_live_is_explained(browser, programme):
    step = factories.make_step(factories.make_procedure(programme))

    data = posted(browser.get(address_of(step)), offset_days=-2000)

    assert errors_of(browser.post(address_of(step), data)) == [
        "Give at most 1500 days before or after go-live."
    ]


def test_new_finding_is_proposed_by_who_adds_it(browser, programme, hq):
    page = browser.get(address("pilots.finding", "add"))
    words = {"title": "Labels were late", "kind": "problem", "area": "data"}

    data = posted(page, programme=programme.pk, **words, state=FindingState.ADOPTED)
    browser.post(address("pilots.finding", "add"), data)

    finding = Finding.objects.get()
    assert (finding.state, finding.author) == (FindingState.PROPOSED, hq)


def test_finding_belongs_to_one_programme_and_one_source(browser, programme):
    other = factories.make_programme("OTHER", name="Other")
    pilot = factories.make_pilot(other)
    finding = factories.make_finding(programme)

    data = posted(browser.get(address_of(finding)), wave_name="Wave 2")

    own = factories.make_pilot(programme, "Own")
    assert errors_of(browser.post(address_of(finding), data | {"pilot": pilot.pk})) == [
        "This belongs to another programme."
    ]
    assert errors_of(browser.post(address_of(finding), data | {"pilot": own.pk})) == [
        "Name the pilot or the wave that taught it, not both."
    ]


def test_state_and_step_of_an_adopted_finding_are_moved_elsewhere(browser, programme):
    step = factories.make_step(factories.make_procedure(programme))
    finding = factories.make_finding(programme, state=FindingState.ADOPTED, step=step)
    page = browser.get(address_of(finding))

    data = posted(page, state=FindingState.RETIRED, step="", effect="Half a day lost")
    browser.post(address_of(finding), data)

    finding.refresh_from_db()
    assert (finding.state, finding.step) == (FindingState.ADOPTED, step)
    assert finding.effect == "Half a day lost"
    assert f'href="/findings/{finding.pk}/"' in page.content.decode()


@pytest.mark.parametrize(
    ("state", "code"), [(FindingState.PROPOSED, 302), (FindingState.REVIEWED, 403)]
)
def test_only_a_finding_that_nobody_weighed_is_deleted(browser, programme, state, code):
    finding = factories.make_finding(programme, state=state)

    response = browser.post(address_of(finding, "delete"), {"post": "yes"})

    assert response.status_code == code
    assert Finding.objects.exists() is (code == 403)
