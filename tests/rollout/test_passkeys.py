"""Passkeys: set up, instead of password and code, as second factor, taken away."""

import json

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from regions.history import Act
from regions.models import HistoryEntry, User
from regions.services.signin import (
    CannotChangeFactor,
    add_app,
    add_passkey,
    remove_passkey,
)
from rollout.services.people import let_go
from tests.factories import NOW
from tests.history_guard import unrecorded
from tests.passkeys import PRESENT, Passkey, asked, give_passkey

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

PASSWORD = "a-long-enough-secret"
SECURITY, SET_UP = "/settings/security/", "/settings/security/passkey/"
SIGN_IN, CODE = "/accounts/passkey/", "/accounts/code/"
AGAIN = "/accounts/passkey/again/"


def posts(client, address, answer, **fields):
    return client.post(address, {"credential": json.dumps(answer), **fields})


def signs_in(passkey, **changes) -> Client:
    client = Client()
    posts(client, SIGN_IN, passkey.assertion(asked(client), **changes))
    return client


def is_inside(client) -> bool:
    return client.get("/tasks/").status_code == 200


@pytest.fixture
def staff(staff_north):
    staff_north.set_password(PASSWORD)
    with unrecorded():
        staff_north.save()
    return staff_north


# --- Setting up ----------------------------------------------------------------------


def test_passkey_is_set_up_in_its_browser_and_opens(as_user, staff_north):
    client, passkey = as_user(staff_north), Passkey()
    page = client.get(SET_UP, headers={"User-Agent": "(Linux) Firefox/140"})
    assert page.context["form"].initial == {"name": "Firefox, Linux"}

    made = passkey.registration(asked(client, f"{SET_UP}begin/"))
    answer = posts(client, SET_UP, made, name="My key")

    staff_north.refresh_from_db()
    assert answer.url == "/settings/security/codes/"
    assert (staff_north.passkeys, staff_north.recovery_codes_at) == ("My key", NOW)
    assert "My key" in client.get(SECURITY).content.decode()
    assert is_inside(signs_in(passkey))


@pytest.mark.parametrize(
    "changes",
    [{"origin": "http://a.localhost:8000"}, {"origin": "https://localhost"},
     {"origin": "https://evil.example.org"}, {"flags": PRESENT}],
    ids=["host below", "other port", "stranger", "not verified"],
)  # fmt: skip
def test_answer_of_another_page_or_of_a_mere_touch_is_refused(
    changes, as_user, staff_north, liaison_north
):
    """While it is set up, and when it should open; without the change both are taken."""
    client, passkey = as_user(staff_north), Passkey()
    options = asked(client, f"{SET_UP}begin/")

    refused = posts(client, SET_UP, passkey.registration(options, **changes), name="a")

    assert refused.status_code == 422
    assert not Authenticator.objects.exists()
    known = give_passkey(liaison_north)
    assert not is_inside(signs_in(known, **changes))
    assert is_inside(signs_in(known))


def test_answer_is_good_once_and_for_its_own_question_only(staff_north):
    client, passkey = Client(), give_passkey(staff_north)
    stranger = Client()
    answer = passkey.assertion(asked(client))
    asked(stranger)

    posts(stranger, SIGN_IN, answer)
    posts(client, SIGN_IN, answer)
    client.post("/accounts/logout/")
    posts(client, SIGN_IN, answer)

    assert (is_inside(stranger), is_inside(client)) == (False, False)


def test_same_passkey_twice_and_too_many_are_refused(staff_north, monkeypatch):
    act = Act(by=staff_north, at=NOW)
    known = give_passkey(staff_north).registration(
        {"user": {"id": "AAAA"}, "challenge": "AAAA"}
    )
    other = known | {"id": "b3RoZXI", "rawId": "b3RoZXI"}
    monkeypatch.setattr("regions.services.signin.MOST_PASSKEYS", 1)

    with pytest.raises(CannotChangeFactor, match="set up already"):
        add_passkey(staff_north, "again", known, act=act)
    with pytest.raises(CannotChangeFactor, match="enough"):
        add_passkey(staff_north, "more", other, act=act)


# --- Signing in ----------------------------------------------------------------------


def test_passkey_is_the_second_factor_after_a_password(staff, staff_south):
    passkey, foreign = give_passkey(staff), give_passkey(staff_south)
    client = Client()
    client.post("/accounts/login/", {"login": staff.email, "password": PASSWORD})
    assert not is_inside(client)

    posts(client, CODE, foreign.assertion(asked(client)))
    assert not is_inside(client)
    posts(client, CODE, passkey.assertion(asked(client)))

    assert is_inside(client)


def test_passkey_leads_to_where_one_wanted_to_go(staff_north):
    client, passkey = Client(), give_passkey(staff_north)

    answer = posts(client, SIGN_IN, passkey.assertion(asked(client)), next="/playbook/")

    assert answer.url == "/playbook/"


