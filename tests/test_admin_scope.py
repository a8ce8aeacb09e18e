"""The admin shows and changes what `visible_to` gives, through each of its doors.

Headquarters sees every row, so here one row of every model is hidden from it: whatever
still shows that row, or lets it be chosen or changed, does not go through `visible_to`.
"""

import json
import re
from collections.abc import Iterator

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.forms import ModelChoiceField
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse
from django.utils.translation import override

from regions.administration import HeadquartersOnly
from regions.enums import Role
from regions.models import User
from rollout.models import Task
from tests import factories
from tests.admin_rows import address, address_of, cells, make_entry, one_of_each
from tests.tables import snapshot

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

SEEN, HIDDEN = 71, 82
LABELS = sorted(model._meta.label_lower for model in admin.site._registry)
SUGGESTED = sorted(
    (model._meta.label_lower, name)
    for model, model_admin in admin.site._registry.items()
    for name in model_admin.autocomplete_fields
)


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


@pytest.fixture
def seen(db):
    return one_of_each(SEEN)


@pytest.fixture
def hidden(seen, monkeypatch):
    """A row of every model that its `visible_to` leaves out from now on."""
    rows = one_of_each(HIDDEN)
    for label in LABELS:
        manager = apps.get_model(label)._default_manager
        hide(manager.all(), Q(pk=rows[label].pk), monkeypatch)
    # It has two people, one of them its CEO, and two tasks, one before the other.
    hide(Task.objects.all(), Q(title__contains=HIDDEN), monkeypatch)
    hide(User.objects.all(), Q(email__contains=HIDDEN), monkeypatch)
    return rows


def hide(rows, which, monkeypatch):
    """From now on these rows are seen by nobody."""
    full = type(rows).visible_to
    monkeypatch.setattr(
        type(rows), "visible_to", lambda self, user: full(self, user).exclude(which)
    )


def absent(label, page):
    return address(label, page, 10**9)


# --- One row hidden ------------------------------------------------------------------


def test_rows_are_seen_before_they_are_hidden(browser, seen):
    """The control of all below: without hiding, every door opens on such a row."""
    rows = one_of_each(HIDDEN)

    for label in LABELS:
        found = browser.get(address(label, "changelist"), {"q": str(HIDDEN)})
        assert rows[label] in found.context["cl"].result_list, label
        assert browser.get(address_of(rows[label])).status_code == 200, label


def test_lists_searches_and_exports_leave_it_out(browser, seen, hidden):
    for label in LABELS:
        at, hidden_pk = address(label, "changelist"), hidden[label].pk
        listed = browser.get(at).context["cl"]
        found = browser.get(at, {"q": str(HIDDEN)}).context["cl"]
        looked_up = browser.get(at, {"id__exact": hidden_pk}).context["cl"]
        exported = cells(browser.get(address(label, "export")))[1:]

        assert seen[label] in listed.result_list, label
        assert hidden[label] not in listed.result_list, label
        assert list(found.result_list) == list(looked_up.result_list) == [], label
        assert listed.result_count == len(exported), label


def test_page_that_asks_for_all_rows_shows_it(browser, hidden, monkeypatch):
    """The control of the tests here: a list that goes past `visible_to`."""
    monkeypatch.setattr(
        HeadquartersOnly,
        "get_queryset",
        lambda self, request: self.model._default_manager.all(),
    )

    listed = browser.get(address("regions.programme", "changelist")).context["cl"]

    assert hidden["regions.programme"] in listed.result_list


@pytest.mark.parametrize(
    "query", ["", pytest.param("?_popup=1&_to_field=id", marks=pytest.mark.long)]
)
@pytest.mark.parametrize("page", ["change", "delete", "history"])
def test_its_pages_answer_as_if_it_were_not_there(page, query, browser, seen, hidden):
    """Nor does anything that is posted to them change it."""
    before = snapshot()

    for label in LABELS:
        both = [address_of(hidden[label], page), address(label, page, 10**9)]
        for send in (browser.get, browser.post):
            answers = [send(at + query, {"post": "yes"}) for at in both]
            codes = [answer.status_code for answer in answers]
            assert codes[0] == codes[1] != 200, label
            assert answers[0].get("Location") == answers[1].get("Location"), label

    assert snapshot() == before


def test_no_page_of_another_row_names_it(browser, seen, hidden):
    """Lists with their filters, forms with their choices, rows below them, histories."""
    for label in LABELS:
        for at in (
            address(label, "changelist"),
            address(label, "add"),
            address_of(seen[label]),
            address_of(seen[label], "history"),
            address_of(seen[label], "delete"),
        ):
            assert f" {HIDDEN}" not in browser.get(at).content.decode(), at


