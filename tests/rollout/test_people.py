"""The pages of people: the list under its filters, one person, and what is refused there."""

import uuid
from datetime import date, timedelta

import pytest
from django.utils.translation import override

from regions.enums import Role
from regions.models import Absence, Membership, User
from rollout.models import Handover, Mail
from rollout.queries.handover import moving_from
from rollout.views import people as people_views
from tests.factories import (
    NOW,
    make_absence,
    make_ceo,
    make_check_in,
    make_handover,
    make_membership,
    make_region,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]
INVITED = {
    "key": str(uuid.UUID(int=1)),
    "email": "new@example.org",
    "name": "New one",
    "role": "staff",
    "from_date": "2027-03-10",
    "language": "en",
    "time_zone": "UTC",
}


@pytest.fixture
def browser(as_user, hq):
    return as_user(hq)


def names(browser, **filters):
    page = browser.get("/people/", filters).context["page"]
    return [person.name for person in page]


# --- The list ------------------------------------------------------------------------


@pytest.fixture
def crowd(hq, liaison_north, staff_south, ceo_north):
    make_user("chen@example.org", Role.AUDITOR, name="陈晓明")
    make_user("nobody@example.org", name="Nobody yet")
    make_user("gone@example.org", name="Gone", may_sign_in=False, left_date=NOW.date())
    make_absence(staff_south)


def test_list_shows_those_with_a_login_by_name(browser, crowd):
    assert names(browser) == [
        "Hq", "Liaison North", "Nobody yet", "Staff South", "陈晓明",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"q": "晓"}, ["陈晓明"]),
        ({"q": "LIAISON.north@"}, ["Liaison North"]),
        ({"role": "auditor"}, ["陈晓明"]),
        ({"region": "NORTH"}, ["Liaison North"]),
        ({"region": "NORTH", "role": "staff"}, []),
        ({"state": "away"}, ["Staff South"]),
        ({"state": "no-role"}, ["Nobody yet"]),
        ({"state": "no-login"}, ["Ceo North"]),
        ({"state": "left"}, ["Gone"]),
    ],
)
def test_filters_stand_in_the_address(filters, expected, browser, crowd):
    assert names(browser, **filters) == expected


@pytest.mark.parametrize(
    "filters",
    [{"q": "a\x00b"}, {"role": "king"}, {"region": "NOSUCH"}, {"state": "odd"}],
)
def test_nonsense_filters_nothing(filters, browser, crowd):
    assert len(names(browser, **filters)) == 5


def test_list_is_paged_and_keeps_its_filters(browser, hq, monkeypatch):
    monkeypatch.setattr(people_views, "PAGE", 2)
    for number in range(4):
        make_user(f"p{number}@example.org", name=f"Person {number}")

    answer = browser.get("/people/", {"q": "person", "page": 2})

    assert [person.name for person in answer.context["page"]] == [
        "Person 2", "Person 3",
    ]  # fmt: skip
    assert "?q=person&amp;page=1" in answer.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_list_costs_the_same_however_long(count, browser, north, assert_queries):
    for number in range(count):
        person = make_user(f"p{number}@example.org", Role.STAFF, region=north)
        make_absence(person, make_user(f"d{number}@example.org"))

    with assert_queries(10):
        browser.get("/people/")


def test_list_prints_what_each_role_may(browser):
    page = browser.get("/people/").content.decode()

    assert "open the administration" in page
    assert page.count('<th scope="col">') >= len(Role)


def test_page_of_an_auditor_has_no_acts(as_user, auditor, liaison_north):
    make_absence(liaison_north)
    make_handover(liaison_north, auditor)
    client = as_user(auditor)

    for address in ("/people/", f"/people/{liaison_north.pk}/"):
        main = client.get(address).content.decode().split("<main")[1]
        assert "<form method=" not in main
        assert "/people/invite/" not in main
        assert "/edit/" not in main


# --- One person ----------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 3])
def test_page_of_a_person_costs_the_same_however_much(
    count, browser, hq, north, plan_north, assert_queries
):
    person = make_user("much@example.org")
    for number in range(count):
        first = date(2027, 4, 1) + timedelta(days=number)
        make_absence(person, hq, from_date=first, last_date=first)
        make_membership(person, Role.STAFF, north, to_date=first, from_date=NOW.date())
        make_membership(person, Role.HELPER, north, to_date=NOW.date())
        make_handover(person, hq, by=hq)
        make_task(plan_north, f"Task {number}", owner=person)

    with assert_queries(14):
        browser.get(f"/people/{person.pk}/")


def test_page_tells_roles_absences_and_changes(browser, liaison_north, hq, south):
    make_membership(
        liaison_north, Role.STAFF, south, from_date=date(2020, 1, 1), to_date=NOW.date()
    )
    make_absence(liaison_north, hq)
    browser.post(
        f"/people/{liaison_north.pk}/edit/",
        edited(liaison_north, hours_per_week="20"),
    )

    page = browser.get(f"/people/{liaison_north.pk}/").content.decode()

    assert "Away until Thu 11 Mar, Hq stands in" in page
    assert "1 role that ended" in page
    assert "Hours a week: – → 20" in page


