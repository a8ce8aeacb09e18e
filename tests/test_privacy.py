"""Private fields are read by the CIO and the liaison of the region only, and each view is
logged: on every page, in every mail, everywhere in the admin.

A marker stands in every private field; what is walked is taken from the product itself
(its addresses, its admins), so a page that comes later is walked too.
"""

import io
import zipfile
from datetime import timedelta
from email import message_from_bytes, policy

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ImproperlyConfigured
from django.db import transaction
from django.test import Client
from django.urls import reverse

from regions import history
from regions.administration import RecordAdmin, RecordInline, Site
from regions.enums import Audience, Change, Role
from regions.history import Act
from regions.models import Contact, HistoryEntry, PrivateView, RegionalCEO
from regions.privacy import PRIVATE_FIELDS, private_fields, reaches_private
from regions.queries import viewings
from regions.timeline import past_acts
from rollout import reminders
from rollout.models import Mail
from rollout.services.mail import deliver
from tests import factories, printed
from tests.admin_rows import address, address_of, make_entry
from tests.factories import NOW
from tests.markers import marker
from tests.matrix import Ask
from tests.permissions import rows

MARKER = "MARKER-OF-A-NOTE"
READERS = {"cio", "liaison"}

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def world(shared_world):
    return shared_world


@pytest.fixture
def people(world):
    return world.people


@pytest.fixture
def made(world):
    """The rows of the north."""
    return world.north


@pytest.fixture
def marked(made):
    """The one talk of the north, its CEO and his stance, with the marker in each of their
    private texts."""
    talk = made.contact
    with factories.unrecorded():
        for row in (talk, made.rhythm.ceo, made.stance):
            for name in private_fields(row):
                if not row._meta.get_field(name).choices:
                    setattr(row, name, MARKER)
            row.save()
    for field, audience in (
        ("note", Audience.PRIVATE),
        # As it was written before the field became private.
        ("note", Audience.REGION),
    ):
        what = {"model": "regions.contact", "object_id": talk.pk, "field": field}
        make_entry(talk.ceo.region, after=MARKER, audience=audience, **what)
    return made


def signed_in(user) -> Client:
    client = Client()
    client.force_login(user, settings.AUTHENTICATION_BACKENDS[0])
    return client


def text_of(response) -> str:
    """What an answer says, that of a workbook too."""
    if not response.headers.get("Content-Type", "").startswith("application/vnd"):
        return printed.text_of(response)
    with zipfile.ZipFile(io.BytesIO(response.content)) as book:
        return "".join(book.read(name).decode() for name in book.namelist())


def disclosures(client, address) -> tuple[bool, int]:
    """Whether the marker was in the answer, and how many views were logged with it."""
    before = PrivateView.objects.count()
    said = MARKER in text_of(client.get(address))
    return said, PrivateView.objects.count() - before


# --- The declaration -----------------------------------------------------------------


def test_every_private_field_exists():
    for label, names in PRIVATE_FIELDS.items():
        columns = {column.name for column in apps.get_model(label)._meta.fields}
        assert names <= columns, label


@pytest.mark.parametrize(
    ("model", "path", "reaches"),
    [
        (Contact, "note", True),
        (Contact, "-note", True),
        (Contact, "note__startswith", True),
        (RegionalCEO, "contacts__note__contains", True),
        (RegionalCEO, "contacts__minutes", False),
        (Contact, "ceo__user__name", False),
        (Contact, "nothing_like_it", False),
    ],
)
def test_path_to_a_private_field_is_found(model, path, reaches):
    assert reaches_private(model, path) is reaches


# --- Pages ---------------------------------------------------------------------------


def walked_addresses(made):
    for row in rows():
        if row.method == "GET":
            yield Ask.of(row.name, "GET", made).path


def test_every_view_of_private_texts_is_logged_and_nothing_else(people, marked):
    """That nobody else is shown any is walked in `tests/test_markers.py`."""
    seen = {}
    for role in READERS:
        client = signed_in(people[role])
        for place in walked_addresses(marked):
            said, logged = disclosures(client, place)
            assert bool(logged) == said, (role, place)
            if said:
                seen.setdefault(role, set()).add(place)

    told = {
        "/regions/NORTH/",
        "/regions/NORTH/call/",
        f"/contacts/{marked.contact.pk}/",
        "/stances/",
        "/stances/NORTH/",
        "/stances/NORTH/manners/",
    }
    assert seen == dict.fromkeys(READERS, told)


def test_walk_finds_a_page_that_tells(people, marked, monkeypatch):
    """The control: without the question who may read, headquarters reads it too."""
    monkeypatch.setattr("rollout.queries.regionpage.can_read_notes", lambda *_who: True)

    said, logged = disclosures(signed_in(people["hq"]), "/regions/NORTH/")

    assert (said, logged) == (True, 1)