@pytest.mark.parametrize(
    ("hung", "on", "page"),
    [
        ("regions.rhythm", "regions.region", "change"),
        ("regions.regionalceo", "regions.region", "changelist"),
        ("regions.membership", "regions.user", "changelist"),
        ("rollout.task", "rollout.plan", "changelist"),
        ("rollout.plan", "rollout.wave", "changelist"),
    ],
)
def test_hidden_row_is_not_told_beside_what_it_hangs_on(
    hung, on, page, browser, seen, monkeypatch
):
    row = seen[hung]
    told = {
        "regions.rhythm": address_of(row),
        "regions.regionalceo": f">{seen['regions.regionalceo'].user.name}<",
        "regions.membership": f"Company {SEEN}<",
        "rollout.task": '"field-tasks_all">2<',
        "rollout.plan": '"field-regions">1<',
    }[hung]
    at = address_of(seen[on]) if page == "change" else address(on, page)
    assert told in browser.get(at).content.decode()

    hide(type(row)._default_manager.all(), Q(pk=row.pk), monkeypatch)

    assert told not in browser.get(at).content.decode()


def test_forms_take_no_hidden_row(browser, seen, hidden):
    asked = set()

    for label in LABELS:
        page = browser.get(address(label, "add"))
        if page.status_code == 403:
            continue
        for field in page.context["adminform"].form.fields.values():
            if isinstance(field, ModelChoiceField):
                other = field.queryset.model._meta.label_lower
                asked.add(other)
                assert seen[other] in field.queryset, (label, field.label)
                assert hidden[other] not in field.queryset, (label, field.label)

    assert len(asked) > 5


def test_suggestions_leave_it_out(browser, seen, hidden):
    for label, field in SUGGESTED:
        app, model = label.split(".")
        wanted = {"app_label": app, "model_name": model, "field_name": field}

        found = browser.get(reverse("admin:autocomplete"), {**wanted, "term": ""})

        texts = json.dumps(found.json()["results"])
        assert str(SEEN) in texts, (label, field)
        assert str(HIDDEN) not in texts, (label, field)


def test_deleting_names_who_needs_the_row_only_as_far_as_one_may_know(
    browser, seen, monkeypatch
):
    programme, other = seen["regions.programme"], factories.make_region("X82")
    wave = factories.make_wave(programme, f"Wave {HIDDEN}")
    plan = factories.make_plan(other, wave)
    for row in (wave, plan):
        hide(type(row).objects.all(), Q(pk=row.pk), monkeypatch)

    page = browser.get(address_of(programme, "delete"))

    said = page.context["protected"]
    assert f" {HIDDEN}" not in page.content.decode()
    assert any(f"Wave {SEEN}" in one for one in said)
    assert said[-1] == "2 other rows"


def test_the_way_to_a_page_outside_tells_nothing(browser, seen, hidden):
    for label in LABELS:
        kind = ContentType.objects.get_for_model(apps.get_model(label)).pk
        for pk in (hidden[label].pk, 10**9):
            answer = browser.get(reverse("admin:view_on_site", args=[kind, pk]))
            assert answer.status_code == 404, label


# --- Lookups in the address ----------------------------------------------------------


@pytest.mark.parametrize(
    ("label", "lookup"),
    [
        ("regions.contact", "note__startswith"),
        ("regions.contact", "note"),
        ("regions.contact", "ask__contacts__note__startswith"),
        ("regions.contact", "by__password__startswith"),
        ("regions.ask", "contacts__note__startswith"),
        ("regions.ask", "ceo__contacts__note__startswith"),
        ("regions.user", "password__startswith"),
        ("regions.user", "contacts__note__startswith"),
        ("regions.user", "mails__body_text__contains"),
        ("regions.membership", "user__password__startswith"),
        ("regions.region", "ceos__contacts__note__startswith"),
        ("regions.historyentry", "by__password__startswith"),
        ("rollout.mail", "recipient__password__startswith"),
        ("rollout.task", "owner__password__startswith"),
        ("rollout.mailevent", "mail__recipient__password__startswith"),
    ],
)
def test_nothing_is_guessed_through_a_lookup(label, lookup, browser, seen):
    """Refused, or not known at all: never is the list filtered by it."""
    for page in ("changelist", "export"):
        answer = browser.get(address(label, page), {lookup: "x"})
        unknown = address(label, "changelist") + (
            "?e=1" if page == "changelist" else ""
        )
        assert answer.status_code == 400 or answer["Location"] == unknown, page