def test_absent_person_is_404(browser):
    assert browser.get("/people/999999/").status_code == 404


# --- Inviting ------------------------------------------------------------------------


def test_form_begins_with_the_zone_of_who_invites(browser, hq):
    with unrecorded():
        User.objects.filter(pk=hq.pk).update(time_zone="Asia/Shanghai")

    page = browser.get("/people/invite/").content.decode()

    assert '<option value="Asia/Shanghai" selected>' in page


def test_invitation_leads_to_the_page_of_the_person(browser, north):
    answer = browser.post("/people/invite/", {**INVITED, "region": north.pk})

    person = User.objects.get(email="new@example.org")
    assert answer.headers["Location"] == f"/people/{person.pk}/"
    assert Mail.objects.get().recipient == person
    assert Membership.objects.get(user=person).region == north


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"email": "hq@example.org"}, "This address is known already."),
        ({"email": "no address"}, "Enter a valid email address."),
        ({}, "This role needs a region."),
        ({"from_date": "2027-03-01", "role": "auditor"}, "Say why."),
        ({"from_date": "1027-03-01"}, "Give a day of this century."),
        ({"hours_per_week": "81"}, "less than or equal to 80"),
        ({"time_zone": "Mars/Base"}, "Select a valid choice."),
        ({"name": "a\x00b"}, "Null characters are not allowed."),
    ],
)
def test_fault_of_an_invitation_is_said_and_nothing_kept(changed, said, browser):
    before = User.objects.count()

    answer = browser.post("/people/invite/", {**INVITED, **changed})

    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert User.objects.count() == before
    assert not Mail.objects.exists()


def test_invitation_again_says_what_happened(browser, liaison_north):
    address = f"/people/{liaison_north.pk}/invite/"
    body = {"version": liaison_north.version}

    first = browser.post(address, body, follow=True).content.decode()
    second = browser.post(address, body, follow=True).content.decode()
    third = browser.post(address, {}, follow=True).content.decode()

    assert "is on its way" in first
    assert "One invitation a minute" in second
    assert "The page is incomplete" in third


# --- What is kept --------------------------------------------------------------------


def edited(person, **changed):
    names = ("name", "phone", "language", "time_zone", "country", "subdivision")
    kept = {name: getattr(person, name) for name in names}
    return {**kept, "version": person.version, **changed}


def test_two_editors_never_overwrite_each_other(browser, liaison_north):
    address = f"/people/{liaison_north.pk}/edit/"
    browser.post(address, edited(liaison_north, phone="555 1"))

    answer = browser.post(address, edited(liaison_north, phone="555 2"))

    conflict = answer.context["conflict"]
    assert answer.status_code == 409
    assert [(one.theirs, one.mine) for one in conflict.clashes] == [("555 1", "555 2")]
    liaison_north.refresh_from_db()
    assert liaison_north.phone == "555 1"
    again = conflict.form.data["version"]
    browser.post(address, edited(liaison_north, phone="555 2", version=again))
    liaison_north.refresh_from_db()
    assert liaison_north.phone == "555 2"


def test_what_he_wants_of_mail_is_left_alone(browser, liaison_north):
    with unrecorded():
        User.objects.filter(pk=liaison_north.pk).update(planned_mail="never")

    browser.post(
        f"/people/{liaison_north.pk}/edit/", edited(liaison_north, name="Other")
    )

    liaison_north.refresh_from_db()
    assert (liaison_north.name, liaison_north.planned_mail) == ("Other", "never")


# --- Roles and absences --------------------------------------------------------------


def test_role_is_given_and_its_refusal_keeps_the_input(browser, staff_south, north):
    address = f"/people/{staff_south.pk}/roles/"
    body = {"role": "liaison", "from_date": "2027-03-10", "region": north.pk}

    assert browser.post(address, body | {"key": uuid.uuid4()}).status_code == 302
    answer = browser.post(address, body | {"key": uuid.uuid4()})

    assert answer.status_code == 422
    assert "This person holds this role already." in answer.content.decode()
    assert answer.context["role_form"]["from_date"].value() == "2027-03-10"


def test_end_of_a_role_is_set_on_its_page(browser, liaison_north):
    row = liaison_north.memberships.get()
    address = f"/roles/{row.pk}/end/"

    shown = browser.get(address).context["form"].initial
    refused = browser.post(address, {"to_date": "2027-03-01", "version": 1})
    answer = browser.post(
        address, {"to_date": "2027-03-10", "version": shown["version"]}
    )

    assert refused.status_code == 422
    assert "Say why" in refused.content.decode()
    assert answer.headers["Location"] == f"/people/{liaison_north.pk}/"
    row.refresh_from_db()
    assert row.to_date == NOW.date()


