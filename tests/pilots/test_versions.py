"""The pages of the playbook's versions: reading, writing the next one, publishing it."""

import pytest

from pilots.models import Procedure, Step
from pilots.services import playbook
from regions.history import Act
from regions.models import Programme
from tests import factories
from tests.factories import NOW, make_finding, make_procedure, make_programme, make_step
from tests.permissions import STEP

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def first(programme):
    """A published version of two steps."""
    procedure = make_procedure(programme)
    clean = make_step(procedure, effort_hours=8)
    make_step(procedure, "Load the customers", position=1)
    make_finding(programme, state="adopted", step=clean)
    return procedure


@pytest.fixture
def draft(first, hq):
    return playbook.open_draft(first, act=Act(by=hq, at=NOW))


def page_of(client, procedure):
    return client.get(f"/playbook/{procedure.pk}/")


def test_next_version_is_written_and_published_with_what_differs(
    first, hq, as_user, staff_north
):
    client, reader = as_user(hq), as_user(staff_north)
    opened = client.post(f"/playbook/{first.pk}/draft/", follow=True)
    draft = Procedure.objects.get(number=2)
    step = draft.steps.get(title="Clean the customer list")
    words = {
        "title": "Count, then clean",
        **STEP,
        "how_to": "Export\n\n Compare \nSign",
    }
    client.post(f"/steps/{step.pk}/", {"version": 1, **words, "effort_hours": "6.5"})
    added = {
        "title": "Try a load",
        **STEP,
        "after": [step.pk],
        "key": form_key(client, draft),
    }
    client.post(f"/playbook/{draft.pk}/steps/", added)
    shown = client.get(f"/playbook/{draft.pk}/publish/").content.decode()

    assert "Draft of version 2." in opened.content.decode()
    assert reader.get(f"/playbook/{draft.pk}/").status_code == 404
    told = page_of(client, draft).context["page"].changes
    assert {
        one.step.title: (
            one.what,
            {line.label: (line.before, line.after) for line in one.lines},
        )
        for one in told
    } == {
        "Count, then clean": (
            "changed",
            {
                "Title": ("Clean the customer list", "Count, then clean"),
                "Days from go-live": ("-30", "-9"),
                "Effort in hours": ("8 hours", "6.5 hours"),
                "How to do it": ("–", "Export\nCompare\nSign"),
            },
        ),
        "Try a load": ("new", {}),
    }
    assert "Count, then clean" in shown
    # The lesson stands on the step in its new version too.
    assert "Customers were listed twice" in page_of(client, draft).content.decode()

    draft.refresh_from_db()
    client.post(f"/playbook/{draft.pk}/publish/", {"version": draft.version})

    page = page_of(reader, draft).content.decode()
    assert "Version 2, published on" in page
    assert "Try a load" in reader.get("/playbook/").content.decode()
    assert "Version 2 has taken its place." in page_of(reader, first).content.decode()
    refused = client.post(
        f"/steps/{step.pk}/", {"version": 2, **words, "title": "Later"}
    )
    assert refused.status_code == 422
    assert "This version is published." in refused.content.decode()


def form_key(client, draft):
    form = client.get(f"/playbook/{draft.pk}/steps/").context["form"]
    return str(form["key"].value())


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"how_to": "a\nb\nc\nd"}, "These are 4 steps. Say it in at most 3."),
        ({"offset_days": "1501"}, "1500"),
        ({"effort_hours": "-1"}, "0"),
        ({"title": "Load the customers"}, "Another step has this title already."),
        ({"after": ["999999999999"]}, "id_after"),
    ],
    ids=lambda one: next(iter(one)) if isinstance(one, dict) else "",
)
def test_nonsense_is_told_at_its_field_and_what_was_written_stays(
    sent, said, draft, hq, as_user
):
    step = draft.steps.get(position=0)
    words = {"version": 1, "title": "Otherwise", "note": "Kept", **STEP} | sent

    answer = as_user(hq).post(f"/steps/{step.pk}/", words)

    page = answer.content.decode()
    assert (answer.status_code, said in page, "Kept" in page) == (422, True, True)
    assert Step.objects.get(pk=step.pk).title == step.title


def test_steps_change_places_and_go(draft, hq, as_user):
    client = as_user(hq)
    last = draft.steps.get(position=1)

    client.post(f"/steps/{last.pk}/move/", {"version": 1, "to": "up"})
    order = list(draft.steps.order_by("position").values_list("title", flat=True))
    client.post(f"/steps/{last.pk}/remove/", {"version": 2})

    assert order == ["Load the customers", "Clean the customer list"]
    assert [one.title for one in draft.steps.all()] == ["Clean the customer list"]


def test_draft_is_given_up_and_the_name_of_a_new_procedure_is_its_own(
    draft, hq, as_user
):
    client = as_user(hq)
    key = str(client.get("/playbook/new/").context["form"]["key"].value())
    taken = client.post("/playbook/new/", {"key": key, "name": draft.name})
    old = client.post(f"/playbook/{draft.pk}/discard/", {"version": 7}, follow=True)
    client.post(f"/playbook/{draft.pk}/discard/", {"version": 1})
    client.post("/playbook/new/", {"key": key, "name": "Close the books"})

    assert "A procedure has this name already." in taken.content.decode()
    assert taken.status_code == 422
    assert "changed" in old.content.decode()
    drafts = Procedure.objects.filter(published_at=None)
    assert [(one.name, one.number) for one in drafts] == [("Close the books", 1)]


@pytest.mark.parametrize("rows", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three(
    rows, first, hq, as_user, assert_queries, programme
):
    client = as_user(hq)
    for number in range(rows - 1):
        step = make_step(first, f"Step {number}", position=number + 2)
        before = first.steps.first()
        factories.make_step_link(step, before)
        make_finding(programme, f"Finding {number}", state="adopted", step=step)
        make_procedure(programme, number=number + 2)

    with assert_queries(11):
        assert page_of(client, first).status_code == 200


def test_draft_is_on_no_page_of_who_does_not_see_drafts(
    draft, first, hq, staff_north, as_user
):
    def told(user):
        client = as_user(user)
        playbook_page = client.get("/playbook/").context
        return list(playbook_page["drafts"]), page_of(client, first).context[
            "page"
        ].versions

    assert told(hq) == ([draft], [draft, first])
    assert told(staff_north) == ([], [first])


def test_procedure_is_added_to_a_programme_that_one_sees(hq, as_user, monkeypatch):
    def code():
        return as_user(hq).get("/playbook/new/").status_code

    make_programme()
    before = code()
    rows = type(Programme.objects.all())
    monkeypatch.setattr(rows, "visible_to", lambda self, user: self.none())

    assert (before, code()) == (200, 404)
