"""A walk over every model of the admin: its list, search, pages, suggestions and export.

What headquarters saves in it is tested with each app.
"""

import io

import pytest
from django.apps import apps
from django.contrib import admin
from django.urls import reverse
from openpyxl import load_workbook

from regions.enums import Change, Role
from rollout.enums import TaskState
from tests import factories
from tests.admin_rows import address, address_of, cells, make_entry, one_of_each

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

# What a list costs, however many rows it has: session, person, roles, count and rows; then
# the rows of its columns, what its filters offer, and the bounds of its dates. The export
# stands beside it; it draws no dates.
QUERIES = {
    "pilots.finding": (7, 7),
    "pilots.pilot": (6, 6),
    "pilots.procedure": (6, 6),
    "pilots.step": (6, 6),
    "regions.absence": (5, 5),
    "regions.ask": (8, 6),
    "regions.attachment": (7, 5),
    "regions.blackout": (8, 6),
    "regions.checkin": (8, 6),
    "regions.contact": (8, 6),
    "regions.historyentry": (7, 5),
    "regions.holiday": (8, 5),
    "regions.membership": (5, 5),
    "regions.programme": (5, 5),
    "regions.region": (8, 6),
    "regions.regionalceo": (5, 5),
    "regions.rhythm": (6, 6),
    "regions.sending": (7, 5),
    "regions.user": (6, 6),
    "rollout.breaker": (5, 5),
    "rollout.brief": (8, 6),
    "rollout.clarification": (8, 6),
    "rollout.duty": (7, 5),
    "rollout.handover": (7, 5),
    "rollout.heartbeat": (5, 5),
    "rollout.mail": (7, 5),
    "rollout.mailevent": (7, 5),
    "rollout.plan": (9, 7),
    "rollout.task": (9, 7),
    "rollout.taskrequest": (7, 5),
    "rollout.wave": (8, 6),
}
LABELS = sorted(QUERIES)
LEDGERS = [
    "regions.absence", "regions.historyentry", "regions.sending", "rollout.breaker", "rollout.duty",
    "rollout.handover", "rollout.heartbeat", "rollout.mail", "rollout.mailevent",
    "rollout.taskrequest",
]  # fmt: skip
# Whole pages of headquarters ask whether mail goes out.
BANNER = 2
# Who read private texts is told to those who may, on the page of the region, and where a
# CEO stands on a page of its own; what hangs on a task is worked on there, a call is put
# off where it is listed, and a feed is its owner's alone.
ELSEWHERE = {
    "pilots.steplink", "pilots.successcriterion", "rollout.closeout", "rollout.closeoutreply",
    "rollout.taskfinding",
    "regions.contactdraft", "regions.privateview", "regions.snooze", "regions.stance",
    "rollout.calendarfeed",
    "rollout.checklistitem", "rollout.taskcomment", "rollout.tasklink",
    "rollout.lessonuse", "rollout.planprocedure", "rollout.push", "rollout.pushedplan",
}  # fmt: skip
NOT_ADDED = [
    *LEDGERS, "regions.attachment", "regions.contact", "rollout.brief", "rollout.clarification",
]  # fmt: skip
SUGGESTED = sorted(
    (f"{model._meta.label_lower}", name)
    for model, model_admin in admin.site._registry.items()
    for name in model_admin.autocomplete_fields
)


def model_of(label):
    return apps.get_model(label)


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


# --- A walk over every model ---------------------------------------------------------


def test_every_model_of_the_product_is_kept_in_the_admin():
    ours = [
        model._meta.label_lower
        for model in apps.get_models()
        if model._meta.app_label in ("regions", "pilots", "rollout")
        and model._meta.label_lower not in ELSEWHERE
    ]

    assert sorted(model._meta.label_lower for model in admin.site._registry) == sorted(
        ours
    )
    assert sorted(ours) == LABELS


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize("label", LABELS)
def test_list_costs_the_same_however_long(label, item_count, browser, assert_queries):
    for number in range(item_count):
        made = one_of_each(number)

    with assert_queries(QUERIES[label][0] + BANNER):
        response = browser.get(address(label, "changelist"))

    assert made[label] in response.context["cl"].result_list