@pytest.mark.parametrize(
    "answer",
    ["", "{", "null", "[]", "1", "{}", '{"id": "x"}', "[" * 20_000, "9" * 4400,
     '{"id": "YQ", "rawId": "YQ", "type": "public-key", "response": {}}'],
    ids=range(10),
)  # fmt: skip
@pytest.mark.parametrize("address", [SIGN_IN, CODE, SET_UP, AGAIN])
def test_nonsense_is_a_fault_of_the_form(answer, address, as_user, staff_north):
    give_passkey(staff_north)
    client = as_user(staff_north) if address in (SET_UP, AGAIN) else Client()

    said = client.post(address, {"credential": answer, "name": "a"})

    assert said.status_code in (302, 422)
    assert "_auth_user_id" in client.session if address in (SET_UP, AGAIN) else True


@pytest.mark.parametrize(
    "handle", ["", "!", "AAAA", "é", "OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk"]
)
def test_unknown_owner_is_told_as_an_unknown_passkey(handle, staff_north):
    client, passkey = Client(), give_passkey(staff_north)
    passkey.handle = handle

    answer = posts(client, SIGN_IN, passkey.assertion(asked(client)))

    assert answer.url == "/accounts/login/"
    assert "passkey was not accepted" in client.get(answer.url).content.decode()


def test_who_has_no_login_or_left_is_not_let_in(staff_north, staff_south, hq):
    passkeys = [give_passkey(staff_north), give_passkey(staff_south)]
    assert is_inside(signs_in(passkeys[0]))

    with unrecorded():
        User.objects.filter(pk=staff_north.pk).update(may_sign_in=False)
    version = User.objects.get(pk=staff_south.pk).version
    let_go(staff_south, version=version, act=Act(by=hq, at=NOW))

    assert [is_inside(signs_in(passkey)) for passkey in passkeys] == [False, False]
    assert not Authenticator.objects.filter(user=staff_south).exists()


def test_signing_in_is_limited_in_its_tries(staff_north):
    passkey = give_passkey(staff_north)
    client = Client()
    for _number in range(20):
        client.post(SIGN_IN, {"credential": "{}"})

    assert client.post(SIGN_IN, {"credential": "{}"}).status_code == 429
    assert client.post("/accounts/passkey/begin/").status_code == 429
    assert passkey.handle != ""


def test_passkey_once_more_opens_pages_with_secrets(staff):
    passkey = give_passkey(staff)
    client = signs_in(passkey)
    codes = f"{SECURITY}codes/"
    leads_to = client.get(codes).url

    assert leads_to.startswith("/accounts/reauthenticate/")
    assert f'href="{AGAIN}?next=' in client.get(leads_to).content.decode()
    posts(client, f"{AGAIN}?next={codes}", passkey.assertion(asked(client)))

    assert client.get(codes).status_code == 200


# --- Required, and taken away --------------------------------------------------------


def test_required_factor_is_met_by_a_passkey(settings, as_user, hq):
    settings.SECOND_FACTOR_REQUIRED = True
    assert as_user(hq).get("/admin/").url == f"{SECURITY}app/"
    assert as_user(hq).get(SET_UP).status_code == 200

    give_passkey(hq)

    assert as_user(hq).get("/admin/").status_code == 200


def test_codes_go_with_the_last_factor_only(staff_north):
    act = Act(by=staff_north, at=NOW)
    give_passkey(staff_north, "First")
    give_passkey(staff_north, "Second")
    add_app(staff_north, "JBSWY3DPEHPK3PXP", act=act)
    rows = Authenticator.objects.filter(type="webauthn").order_by("id")
    kept = []

    for row in rows:
        remove_passkey(staff_north, row.pk, act=act)
        staff_north.refresh_from_db()
        kept.append((staff_north.passkeys, staff_north.recovery_codes_at is not None))

    assert kept == [("Second", True), ("", True)]
    assert staff_north.has_second_factor
    with pytest.raises(CannotChangeFactor, match="removed already"):
        remove_passkey(staff_north, 999_999, act=act)
    told = HistoryEntry.objects.of(staff_north).filter(field="passkeys")
    assert [(entry.before, entry.after) for entry in told.order_by("id")] == [
        ("", "First"),
        ("First", "First · Second"),
        ("First · Second", "Second"),
        ("Second", ""),
    ]


def test_page_removes_own_passkey_and_knows_no_other(as_user, staff_north, staff_south):
    for user in (staff_north, staff_south):
        give_passkey(user)
    own, foreign = Authenticator.objects.filter(type="webauthn").order_by("id")
    client = as_user(staff_north)

    answers = [
        client.post(f"{SET_UP}{pk}/remove/") for pk in (foreign.pk, 999_999, own.pk)
    ]

    # Asked once more who it is before anything is done.
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert all("/again/" in answer.url for answer in answers)


@pytest.mark.parametrize("count", [1, 3])
def test_security_page_takes_the_same_queries(
    count, as_user, staff_north, assert_queries
):
    client = as_user(staff_north)
    for number in range(count):
        give_passkey(staff_north, f"Number {number}")

    with assert_queries(6):
        assert len(client.get(SECURITY).context["passkeys"]) == count


def test_page_says_where_passkeys_are_possible(as_user, staff_north):
    """Browsers bind none to an address of numbers."""
    client = as_user(staff_north)

    elsewhere = client.get(SET_UP, headers={"host": "127.0.0.1"}).content.decode()
    here = client.get(SET_UP, headers={"host": "localhost"}).content.decode()

    assert ("http://localhost:8000" in elsewhere, "data-passkey" in elsewhere) == (
        True,
        False,
    )
    assert "data-passkey" in here