def test_walk_finds_a_view_that_is_not_logged(people, marked, monkeypatch):
    monkeypatch.setattr("rollout.views.regions.log_views", lambda *_rows, **_who: None)

    assert disclosures(signed_in(people["cio"]), "/regions/NORTH/") == (True, 0)


def test_refused_move_of_the_go_live_shows_no_note(people, marked):
    answer = signed_in(people["cio"]).post("/regions/NORTH/go-live/", {})

    assert answer.status_code == 422
    assert MARKER not in answer.content.decode()
    assert PrivateView.objects.count() == 0


def test_log_says_who_whose_and_when(people, marked):
    signed_in(people["liaison"]).get("/regions/NORTH/")

    [view] = PrivateView.objects.all()
    talk = marked.contact
    assert (view.by, view.region, view.at) == (people["liaison"], talk.ceo.region, NOW)
    assert (view.model, view.object_id, view.field) == (
        "regions.contact",
        talk.pk,
        "note",
    )


def test_cio_and_liaison_read_the_log_on_the_page_of_the_region(
    people,
    marked,
    frozen,
):
    signed_in(people["liaison"]).get("/regions/NORTH/")
    frozen.move_to(NOW + timedelta(hours=1))

    shown = {
        role: signed_in(people[role]).get("/regions/NORTH/").content.decode()
        for role in ("cio", "hq", "auditor", "liaison", "staff")
    }

    told = {role: "Who read what is private" in page for role, page in shown.items()}
    assert told == {
        "cio": True, "hq": False, "auditor": False, "liaison": True, "staff": False,
    }  # fmt: skip
    assert f"{marker(marked.region, 'all')} · Note (1)" in shown["cio"]
    assert "Cio · Note (1)" in shown["liaison"]


def test_log_of_another_region_is_not_seen(people, marked):
    signed_in(people["cio"]).get("/regions/NORTH/")

    for reader in READERS:
        assert len(viewings(marked.region, people[reader], 10)) == 1
    for stranger in ("south_liaison", "hq", "auditor", "manager", "former"):
        assert viewings(marked.region, people[stranger], 10) == []


def test_talk_without_a_note_is_no_view(people, made):
    with factories.unrecorded():
        made.contact.note = ""
        made.contact.save()

    signed_in(people["cio"]).get("/regions/NORTH/")

    assert PrivateView.objects.count() == 0


# --- Correcting a log ----------------------------------------------------------------


def test_headquarters_corrects_its_own_log_without_reading_or_losing_the_note(
    people,
    marked,
):
    talk = marked.contact
    with factories.unrecorded():
        talk.by = people["hq"]
        talk.save()
    client = signed_in(people["hq"])

    page = client.get(f"/contacts/{talk.pk}/")
    answer = client.post(
        f"/contacts/{talk.pk}/",
        {
            "outcome": "reached",
            "minutes": "5",
            "note": "overwritten",
            "key": talk.key,
            "version": talk.version,
        },
    )

    talk.refresh_from_db()
    assert MARKER not in page.content.decode()
    assert 'name="note"' not in page.content.decode()
    assert answer.status_code == 302
    assert (talk.minutes, talk.note) == (5, MARKER)


def test_liaison_corrects_the_note(people, marked):
    talk = marked.contact
    typed = {"outcome": "reached", "minutes": "15", "note": "new words"}

    signed_in(people["liaison"]).post(
        f"/contacts/{talk.pk}/", {**typed, "key": talk.key, "version": talk.version}
    )

    talk.refresh_from_db()
    assert talk.note == "new words"


# --- The history ---------------------------------------------------------------------


@pytest.fixture
def written(marked, people):
    """The note changed through the service, as people change it."""
    talk = marked.contact
    signed_in(people["liaison"]).post(
        f"/contacts/{talk.pk}/",
        {
            "outcome": "reached",
            "minutes": "15",
            "note": f"{MARKER} again",
            "key": talk.key,
            "version": talk.version,
        },
    )
    talk.refresh_from_db()
    return talk


def test_entries_of_private_fields_are_for_their_readers_only(
    written,
    people,
):
    entries = HistoryEntry.objects.of(written).filter(field="note")
    counts = {
        role: entries.visible_to(user).count()
        for role, user in people.items()
        if user and entries.visible_to(user).exists()
    }

    assert entries.count() == 3
    assert counts == dict.fromkeys(READERS, 3)


def test_history_tells_that_a_note_changed_and_not_its_text(
    written,
    people,
):
    entries = HistoryEntry.objects.visible_to(people["cio"]).of(written)

    told = [line.words for act in past_acts(entries, 10) for line in act.lines]

    assert MARKER in "".join(entries.values_list("after", flat=True))
    assert "Note changed" in " ".join(told)
    assert MARKER not in " ".join(told)


def test_deleted_row_leaves_no_private_text(written, people):
    act = Act(by=people["cio"], at=NOW)
    with transaction.atomic():
        history.delete(written, act)

    last = HistoryEntry.objects.get(act=act.id, change=Change.DELETED)
    assert MARKER not in last.before
    assert '"minutes": "15"' in last.before