@pytest.mark.parametrize("label", LABELS)
def test_search_finds_a_row_by_its_words(label, browser):
    wanted, other = one_of_each(71)[label], one_of_each(82)[label]

    cl = browser.get(address(label, "changelist"), {"q": "71"}).context["cl"]

    assert wanted in cl.result_list
    assert other not in cl.result_list


@pytest.mark.parametrize("label", LABELS)
def test_page_to_add_asks_for_the_fields(label, browser):
    response = browser.get(address(label, "add"))

    if label in NOT_ADDED:
        assert response.status_code == 403
    else:
        editable = set(response.context["adminform"].form.fields)
        assert editable >= {"seen_version"}
        assert len(editable) > 1


@pytest.mark.parametrize("label", LABELS)
def test_page_of_a_row_shows_that_row(label, browser):
    row = one_of_each(1)[label]

    response = browser.get(address_of(row))

    assert response.context["original"] == row
    assert response.context["subtitle"] == str(row)


@pytest.mark.parametrize("label", LABELS)
def test_history_page_lists_the_changes_of_the_row(label, browser, hq, north):
    row = one_of_each(1)[label]
    what = {"model": label, "object_id": row.pk, "field": "", "change": Change.CREATED}
    entry = make_entry(north, by=hq, **what)

    response = browser.get(address_of(row, "history"))

    if label in LEDGERS:
        assert response.status_code == 404
    else:
        assert entry in response.context["changes"]
        assert {one.model for one in response.context["changes"]} == {label}


@pytest.mark.parametrize(("label", "field"), SUGGESTED)
def test_suggestions_offer_the_rows_one_may_see(label, field, browser):
    chosen = getattr(one_of_each(1)[label], field)
    app, model = label.split(".")
    wanted = {"app_label": app, "model_name": model, "field_name": field}

    found = browser.get(reverse("admin:autocomplete"), {**wanted, "term": "1"}).json()

    assert [one["text"] for one in found["results"] if one["id"] == str(chosen.pk)] == [
        str(chosen)
    ]


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize("field", ["ceo", "region"])
def test_suggestions_cost_the_same_however_many(
    field, item_count, browser, assert_queries
):
    for number in range(item_count):
        one_of_each(number)
    model = {"ceo": "rhythm", "region": "regionalceo"}[field]
    wanted = {"app_label": "regions", "model_name": model, "field_name": field}

    # A region brings its CEO along, as its list shows him.
    with assert_queries({"ceo": 5, "region": 6}[field]):
        found = browser.get(
            reverse("admin:autocomplete"), {**wanted, "term": ""}
        ).json()

    assert len(found["results"]) == item_count


def test_odd_letters_in_a_search_are_harmless(browser):
    wanted = {"app_label": "regions", "model_name": "rhythm", "field_name": "ceo"}

    found = browser.get(reverse("admin:autocomplete"), {**wanted, "term": "a\x00b'\"%"})

    assert found.json()["results"] == []


BELOW = {
    "pilots.procedure": (
        5,
        lambda row, number, other: factories.make_step(row, f"S{number}"),
    ),
    "regions.region": (
        7,
        lambda row, number, other: factories.make_ceo(
            row, other["regions.user"], to_date=factories.LONG_AGO
        ),
    ),
    "regions.user": (
        6,
        lambda row, number, other: factories.make_membership(
            row, Role.HELPER, other["regions.region"]
        ),
    ),
    "rollout.mail": (
        5,
        lambda row, number, other: factories.make_event(row),
    ),
    "rollout.wave": (
        5,
        lambda row, number, other: factories.make_plan(
            factories.make_region(f"X{number}"), row
        ),
    ),
}


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize("label", sorted(BELOW))
def test_rows_below_a_form_cost_the_same_however_many(
    label, item_count, browser, assert_queries
):
    queries, add_below = BELOW[label]
    row = one_of_each(0)[label]
    for number in range(1, item_count):
        add_below(row, number, one_of_each(number))
    browser.get(address_of(row))  # the kinds of content are read once

    with assert_queries(queries + BANNER):
        response = browser.get(address_of(row))

    [below] = response.context["inline_admin_formsets"]
    assert below.formset.initial_form_count() == item_count


