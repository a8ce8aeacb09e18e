"""The matrix of the admin: by pattern, over every model that stands in it."""

import io
import zipfile
from urllib.parse import urlencode

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from pilots.models import Pilot, Procedure, Step
from regions.models import Contact, Programme, RegionalCEO
from rollout.models import Plan, Task, Wave
from tests import factories
from tests.admin_rows import one_of_each, posted
from tests.factories import NOW
from tests.history_guard import unrecorded
from tests.markers import leaks
from tests.matrix import (
    ABSENT_PK,
    Ask,
    all_addresses,
    encoded,
    send,
    undone,
)
from tests.permissions import ADDED, ADMIN, ADMIN_EXCEPTIONS, PEOPLE
from tests.test_permissions import pattern_of

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

MODELS = sorted(
    (model for model in admin.site._registry), key=lambda model: model._meta.label_lower
)
# Everybody meets the same gate, so all of them walk over one model, these over the rest.
SOME = ("anonymous", "former", "cio", "hq", "auditor", "liaison", "staff")
LINES = {
    line.split()[0]: tuple(map(int, line.split()[1:]))
    for line in ADMIN.strip().splitlines()
}
SUGGESTED = sorted(
    (model._meta.app_label, model._meta.model_name, name)
    for model, shown in admin.site._registry.items()
    for name in shown.autocomplete_fields
)


@pytest.fixture
def world(shared_world):
    return shared_world


def expected_of(name, method):
    """What everybody gets: headquarters by the table, all others one and the same."""
    pattern = pattern_of(name)
    label = name.removeprefix("admin:").rpartition("_")[0].replace("_", ".", 1)
    codes = ADMIN_EXCEPTIONS.get((label, pattern), LINES[pattern])
    found = dict.fromkeys(PEOPLE, 403)
    return found | {"anonymous": 302, "hq": codes[method == "POST"]}


def text_of(answer):
    """What stands in an answer; an exported list is unpacked."""
    if "spreadsheet" not in answer.get("Content-Type", ""):
        return answer.content.decode()
    book = zipfile.ZipFile(io.BytesIO(answer.content))
    return "".join(book.read(name).decode() for name in book.namelist())


def check(world, name, ask, people=PEOPLE):
    got = {}
    for role in people:
        with undone():
            answer = send(world.clients[role], ask)
        got[role] = answer.status_code
        assert leaks(role, text_of(answer)) == set(), (ask, role)
    expected = expected_of(name, ask.method)
    assert got == {role: expected[role] for role in people}, ask


def posted_by_the_form(world, path):
    """What the form of a page posts, unchanged."""
    page = send(world.clients["hq"], Ask("GET", path))
    return posted(page) if page.context and "adminform" in page.context else {}


def posted_to_add(world, path, row):
    """A new row that says what this one says, under names of its own."""
    page = send(world.clients["hq"], Ask("GET", path))
    if page.status_code != 200:
        return {}
    other = one_of_each(8) | {"free": factories.make_region("FREE")}
    label = row._meta.label_lower
    fields = {field.name: field for field in row._meta.concrete_fields}
    said = {
        name: fields[name].value_from_object(row)
        for name in page.context["adminform"].form.fields
        if name in fields
    }
    own = ADDED.get(label, lambda other: {})(other)
    said = {name: value for name, value in said.items() if value not in (None, False)}
    return said | posted(page) | own


def draft_in(programme):
    return factories.make_procedure(programme, "Unused", published_at=None)


# One like it that nothing hangs on, so that it can be deleted.
UNUSED = {
    Pilot: lambda row: factories.make_pilot(row.programme, "Unused"),
    Procedure: lambda row: draft_in(row.programme),
    Programme: lambda row: factories.make_programme("UNUSED"),
    RegionalCEO: lambda row: factories.make_ceo(factories.make_region("UNUSED")),
    Step: lambda row: factories.make_step(draft_in(row.procedure.programme), "Unused"),
    Task: lambda row: factories.make_task(row.plan, "Unused"),
    Wave: lambda row: factories.make_wave(row.programme, "Unused"),
}
NAMES = sorted(name for name in all_addresses() if name.startswith("admin:"))
OF_MODEL = {
    f"admin:{model._meta.app_label}_{model._meta.model_name}": model for model in MODELS
}
OTHERS = [
    name
    for name in NAMES
    if name.rpartition("_")[0] not in OF_MODEL and ":" in name and "<" not in name
]