def test_absence_is_entered_changed_and_cancelled(browser, liaison_north, hq):
    days = {"from_date": "2027-03-15", "last_date": "2027-03-19"}
    address = f"/people/{liaison_north.pk}/absences/"

    body = {**days, "key": uuid.uuid4()}
    assert browser.post(address, {**body, "deputy": hq.pk}).status_code == 302
    assert browser.post(address, {**days, "key": uuid.uuid4()}).status_code == 422
    row = Absence.objects.get()
    assert row.deputy == hq
    moved = {**days, "last_date": "2027-03-20", "version": row.version}
    assert browser.post(f"/absences/{row.pk}/", moved).status_code == 302
    stale = browser.post(f"/absences/{row.pk}/", moved)
    assert stale.status_code == 409
    assert "Somebody else changed this" in stale.content.decode()
    row.refresh_from_db()
    browser.post(f"/absences/{row.pk}/cancel/", {"version": row.version})
    assert not Absence.objects.exists()


def test_deputies_offered_have_a_login_and_are_others(
    browser, liaison_north, hq, ceo_north
):
    form = browser.get(f"/people/{liaison_north.pk}/").context["absence_form"]

    assert list(form.fields["deputy"].queryset) == [hq]


# --- Hand over and leave -------------------------------------------------------------


def test_hand_over_is_previewed_done_and_taken_back(
    browser, liaison_north, outsider, plan_north
):
    make_task(plan_north, "The one task", owner=liaison_north)
    address = f"/people/{liaison_north.pk}/hand-over/"

    preview = browser.get(address, {"taker": outsider.pk})
    assert "The one task" in preview.content.decode()
    seen = preview.context["moving"].seen
    browser.post(address, {"taker": outsider.pk, "seen": seen})
    assert outsider.tasks.count() == 1

    one = Handover.objects.get()
    page = browser.get(f"/people/{liaison_north.pk}/").content.decode()
    assert f"/hand-overs/{one.pk}/undo/" in page
    said = browser.post(f"/hand-overs/{one.pk}/undo/", follow=True).content.decode()
    assert "everything is as before" in said
    assert liaison_north.tasks.count() == 1
    again = browser.post(f"/hand-overs/{one.pk}/undo/", follow=True).content.decode()
    assert "taken back already" in again


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("act", "queries"), [("hand-over", 11), ("leave", 12)])
def test_previews_cost_the_same_however_much(
    act, queries, count, browser, liaison_north, ceo_north, programme, plan_north,
    assert_queries,
):  # fmt: skip
    make_check_in(ceo_north, programme)
    for number in range(count):
        region = make_region(f"R{number}")
        make_membership(liaison_north, Role.LIAISON, region)
        make_check_in(make_ceo(region), programme)
        make_task(plan_north, f"Task {number}", owner=liaison_north)

    with assert_queries(queries):
        browser.get(f"/people/{liaison_north.pk}/{act}/")


def test_old_preview_moves_nothing_and_shows_the_new_one(
    browser, liaison_north, outsider, plan_north
):
    seen = moving_from(liaison_north, NOW).seen
    make_task(plan_north, "Came later", owner=liaison_north)

    answer = browser.post(
        f"/people/{liaison_north.pk}/hand-over/", {"taker": outsider.pk, "seen": seen}
    )

    assert answer.status_code == 422
    page = answer.content.decode()
    assert "Something of it changed" in page
    assert "Came later" in page


@pytest.mark.parametrize("taker", ["", "999999", "x"])
def test_unknown_taker_is_a_fault_of_the_form(taker, browser, liaison_north):
    address = f"/people/{liaison_north.pk}/hand-over/"

    assert browser.get(address, {"taker": taker}).status_code == 200
    assert browser.post(address, {"taker": taker, "seen": "x"}).status_code == 422


def test_leaving_is_shown_first_and_ends_a_second_session_at_once(
    browser, liaison_north, as_user, plan_north
):
    make_task(plan_north, owner=liaison_north)
    other = as_user(liaison_north)
    assert other.get("/today/").status_code == 200
    address = f"/people/{liaison_north.pk}/leave/"

    shown = browser.get(address).content.decode()
    assert "1 region is looked after by him." in shown
    assert "1 open task is in his charge." in shown
    assert other.get("/today/").status_code == 200
    browser.post(address, {"version": liaison_north.version})

    assert other.get("/today/").headers["Location"].startswith("/accounts/login/")
    page = browser.get(f"/people/{liaison_north.pk}/").content.decode()
    assert "Left on Wed 10 Mar 2027" in page


def test_revoked_role_is_gone_in_another_session_with_its_next_request(
    browser, liaison_north, as_user
):
    other = as_user(liaison_north)
    assert other.get("/today/").status_code == 200
    row = liaison_north.memberships.get()

    body = {"to_date": "2027-03-10", "version": row.version}
    browser.post(f"/roles/{row.pk}/end/", body)

    assert other.get("/today/").status_code == 403


def test_own_leaving_is_refused_in_words(browser, hq):
    body = {"version": hq.version}

    page = browser.post(f"/people/{hq.pk}/leave/", body, follow=True)

    assert "Nobody lets himself go." in page.content.decode()


def test_people_stand_in_the_menu_of_those_who_may(as_user, cio, staff_north):
    with override("en"):
        assert ">People</a>" in as_user(cio).get("/tasks/").content.decode()
        assert ">People</a>" not in as_user(staff_north).get("/tasks/").content.decode()