# --- Mails ---------------------------------------------------------------------------


def test_no_mail_carries_private_texts(
    ceo_north, programme, rhythm_north, plan_north, liaison_north, settings, tmp_path
):
    """Of the reminder to talk again with the CEO whose last talk has a note."""
    settings.MAIL_DIR = tmp_path
    before = {"held_at": NOW - timedelta(days=18), "note": MARKER}
    factories.make_contact(ceo_north, programme, liaison_north, **before)
    reminders.queue(at=NOW)

    deliver(clock=lambda: NOW)

    [written] = tmp_path.glob("*.eml")
    message = message_from_bytes(written.read_bytes(), policy=policy.default)
    texts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    assert ["North Company" in text for text in texts] == [True, True]
    assert [MARKER in text for text in [*texts, Mail.objects.get().body_text]] == [
        False
    ] * 3


# --- The admin -----------------------------------------------------------------------


def admin_pages(row):
    """Every page of the admin that could tell of a row, whether or not it is its own."""
    for model in admin.site._registry:
        label = model._meta.label_lower
        yield address(label, "changelist")
        yield address(label, "export")
    for page in ("change", "history"):
        yield address_of(row, page)
    yield reverse("admin:index")


def test_no_page_of_the_admin_tells_private_texts(marked, people):
    """Not even to a CIO who works at headquarters: there nothing would log the view."""
    factories.make_membership(people["hq"], Role.CIO)
    client = signed_in(people["hq"])

    for place in admin_pages(marked.contact):
        answer = client.get(place)
        assert answer.status_code == 200, place
        assert MARKER not in text_of(answer), place


def test_walk_finds_an_admin_that_tells(marked, people, monkeypatch):
    """The control: a history that tells every text, read by a CIO at headquarters."""
    monkeypatch.setattr("regions.telling.is_private", lambda _entry: False)
    factories.make_membership(people["hq"], Role.CIO)
    client = signed_in(people["hq"])

    for place in (
        address("regions.historyentry", "changelist"),
        address("regions.historyentry", "export"),
        address_of(marked.contact, "history"),
    ):
        assert place in admin_pages(marked.contact)
        assert MARKER in text_of(client.get(place)), place


def test_no_search_or_suggestion_finds_a_row_by_its_private_text(marked, people):
    client = signed_in(people["hq"])

    for model, model_admin in admin.site._registry.items():
        if model_admin.search_fields:
            page = address(model._meta.label_lower, "changelist")
            found = client.get(page, {"q": MARKER}).context["cl"].result_count
            assert found == 0, page


def admin_naming(**attributes):
    return type("Planted", (RecordAdmin,), attributes)


@pytest.mark.parametrize(
    "named",
    [
        {"list_display": ("held_at", "note")},
        {"list_filter": ("channel", ("note", admin.EmptyFieldListFilter))},
        {"search_fields": ("ceo__region__name", "^note")},
        {"ordering": ("-note",)},
        {"fields": ("held_at", ("minutes", "note"))},
        {"fieldsets": ((None, {"fields": ("note",)}),)},
        {"readonly_fields": ("note",)},
        {"export_fields": ("held_at", "note")},
        {"date_hierarchy": "note"},
    ],
    ids=lambda named: next(iter(named)),
)
def test_admin_that_names_a_private_field_is_refused(named):
    with pytest.raises(ImproperlyConfigured, match="which is private"):
        Site().register(Contact, admin_naming(**named))


def test_search_through_another_row_and_an_inline_are_refused():
    inline = type("Inline", (RecordInline,), {"model": Contact, "fields": ("note",)})

    with pytest.raises(ImproperlyConfigured, match="contacts__note"):
        Site().register(RegionalCEO, admin_naming(search_fields=("contacts__note",)))
    with pytest.raises(ImproperlyConfigured, match="Inline names note"):
        Site().register(RegionalCEO, admin_naming(inlines=(inline,)))


def test_every_registered_admin_passes_and_its_forms_have_no_private_field(rf, hq):
    request = rf.get("/")
    request.user = hq
    for model, model_admin in admin.site._registry.items():
        Site().register(model, type(model_admin))
        is_added = model_admin.has_add_permission(request)
        forms = [(model, model_admin.get_form(request, change=not is_added))]
        forms += [
            (one.model, one.get_formset(request).form)
            for one in model_admin.get_inline_instances(request)
        ]
        for kind, form in forms:
            assert private_fields(kind) & set(form.base_fields) == set(), model


def test_admin_that_names_no_fields_leaves_the_private_ones_out(rf, hq):
    """Django would put every column into the form."""
    request = rf.get("/")
    request.user = hq
    site = Site()
    site.register(Contact, admin_naming(get_field_queryset=lambda *_args: None))

    form = site.get_model_admin(Contact).get_form(request)

    assert "note" not in form.base_fields
    assert "minutes" in form.base_fields
