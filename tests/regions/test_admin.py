"""What headquarters saves in the admin of people, companies and talks."""

from datetime import date
from typing import Any

import pytest

from regions.enums import AskState, Role
from regions.models import (
    Ask,
    HistoryEntry,
    Holiday,
    Membership,
    Region,
    RegionalCEO,
    Rhythm,
    User,
)
from tests import factories
from tests.admin_rows import address, address_of, errors_of, posted

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

TODAY = date(2027, 3, 10)


@pytest.fixture
def browser(hq, as_user):
    return as_user(hq)


@pytest.fixture
def add(browser):
    """Fills in the form of a new row and posts it; says what is wrong with it."""

    def fill(label, start="", **values):
        page = browser.get(address(label, "add") + start)
        response = browser.post(address(label, "add"), posted(page, **values))
        return [] if response.status_code == 302 else errors_of(response)

    return fill


@pytest.fixture
def change(browser):
    """Changes fields of a row in its form and posts it; says what is wrong with it."""

    def fill(row, **values):
        data = posted(browser.get(address_of(row)), **values)
        response = browser.post(address_of(row), data)
        row.refresh_from_db()
        return [] if response.status_code == 302 else errors_of(response)

    return fill


# --- People --------------------------------------------------------------------------


def test_new_person_has_his_roles_in_the_same_act_and_no_password(add, north, hq):
    said = add(
        "regions.user",
        **{
            "name": "Wang Li",
            "email": "Wang.Li@Example.org",
            "may_sign_in": "on",
            "working_days": ["1", "2", "3", "4", "5", "6"],
            "time_zone": "Asia/Shanghai",
            "memberships-0-role": Role.LIAISON,
            "memberships-0-region": north.pk,
        },
    )

    assert said == []
    person = User.objects.get(email="wang.li@example.org")
    assert (person.working_days, person.time_zone) == ("123456", "Asia/Shanghai")
    assert not person.has_usable_password()
    held = person.memberships.get()
    assert (held.role, held.region, held.from_date) == (Role.LIAISON, north, TODAY)
    acts = HistoryEntry.objects.filter(model__in=["regions.user", "regions.membership"])
    assert {(one.by, one.via) for one in acts} == {(hq, "admin")}
    assert len({one.act for one in acts}) == 1


@pytest.mark.parametrize(
    ("country", "subdivision", "said"),
    [
        ("us", "wa", []),
        ("CN", "", []),
        ("", "", []),
        ("", "WA", ["A state or province needs its country."]),
        ("CH", "BY", "BY is no state or province of CH. Known: AG, AI, AR, BE, BL, "),
        (
            "XX",
            "",
            [
                "No public holidays are known of the country XX. Give its two capital "
                "letters: DE."
            ],
        ),
    ],
)
def test_place_is_one_whose_public_holidays_are_known(
    country, subdivision, said, change, north, outsider
):
    for row in (north, outsider):
        told = change(row, country=country, subdivision=subdivision)

        assert told == said or told[0].startswith(said)
        kept = ("", "") if said else (country.upper(), subdivision.upper())
        assert (row.country, row.subdivision) == kept


def test_holiday_is_corrected_once_for_a_place(add, change):
    values = {"name": "Founders' day", "day_date": "2027-03-12", "country": "us"}

    assert add("regions.holiday", **values) == []
    assert add("regions.holiday", **values) == [
        "Holiday with this Country, State or province and Day already exists."
    ]
    assert add("regions.holiday", **values, subdivision="WA", is_worked="on") == []
    holiday = Holiday.objects.get(subdivision="")
    assert (holiday.country, holiday.is_worked) == ("US", False)
    assert change(holiday, country="XX") == [
        "No public holidays are known of the country XX. Give its two capital letters: DE."
    ]
    entries = HistoryEntry.objects.of(holiday)
    assert [(entry.change, entry.via) for entry in entries] == [("created", "admin")]


@pytest.mark.parametrize(
    ("role", "in_region"), [(Role.LIAISON, False), (Role.CIO, True)]
)
def test_role_that_does_not_fit_its_region_is_explained(
    role, in_region, add, north, outsider
):
    region = north.pk if in_region else ""

    said = add("regions.membership", user=outsider.pk, role=role, region=region)

    assert said == [
        "CIO, headquarters and auditors hold their role for the whole group; every other "
        "role needs a region."
    ]
    assert not outsider.memberships.exists()