# --- The export ----------------------------------------------------------------------


@pytest.mark.parametrize("item_count", [1, 3])
@pytest.mark.parametrize("label", LABELS)
def test_export_names_every_column_and_holds_every_row(
    label, item_count, browser, assert_queries
):
    for number in range(item_count):
        one_of_each(number)

    with assert_queries(QUERIES[label][1]):
        response = browser.get(address(label, "export"))

    header, *rows = cells(response)
    assert len(rows) == model_of(label).objects.count()
    assert {type(name) for name in header} == {str}
    assert [name[:1] for name in header] == [name[:1].upper() for name in header]


def test_export_holds_what_the_filter_leaves_on_every_page(browser, plan_north):
    for number in range(51):
        factories.make_task(plan_north, f"Task {number}")
    done = {"state": TaskState.DONE, "finished_at": factories.NOW}
    factories.make_task(plan_north, "Done long ago", **done)

    response = browser.get(address("rollout.task", "export"), {"state__exact": "open"})

    header, *rows = cells(response)
    titles = [row[header.index("Title")] for row in rows]
    assert sorted(titles) == sorted(f"Task {number}" for number in range(51))


def test_export_speaks_of_days_choices_and_people(browser, plan_north, staff_north):
    factories.make_task(plan_north, "Clean", owner=staff_north)

    response = browser.get(address("rollout.task", "export"))

    header, row = cells(response)
    said = dict(zip(header, row, strict=True))
    assert header == [
        "Region", "Wave", "Title", "Kind", "Person in charge", "First due", "Due",
        "State", "Finished", "Why blocked", "What is missing", "Waits for", "Why dropped",
        "Stands in for the person in charge", "Start", "Effort in hours", "Remaining hours",
        "Ready for a helper", "Counts in the appraisal",
    ]  # fmt: skip
    assert said["Due"].date().isoformat() == "2027-03-24"
    assert (said["State"], said["Kind"]) == ("open", "work")
    assert said["Person in charge"] == str(staff_north)


def test_export_holds_no_live_formula(browser):
    factories.make_region("EVIL", name='=HYPERLINK("http://example.org")')

    response = browser.get(address("regions.region", "export"))

    sheet = load_workbook(io.BytesIO(response.content)).active
    assert (sheet["A2"].value, sheet["A2"].data_type) == (
        '=HYPERLINK("http://example.org")',
        "s",
    )


def test_export_of_a_made_up_filter_leads_back_to_the_list(browser):
    response = browser.get(address("rollout.task", "export"), {"state__nonsense": "1"})

    assert (response.status_code, response.url) == (
        302,
        address("rollout.task", "changelist"),
    )


# --- What the lists do not do -------------------------------------------------------


@pytest.mark.parametrize(
    "label",
    [
        "regions.ask", "regions.checkin", "regions.contact", "regions.region",
        "regions.rhythm", "regions.user", "rollout.plan", *LEDGERS,
    ],
)  # fmt: skip
def test_what_others_count_on_is_never_deleted(label, browser):
    row = one_of_each(1)[label]

    response = browser.post(address_of(row, "delete"), {"post": "yes"})

    assert response.status_code == 403
    assert type(row).objects.filter(pk=row.pk).exists()


@pytest.mark.parametrize("label", LABELS)
def test_rows_are_never_deleted_many_at_once(label, browser):
    row = one_of_each(1)[label]
    data = {"action": "delete_selected", "_selected_action": [row.pk], "index": "0"}

    browser.post(address(label, "changelist"), data)

    assert model_of(label).objects.filter(pk=row.pk).exists()
