"""The admin around its pages: who gets in, what stays private, how a save is kept."""

import pytest
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from regions.enums import Audience, Change, Role
from regions.models import HistoryEntry, Region
from tests import factories
from tests.admin_rows import address, address_of, cells, make_entry, posted

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


# --- Who gets in ---------------------------------------------------------------------


DOORS = [
    reverse("admin:index"),
    reverse("admin:autocomplete"),
    reverse("admin:login"),
    address("regions.region", "changelist"),
    address("regions.region", "add"),
    address("regions.region", "export"),
]


@pytest.fixture
def everybody(
    cio, auditor, liaison_north, manager_north, staff_north, helper_north, outsider
):
    return [
        cio, auditor, liaison_north, manager_north, staff_north, helper_north, outsider
    ]  # fmt: skip


def test_only_headquarters_gets_in(everybody, browser, as_user, north):
    inside = browser.get(address("regions.region", "changelist"))
    assert north in inside.context["cl"].result_list

    for user in everybody:
        answers = [as_user(user).get(door) for door in DOORS]
        assert [answer.status_code for answer in answers] == [403] * len(DOORS), user
        assert "The administration is for headquarters." in answers[0].content.decode()


def test_second_watch_refuses_whoever_got_in(staff_north, browser, rf):
    """That of the site and of the export, behind the first; nothing is posted to it."""
    request = rf.get(DOORS[5])
    request.user = staff_north

    assert not admin.site.has_permission(request)
    with pytest.raises(PermissionDenied):
        admin.site.get_model_admin(Region).export_view(request)
    assert browser.post(DOORS[5]).status_code == 405


@pytest.mark.parametrize("door", [DOORS[0], DOORS[2], DOORS[3]])
def test_who_is_not_signed_in_is_led_to_the_products_own_page(door, db):
    response = Client().get(door, follow=True)

    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert "admin/login.html" not in [one.name for one in response.templates]


def test_role_that_ended_closes_the_admin(hq, browser, frozen):
    assert browser.get(DOORS[0]).status_code == 200
    held = hq.memberships.get()

    with factories.unrecorded():
        held.to_date = factories.NOW.date()
        held.save()

    assert browser.get(DOORS[0]).status_code == 403


@pytest.mark.parametrize(
    ("name", "leads_to"),
    [("logout", "account_logout"), ("password_change", "account_change_password")],
)
def test_pages_of_the_account_are_those_of_the_product(name, leads_to, browser):
    assert browser.get(reverse(f"admin:{name}")).url == reverse(leads_to)


# --- What stays private --------------------------------------------------------------


SECRET = "He will leave in May"


@pytest.fixture
def talk(ceo_north, programme, liaison_north):
    talk = factories.make_contact(ceo_north, programme, liaison_north, note=SECRET)
    private = {"audience": Audience.PRIVATE, "after": SECRET, "by": liaison_north}
    what = {"model": "regions.contact", "object_id": talk.pk, "field": "note"}
    make_entry(ceo_north.region, **what, **private)
    shared = {
        "audience": Audience.ENGAGED,
        "field": "minutes",
        "before": "5",
        "after": "15",
    }
    make_entry(ceo_north.region, **what | shared)
    return talk


def test_notes_on_talks_stand_nowhere_in_the_admin(talk, browser):
    pages = [
        browser.get(address("regions.contact", "changelist"), {"q": SECRET}),
        browser.get(address_of(talk)),
        browser.get(address_of(talk, "history")),
        browser.get(address("regions.historyentry", "changelist")),
    ]
    exported = cells(browser.get(address("regions.contact", "export")))

    assert len(exported) == 2
    assert [SECRET in page.content.decode() for page in pages[1:]] == [False] * 3
    assert pages[0].context["cl"].result_count == 0
    assert SECRET not in str(exported)


def test_history_tells_the_rest_of_a_talk(talk, browser):
    changes = browser.get(address_of(talk, "history")).context["changes"]

    assert [entry.field for entry in changes] == ["minutes"]


def test_cio_at_headquarters_reads_the_history_of_notes(talk, hq, as_user):
    factories.make_membership(hq, Role.CIO)

    changes = as_user(hq).get(address_of(talk, "history")).context["changes"]

    assert [entry.field for entry in changes] == ["minutes", "note"]


@pytest.mark.parametrize(
    ("label", "lookup"),
    [
        ("regions.contact", "note__startswith"),
        ("regions.user", "password__startswith"),
        ("regions.rhythm", "ceo__contacts__note__contains"),
        ("regions.membership", "user__password__startswith"),
    ],
)
def test_secrets_cannot_be_guessed_through_a_filter(label, lookup, talk, browser):
    for page in ("changelist", "export"):
        assert browser.get(address(label, page), {lookup: "H"}).status_code == 400


def test_passwords_are_not_shown(browser, staff_north):
    with factories.unrecorded():
        staff_north.set_password("correct horse")
        staff_north.save()

    pages = [
        browser.get(address_of(staff_north)),
        browser.get(address("regions.user", "changelist")),
    ]
    assert [staff_north.password in page.content.decode() for page in pages] == [
        False
    ] * 2


# --- Saving, in general --------------------------------------------------------------