def test_role_that_is_held_already_is_refused(add, change, liaison_north, north):
    same = {"role": Role.LIAISON, "region": north.pk}
    below = {f"memberships-1-{name}": value for name, value in same.items()}

    assert "This person holds this role already." in change(liaison_north, **below)
    assert "This person holds this role already." in add(
        "regions.membership", user=liaison_north.pk, **same
    )
    assert liaison_north.memberships.count() == 1


def test_two_new_rows_that_contradict_each_other_save_nothing(browser, outsider, north):
    data = posted(browser.get(address_of(outsider)))
    for number in range(2):
        row = {"role": Role.STAFF, "region": north.pk, "from_date": TODAY.isoformat()}
        data |= {f"memberships-{number}-{name}": value for name, value in row.items()}
    data["memberships-TOTAL_FORMS"] = 2

    response = browser.post(address_of(outsider), data, follow=True)

    assert [str(one) for one in response.context["messages"]] == [
        "Nothing was saved: this contradicts a row that exists already."
    ]
    assert not outsider.memberships.exists()


def test_role_is_ended_below_the_person(change, staff_north):
    held = staff_north.memberships.get()

    assert change(staff_north, **{"memberships-0-to_date": "2027-04-01"}) == []

    held.refresh_from_db()
    assert held.to_date == date(2027, 4, 1)
    [entry] = HistoryEntry.objects.of(held)
    assert (entry.field, entry.after) == ("to_date", "2027-04-01")


def test_mistaken_role_is_taken_out_below_the_person(change, staff_north):
    assert change(staff_north, **{"memberships-0-DELETE": "on"}) == []

    assert not staff_north.memberships.exists()
    [entry] = HistoryEntry.objects.filter(model="regions.membership")
    assert entry.change == "deleted"


LAST_WAYS_OUT: list[tuple[str, dict[str, Any]]] = [
    ("role", {"to_date": "2027-03-10"}),
    ("role", {"role": Role.AUDITOR}),
    ("role", {"from_date": "2027-03-11"}),
    ("role", {"post": "yes"}),
    ("person", {"may_sign_in": None}),
    ("person", {"memberships-0-to_date": "2027-04-01"}),
    ("person", {"memberships-0-DELETE": "on"}),
]


@pytest.mark.parametrize(("of", "values"), LAST_WAYS_OUT)
def test_last_one_at_headquarters_keeps_his_role(of, values, browser, hq):
    held = hq.memberships.get()
    row = held if of == "role" else hq
    if "post" in values:
        url, data = address_of(row, "delete"), values
    else:
        url = address_of(row)
        data = posted(browser.get(url), **values)

    refused = browser.post(url, data, follow=True)

    assert [str(one) for one in refused.context["messages"]] == [
        "Nobody else holds the role of headquarters. Give it to somebody first."
    ]
    assert not HistoryEntry.objects.of(row).exists()
    held.refresh_from_db()
    assert (held.role, held.to_date) == (Role.HQ, None)

    factories.make_user("hq.two@example.org", Role.HQ)
    browser.post(url, data)

    assert HistoryEntry.objects.filter(by=hq).exists()


def test_row_below_a_form_that_somebody_changed_meanwhile_is_shown_with_both_texts(
    browser, change, staff_north
):
    held = staff_north.memberships.get()
    mine = posted(
        browser.get(address_of(staff_north)), **{"memberships-0-to_date": "2027-06-01"}
    )
    change(held, to_date="2027-05-01")

    refused = browser.post(address_of(staff_north), mine)

    held.refresh_from_db()
    assert held.to_date == date(2027, 5, 1)
    [shown] = refused.context["inline_admin_formsets"]
    assert shown.formset.errors[0]["to_date"] == [
        "It now says “Sat 1 May 2027”. You wrote “Tue 1 Jun 2027”."
    ]


def test_row_below_that_only_somebody_else_changed_is_no_conflict(
    browser, change, staff_north
):
    held = staff_north.memberships.get()
    mine = posted(browser.get(address_of(staff_north)), name="Renamed")
    change(held, to_date="2027-05-01")

    browser.post(address_of(staff_north), mine)

    held.refresh_from_db()
    staff_north.refresh_from_db()
    assert (staff_north.name, held.to_date) == ("Renamed", date(2027, 5, 1))


