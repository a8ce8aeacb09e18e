"""What headquarters saves in the admin of pilots, the playbook and findings."""

from decimal import Decimal

import pytest

from pilots.enums import FindingState
from pilots.models import Finding, Procedure, Step
from regions.models import HistoryEntry
from tests import factories
from tests.admin_rows import address, address_of, cells, errors_of, posted

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

    procedure = Procedure.objects.get(name="Prepare the data")
    step = procedure.steps.get()
    assert (procedure.number, procedure.published_at) == (1, None)
    assert (step.title, step.offset_days) == ("Clean the items", -40)
    assert HistoryEntry.objects.values("act").distinct().count() == 1
    assert HistoryEntry.objects.count() == 2


@pytest.fixture
def draft(programme):
    """The second version, with one step; the first is published."""
    factories.make_step(factories.make_procedure(programme))
    second = factories.make_procedure(programme, number=2, published_at=None)
    factories.make_step(second)
    return second


def saves(browser, row):
    """Its page, and what happens when it is changed and when it is deleted."""
    page = browser.get(address_of(row))
    asked = {
        "change": posted(page, position=7, note="New"),
        "delete": {"post": "yes"},
    }
    return page, [
        browser.post(address_of(row, act), data).status_code
        for act, data in asked.items()
    ]


def test_what_is_published_is_only_shown(browser, draft):
    published = Procedure.objects.get(number=1)
    step = published.steps.get()
    before = list(Procedure.objects.values()), list(Step.objects.values())

    for row in (published, step):
        page, codes = saves(browser, row)
        assert codes == [403, 403], row
        assert list(page.context["adminform"].form.fields) == ["seen_version"]
        assert f'href="/playbook/{published.pk}/"' in page.content.decode()
    new = {"procedure": published.pk, "title": "New", "offset_days": 1}
    page = browser.get(address("pilots.step", "add"))
    said = browser.post(address("pilots.step", "add"), posted(page, **new), follow=True)

    assert "This version is published." in said.content.decode()
    [below] = browser.get(address_of(published)).context["inline_admin_formsets"]
    assert below.formset.total_form_count() == 1
    assert (list(Procedure.objects.values()), list(Step.objects.values())) == before
    assert not HistoryEntry.objects.exists()


def test_draft_is_changed_and_deleted(browser, draft):
    step = draft.steps.get()
    values = {
        "how_to": "Sort the list.\nAsk the clerk.",
        "effort_hours": "1.5",
        "helper_ready": "on",
        "needs_confirmation": "on",
    }
    page = browser.get(address_of(draft))
    below = {f"steps-0-{name}": value for name, value in values.items()}

    browser.post(address_of(draft), posted(page, position=7, **below))

    step.refresh_from_db()
    draft.refresh_from_db()
    assert step.how_to.split() == values["how_to"].split()
    assert (step.effort_hours, step.helper_ready) == (Decimal("1.5"), True)
    assert (step.needs_confirmation, draft.position) == (True, 7)
    assert browser.get(address_of(draft)).context["adminform"].form.fields.keys() == {
        "position", "seen_version",
    }  # fmt: skip
    assert saves(browser, step)[1] == [302, 302]
    assert saves(browser, draft)[1] == [302, 302]
    assert Procedure.objects.get().number == 1


def test_new_step_comes_last_in_its_draft(browser, draft):
    page = browser.get(address("pilots.step", "add"))
    new = {"procedure": draft.pk, "title": "New", "offset_days": 1}

    browser.post(address("pilots.step", "add"), posted(page, **new))

    assert [step.title for step in draft.steps.order_by("position")][-1] == "New"


def test_name_of_a_procedure_stands_for_one(browser, draft):
    published_only = factories.make_procedure(draft.programme, "Train")
    page = browser.get(address("pilots.procedure", "add"))
    said = []
    for name in (draft.name, published_only.name):
        data = posted(page, programme=draft.programme_id, name=name)
        answer = browser.post(address("pilots.procedure", "add"), data, follow=True)
        said.append(answer.content.decode())

    for text in said:
        assert "A procedure has this name already." in text
    assert Procedure.objects.count() == 3


def test_lists_tell_versions_apart(browser, draft):
    header, *rows = cells(browser.get(address("pilots.step", "export")))

    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [
        (row["Version of the procedure"], row["Published"] is None) for row in told
    ] == [(1, False), (2, True)]


def test_step_too_far_from_go_live_is_explained(browser, draft):
    step = draft.steps.get()

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