@pytest.mark.parametrize(
    "to_field", ["password", "email", "note", "version", "code", "x"]
)
@pytest.mark.parametrize("label", ["regions.user", "regions.region", "regions.contact"])
def test_no_other_field_is_the_key_of_a_page(label, to_field, browser, seen):
    row = seen[label]
    value = getattr(row, to_field, "x") or "x"

    for page in ("change", "delete"):
        at = address(label, page, value)
        assert browser.get(at, {"_to_field": to_field}).status_code == 400, page
    listed = browser.get(address(label, "changelist"), {"_to_field": to_field})
    assert listed.status_code == 400


def test_private_entries_of_the_history_are_found_by_nobody_at_headquarters(
    browser, hq, north
):
    secret = make_entry(north, by=hq, field="note", after="secret", audience="private")
    shown = make_entry(north, by=hq, field="name", after="shown")

    for query in (
        {"q": "North"},
        {"after__startswith": "secret"},
        {"id__exact": secret.pk},
    ):
        listed = browser.get(address("regions.historyentry", "changelist"), query)
        if listed.status_code == 200:
            assert secret not in listed.context["cl"].result_list
    everything = browser.get(address("regions.historyentry", "changelist")).context[
        "cl"
    ]
    assert list(everything.result_list) == [shown]


# --- Every address of the admin, for who does not belong there -----------------------


def every_pattern(patterns, before="") -> Iterator[str]:
    for one in patterns:
        here = before + str(one.pattern)
        if isinstance(one, URLResolver):
            yield from every_pattern(one.url_patterns, here)
        elif isinstance(one, URLPattern):
            yield here


def every_address(rows) -> list[str]:
    """Each pattern of the admin's own list of addresses, filled in."""
    found = []
    for pattern in every_pattern(admin.site.get_urls()):
        label = ".".join(pattern.split("/")[:2])
        pk = str(rows[label].pk) if label in rows else "1"
        words = {
            "<path:object_id>": pk,
            "<path:content_type_id>": "1",
            "(?P<url>.*)$": "no/such/page/",
        }  # fmt: skip
        for word, value in words.items():
            pattern = pattern.replace(word, value)
        # One address for all apps, in the order in which they were registered.
        pattern = re.sub(r"\^\(\?P<app_label>(\w+)[\w|]*\)/\$", r"\1/", pattern)
        found.append(f"/admin/{pattern}")
    return found


# The admin's own ways to the pages of the account, which everybody has.
ACCOUNT = {"/admin/logout/", "/admin/password_change/", "/admin/password_change/done/"}


def test_every_address_is_filled_in(seen):
    addresses = every_address(seen)

    assert [one for one in addresses if "<" in one or "(" in one] == []
    assert len(addresses) > 7 * len(LABELS)


@pytest.mark.parametrize(
    "role",
    ["staff_north", *(pytest.param(role, marks=pytest.mark.long) for role in
     ("cio", "auditor", "liaison_north", "manager_north", "helper_north", "outsider"))],
)  # fmt: skip
def test_nobody_but_headquarters_gets_past_any_address(role, as_user, seen, request):
    browser = as_user(request.getfixturevalue(role))
    before = snapshot()

    answers = {
        (at, method): getattr(browser, method)(at).status_code
        for at in every_address(seen)
        for method in ("get", "post")
        if at not in ACCOUNT
    }

    assert set(answers.values()) == {403}, [
        key for key, code in answers.items() if code != 403
    ]
    assert snapshot() == before


def test_who_is_not_signed_in_is_led_away_from_every_address(seen):
    browser = Client()

    for at in every_address(seen):
        answer = browser.get(at)
        assert answer.status_code == 302, at
        assert answer["Location"].startswith(("/accounts/", "/admin/login/")), at


def test_headquarters_gets_past_them(browser, seen):
    """The control: the same addresses open for whom they are."""
    ours = [at for at in every_address(seen) if at.startswith("/admin/regions/region/")]

    opened = [at for at in ours if browser.get(at).status_code == 200]

    # All but the page that deletes: a region is never deleted.
    assert len(opened) == 5


def test_regional_role_beside_that_of_headquarters_opens_no_more(north, as_user, seen):
    """Who also works in a region still gets in by the role of headquarters alone."""
    user: User = factories.make_user("both@example.org", Role.STAFF, region=north)
    browser = as_user(user)
    assert browser.get("/admin/").status_code == 403

    factories.make_membership(user, Role.HQ)

    assert browser.get("/admin/").status_code == 200
    with override("en"):
        assert browser.get(address("regions.region", "changelist")).status_code == 200