@pytest.mark.long
@pytest.mark.parametrize("start", OF_MODEL)
def test_pages_of_a_model(start, world):
    model = OF_MODEL[start]
    one_of_each(7)
    row = model._default_manager.order_by("id").last()
    for page in ("changelist", "export", "add", "change", "history", "delete"):
        name = f"{start}_{page}"
        keyed = page in ("change", "history", "delete")
        path = reverse(name, args=[row.pk] if keyed else [])
        form = {}
        if page == "change":
            form = posted_by_the_form(world, path)
        elif page == "add":
            form = posted_to_add(world, path, row)
        elif page == "delete":
            path = reverse(name, args=[UNUSED.get(model, lambda row: row)(row).pk])
            form = {"post": "yes"}
        people = PEOPLE if model is Task else SOME
        check(world, name, Ask("GET", path), people)
        check(world, name, Ask("POST", path, encoded(form)), people)


@pytest.mark.parametrize("name", OTHERS)
def test_other_pages(name, world):
    args = {"admin:app_list": ["regions"], "admin:view_on_site": [1, 1]}.get(name, [])
    path = reverse(name, args=args)
    if name == "admin:autocomplete":
        path += "?app_label=regions&model_name=rhythm&field_name=ceo&term=mark"

    check(world, name, Ask("GET", path))
    check(world, name, Ask("POST", path, encoded({})))


@pytest.mark.parametrize("path", ["/admin/regions/region/1/", "/admin/nowhere/"])
def test_addresses_without_a_name(path, world):
    name = "admin:<path:object_id>/" if path.endswith("1/") else "admin:(?P<url>.*)$"

    check(world, name, Ask("GET", path))


@pytest.mark.parametrize("suggested", SUGGESTED, ids="-".join)
def test_suggestions(suggested, world):
    names = ("app_label", "model_name", "field_name")
    query = urlencode(dict(zip(names, suggested, strict=True)) | {"term": "mark"})

    check(world, "admin:autocomplete", Ask("GET", f"/admin/autocomplete/?{query}"))


def test_row_that_is_not_there(world):
    for start in OF_MODEL:
        ask = Ask("GET", reverse(f"{start}_change", args=[ABSENT_PK]))
        with undone():
            answer = send(world.clients["hq"], ask)
        assert (answer.status_code, answer["Location"]) == (302, reverse("admin:index"))


# --- Every layer by itself -----------------------------------------------------------


def test_admin_reaches_only_what_the_person_may_see(world):
    """Whoever got in: lists, suggestions and choices hold no more than the pages do."""
    for model in MODELS:
        shown = admin.site.get_model_admin(model)
        for role, user in world.people.items():
            if user is not None:
                request = asked_by(user)
                may = {row.pk for row in model._default_manager.visible_to(user)}
                rows = shown.get_queryset(request)
                assert {row.pk for row in rows} == may, (model, role)
                assert gates(shown, request) == [role == "hq"] * 3, (model, role)
                assert role == "hq" or not changes(shown, request), (model, role)


def asked_by(user):
    request = RequestFactory().get("/")
    user.as_of = NOW
    request.user = user
    return request


def gates(shown, request):
    return [
        shown.has_view_permission(request),
        shown.has_module_permission(request),
        admin.site.has_permission(request),
    ]


def changes(shown, request):
    """Whether the admin of a model lets somebody write."""
    return (
        shown.has_add_permission(request)
        or shown.has_change_permission(request)
        or shown.has_delete_permission(request)
    )


def test_counts_of_plans_and_waves_hold_only_visible_rows(world):
    both = {"wave": world.north.plan.wave}
    with unrecorded():
        Plan.objects.filter(pk=world.south.plan.pk).update(**both)
    request = asked_by(world.people["liaison"])
    plan = admin.site.get_model_admin(Plan).get_queryset(request).get()
    wave = admin.site.get_model_admin(Wave).get_queryset(request).get()

    assert plan.all_count == Task.objects.filter(plan=world.north.plan).count()
    assert Plan.objects.filter(wave=wave).count() == 2
    assert wave.regions_count == 1


def test_lists_hold_what_could_leak(world):
    notes = Contact.objects.filter(note__startswith="mark_north_private")

    assert notes.exists()
