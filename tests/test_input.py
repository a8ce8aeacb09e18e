"""Hostile input to every field of every form and address: refused in a page, never a fault."""

from contextlib import contextmanager
from unittest.mock import patch
from urllib.parse import quote_plus, urlencode

import pytest
from django.contrib import admin
from django.http import QueryDict
from django.urls import reverse

from tests.admin_rows import posted
from tests.factories import unrecorded
from tests.hostile import BODIES, FORM, PATHS, VALUES
from tests.matrix import CSRF, Ask, send, undone
from tests.permissions import BODIES as WELL_MEANT
from tests.permissions import codes, rows

pytestmark = pytest.mark.usefixtures("frozen")

READ = [row.name for row in rows() if row.method == "GET"]
POSTED = [row.name for row in rows() if row.method == "POST"]
MODELS = sorted(admin.site._registry, key=lambda model: model._meta.label_lower)
LIST_FIELDS = (
    "q",
    "p",
    "o",
    "e",
    "all",
    "_facets",
    "_changelist_filters",
    "_popup",
    "_to_field",
)


# Each of these takes another way through a filter or a form.
OF_ADMIN = (
    "zero byte", "lone surrogate", "no UTF-8", "beyond 64 bits", "4,400 digits",
    "not a number", "no such day", "day after all",
)  # fmt: skip


@pytest.fixture
def world(shared_world, monkeypatch):
    for client in shared_world.clients.values():
        monkeypatch.setattr(client, "raise_request_exception", False)
    return shared_world


@contextmanager
def asked_for():
    """The names of the fields that the product looks for meanwhile."""
    names: set[str] = set()

    def heard(original):
        def ask(self, key, *rest):
            names.add(key)
            return original(self, key, *rest)

        return ask

    spied = ("__getitem__", "__contains__", "getlist")
    originals = {name: heard(getattr(QueryDict, name)) for name in spied}
    with patch.multiple(QueryDict, **originals):
        yield names


def able(name, method):
    """Somebody for whom the request succeeds."""
    answered = codes(name, method)
    order = ("cio", "hq", "liaison", "staff", "anonymous")
    return next((role for role in order if answered[role] in (200, 302)), "cio")


def faults(world, role, asks):
    """The requests that broke something."""
    found = []
    for words, ask in asks:
        with undone():
            if send(world.clients[role], ask).status_code >= 500:
                found.append(words)
    return found


# --- The product's own pages ---------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("name", READ)
def test_every_field_of_an_address(name, world):
    role, ask = able(name, "GET"), Ask.of(name, "GET", world.north)
    with asked_for() as names, undone():
        send(world.clients[role], ask)
    asks = [
        ((field, words), Ask("GET", f"{ask.path}?{quote_plus(field)}={value}"))
        for field in sorted(names | {"q", "page"})
        for words, value in VALUES.items()
    ]

    assert faults(world, role, asks) == []


@pytest.mark.long
@pytest.mark.parametrize("name", POSTED)
def test_every_field_of_a_form(name, world):
    role, ask = able(name, "POST"), Ask.of(name, "POST", world.north)
    with asked_for() as names, undone():
        send(world.clients[role], ask)
    meant = WELL_MEANT.get(name, lambda made: {})(world.north)
    asks = []
    for field in sorted({*names, *meant} - {"csrfmiddlewaretoken"}):
        rest = {one: value for one, value in meant.items() if one != field}
        body = urlencode({**rest, "csrfmiddlewaretoken": CSRF})
        asks += [
            (
                (field, words),
                Ask("POST", ask.path, f"{body}&{quote_plus(field)}={value}".encode()),
            )
            for words, value in VALUES.items()
        ]

    assert faults(world, role, asks) == []


# Bodies of every run; the longer one has them all. Too many parts are too many fields.
SHORT = ("2.5 MB", "1,001 fields", "zero bytes", "wide charset")


@pytest.mark.any_store  # refused before anything is asked of the database
@pytest.mark.parametrize(
    "words",
    [
        words if words in SHORT else pytest.param(words, marks=pytest.mark.long)
        for words in BODIES
    ],
)
def test_whole_bodies(words, world):
    """To every form at once, in front of the sign-in and behind it."""
    body, kind = BODIES[words]
    token = f"csrfmiddlewaretoken={CSRF}&".encode() if kind == FORM else b""
    asks = [
        (name, Ask("POST", Ask.of(name, "GET", world.north).path, token + body, kind))
        for name in POSTED
    ]

    assert [faults(world, role, asks) for role in ("cio", "anonymous")] == [[], []]


@pytest.mark.parametrize("path", PATHS, ids=range(len(PATHS)))
def test_addresses(path, world):
    asks = [(method, Ask(method, path)) for method in ("GET", "HEAD")]
    asks.append(("POST", Ask("POST", path, f"csrfmiddlewaretoken={CSRF}".encode())))

    assert [faults(world, role, asks) for role in ("hq", "staff", "anonymous")] == [
        [],
        [],
        [],
    ]


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_refusal_is_a_page_in_the_language_of_the_reader(language, world):
    staff = world.people["staff"]
    with unrecorded():
        staff.language = language
        staff.save()
    path = Ask.of("rollout:settings", "GET", world.north).path

    answer = send(world.clients["staff"], Ask("POST", path, *BODIES["1,001 fields"]))

    assert answer.status_code == 400
    assert f'<html lang="{language}"' in answer.content.decode().replace(
        "zh-Hans", "zh-hans"
    )


# --- The admin -----------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model._meta.label_lower)
def test_fields_of_the_admin(model, world):
    start = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    listed, add = reverse(f"{start}_changelist"), reverse(f"{start}_add")
    page = send(world.clients["hq"], Ask("GET", add))
    form = posted(page) if page.status_code == 200 else {}
    with asked_for() as names, undone():
        send(world.clients["hq"], Ask("GET", listed))
    asks = []
    for words in OF_ADMIN:
        asks += [
            (
                (words, field),
                Ask("GET", f"{listed}?{quote_plus(field)}={VALUES[words]}"),
            )
            for field in sorted({*names, *LIST_FIELDS})
        ]
        fields = "&".join(f"{quote_plus(name)}={VALUES[words]}" for name in form)
        body = f"csrfmiddlewaretoken={CSRF}&{fields}".encode()
        asks.append(((words, add), Ask("POST", add, body)))

    assert faults(world, "hq", asks) == []


# --- What these would see ------------------------------------------------------------


def test_fault_of_the_product_is_seen(world):
    """Were one of the pages to break on a value."""
    ask = Ask.of("rollout:region-list", "GET", world.north)

    with patch("rollout.views.regions.region_lines", side_effect=ValueError):
        assert faults(world, "cio", [("broken", ask)]) == ["broken"]


def test_fields_are_found_by_looking(world):
    ask = Ask.of("rollout:region-list", "GET", world.north)

    with asked_for() as names, undone():
        send(world.clients["cio"], ask)

    assert names >= {"q", "wave", "programme"}