def test_change_is_one_act_in_the_history_and_not_in_djangos_log(browser, hq, north):
    page = browser.get(address_of(north))

    response = browser.post(
        address_of(north), posted(page, name="Far North", code="FAR")
    )

    assert response.status_code == 302
    entries = HistoryEntry.objects.of(north).order_by("field")
    assert [(one.field, one.before, one.after, one.via) for one in entries] == [
        ("code", "NORTH", "FAR", "admin"),
        ("name", "North Company", "Far North", "admin"),
    ]
    assert {one.by for one in entries} == {hq}
    assert len({one.act for one in entries}) == 1
    assert LogEntry.objects.count() == 0


def test_form_saved_unchanged_leaves_no_trace(browser, north):
    browser.post(address_of(north), posted(browser.get(address_of(north))))

    north.refresh_from_db()
    assert north.version == 1
    assert HistoryEntry.objects.count() == 0


def test_who_saves_second_reads_both_texts_and_keeps_his_own(
    browser, as_user, cio, north
):
    factories.make_membership(cio, Role.HQ)
    mine = browser.get(address_of(north))
    other = as_user(cio)
    other.post(address_of(north), posted(other.get(address_of(north)), name="Theirs"))

    refused = browser.post(address_of(north), posted(mine, name="Mine"))

    north.refresh_from_db()
    assert north.name == "Theirs"
    form = refused.context["adminform"].form
    assert form["name"].value() == "Mine"
    assert form.errors == {
        "__all__": [
            "Somebody else changed this in the meantime. Look at it again, then save. "
            "Cio saved it on Wed 10 Mar 2027 09:00."
        ],
        "name": ["It now says “Theirs”. You wrote “Mine”."],
    }


def test_saved_again_the_second_text_replaces_the_first(browser, as_user, cio, north):
    factories.make_membership(cio, Role.HQ)
    mine = browser.get(address_of(north))
    other = as_user(cio)
    other.post(address_of(north), posted(other.get(address_of(north)), name="Theirs"))
    refused = browser.post(address_of(north), posted(mine, name="Mine"))

    browser.post(address_of(north), posted(refused))

    north.refresh_from_db()
    assert (north.name, north.version) == ("Mine", 3)


def test_what_only_one_of_two_changed_is_kept_of_both(browser, as_user, cio, north):
    factories.make_membership(cio, Role.HQ)
    mine = browser.get(address_of(north))
    other = as_user(cio)
    theirs = {"code": "FAR", "working_days": ["1", "2"]}
    other.post(address_of(north), posted(other.get(address_of(north)), **theirs))

    browser.post(address_of(north), posted(mine, name="Mine"))

    north.refresh_from_db()
    assert (north.name, north.code, north.working_days) == ("Mine", "FAR", "12")


def test_form_shown_with_both_texts_has_taken_in_the_rest(browser, as_user, cio, north):
    """The second conflict of the same form is about what happened since the first."""
    factories.make_membership(cio, Role.HQ)
    mine = browser.get(address_of(north))
    other = as_user(cio)
    theirs = {"name": "Theirs", "code": "FAR"}
    other.post(address_of(north), posted(other.get(address_of(north)), **theirs))
    refused = browser.post(address_of(north), posted(mine, name="Mine"))
    later = {"code": "FARTHER"}
    other.post(address_of(north), posted(other.get(address_of(north)), **later))

    browser.post(address_of(north), posted(refused))

    north.refresh_from_db()
    assert (north.name, north.code) == ("Mine", "FARTHER")


def test_form_without_a_version_changes_nothing(browser, north):
    data = posted(browser.get(address_of(north)), name="Blind", seen_version=None)

    browser.post(address_of(north), data)

    north.refresh_from_db()
    assert north.name == "North Company"


def test_unused_row_is_deleted_and_its_last_state_kept(browser, programme):
    browser.post(address_of(programme, "delete"), {"post": "yes"})

    [entry] = HistoryEntry.objects.all()
    assert (entry.change, entry.object_text, entry.via) == (
        Change.DELETED,
        "ERP roll-out",
        "admin",
    )
    assert LogEntry.objects.count() == 0


def test_used_row_stays_and_the_page_names_who_needs_it(browser, programme, wave):
    response = browser.post(address_of(programme, "delete"), {"post": "yes"})

    programme.refresh_from_db()
    assert response.context["protected"] == [
        f'Wave: <a href="{address_of(wave)}">{wave}</a>'
    ]


# --- Around the pages ----------------------------------------------------------------


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_theme_is_that_of_the_product(theme, browser):
    browser.cookies["theme"] = theme

    page = browser.get(DOORS[0]).content.decode()

    assert f'<body class="theme-{theme} ' in page
    assert "admin/js/theme.js" not in page


def test_first_page_tells_what_one_changed_last(browser, north, hq, cio):
    mine = make_entry(north, by=hq)
    make_entry(north, by=cio)
    # What he wrote as the CIO that he is no more.
    make_entry(north, by=hq, audience=Audience.PRIVATE)

    assert list(browser.get(DOORS[0]).context["changes"]) == [mine]


def test_admin_speaks_chinese(browser, hq):
    with factories.unrecorded():
        hq.language = "zh-hans"
        hq.save()

    page = browser.get(address("regions.region", "add"))

    assert '<html lang="zh-hans"' in page.content.decode()
    assert "星期一" in page.content.decode()


def test_region_page_leads_to_the_rhythm(browser, rhythm_north, north):
    page = browser.get(address_of(north)).content.decode()

    assert f'href="{address_of(rhythm_north)}"' in page
    assert Region.objects.count() == 1