# --- Companies -----------------------------------------------------------------------


def test_new_region_has_its_ceo_in_the_same_act(add, outsider):
    said = add(
        "regions.region",
        **{"name": "Fuzhou", "code": "FZ", "ceos-0-user": outsider.pk},
    )

    assert said == []
    head = Region.objects.get(code="FZ").ceos.get()
    assert (head.user, head.from_date, head.to_date) == (outsider, TODAY, None)
    assert HistoryEntry.objects.values("act").distinct().count() == 1


def test_successor_is_named_where_what_was_open_passes_on(
    add, browser, north, ceo_north, outsider
):
    page = browser.get(f"/admin/regions/region/{north.pk}/change/").content.decode()
    said = add("regions.regionalceo", region=north.pk, user=outsider.pk)

    assert "ceos-0-user" not in page
    assert said == [
        "This region has or had a CEO. A new one is named on the page of the region, "
        "where talks, asks and tasks pass on to him."
    ]
    assert north.ceos.get() == ceo_north


def test_last_day_of_a_ceo_is_corrected_and_not_set_here(change, north, ceo_north):
    change(ceo_north, to_date="2027-03-10", address_as="Director")
    assert (ceo_north.to_date, ceo_north.address_as) == (None, "Director")

    former = factories.make_ceo(north, factories.make_user(), to_date=TODAY)
    change(former, to_date="2027-03-09")
    assert former.to_date == date(2027, 3, 9)


def test_former_ceo_cannot_come_back_beside_the_new_one(change, north, ceo_north):
    former = factories.make_ceo(
        north, factories.make_user(), to_date=factories.LONG_AGO
    )

    assert change(former, to_date="") == ["This region has another CEO now."]


def test_code_of_another_region_is_refused(add, north):
    assert add("regions.region", name="Again", code="NORTH") == [
        "Region with this Code already exists."
    ]


# --- Talks ---------------------------------------------------------------------------


def test_rhythm_of_a_new_ceo_takes_over_the_dates(add, rhythm_north, outsider, north):
    ceo = factories.make_ceo(
        factories.make_region("OTHER"), outsider, from_date=date(2021, 1, 1)
    )
    with factories.unrecorded():
        RegionalCEO.objects.filter(pk=rhythm_north.ceo_id).update(to_date=TODAY)
        RegionalCEO.objects.filter(pk=ceo.pk).update(region=north)

    assert (
        add("regions.rhythm", f"?ceo={ceo.pk}", programme=rhythm_north.programme_id)
        == []
    )

    new = Rhythm.objects.get(ceo=ceo)
    assert (new.kick_off_date, new.go_live_date) == (
        rhythm_north.kick_off_date,
        rhythm_north.go_live_date,
    )


def test_longest_days_must_be_longer(change, rhythm_north):
    said = change(rhythm_north, preparing_ideal=21, preparing_longest=21)

    assert said == ["The longest time has to be longer than the ideal one."]


def test_dates_that_the_plan_set_are_not_typed_over(change, rhythm_north):
    assert change(rhythm_north, go_live_date="2028-01-01", caller="cio") == []

    assert (rhythm_north.go_live_date, rhythm_north.caller) == (
        factories.GO_LIVE,
        "cio",
    )


def test_new_ask_remembers_its_first_day(add, ceo_north, programme):
    said = add(
        "regions.ask",
        ceo=ceo_north.pk,
        programme=programme.pk,
        kind="people",
        text="Name a data owner",
        due_date="2027-03-20",
    )

    assert said == []
    ask = Ask.objects.get()
    assert (ask.first_due_date, ask.state) == (date(2027, 3, 20), AskState.OPEN)


def test_ask_is_worded_here_and_moves_only_in_the_ledger(change, ceo_north, programme):
    """There the tasks that wait for it follow."""
    ask = factories.make_ask(ceo_north, programme)

    assert change(ask, text="Name two data owners", state=AskState.DONE) == []
    assert (ask.text, ask.state) == ("Name two data owners", AskState.OPEN)
    assert len(change(ask, text=" ")) == 1


def test_talk_is_not_changed_here(browser, ceo_north, programme, hq):
    talk = factories.make_contact(ceo_north, programme, hq)

    response = browser.post(address_of(talk), {"minutes": 5})

    assert response.status_code == 403
    assert Membership.objects.count() == 1
