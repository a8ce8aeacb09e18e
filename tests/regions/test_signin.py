"""Signing in and out, and keeping a password."""

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from regions.models import User
from rollout.enums import MailState
from rollout.links import sign_in_token
from rollout.models import Mail
from rollout.services import mail
from tests.factories import NOW, make_membership, make_user
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def person(staff_north):
    staff_north.set_password("a-long-enough-secret")
    with unrecorded():
        staff_north.save()
    return staff_north


def sign_in(client, email, password):
    return client.post("/accounts/login/", {"login": email, "password": password})


def test_password_signs_in_and_leads_on(client, person):
    answer = client.post(
        "/accounts/login/?next=/playbook/",
        {"login": "Staff.North@example.org", "password": "a-long-enough-secret"},
    )

    assert answer.headers["Location"] == "/playbook/"
    assert client.get("/tasks/").status_code == 200


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("staff.north@example.org", "wrong"),
        ("nobody@example.org", "a-long-enough-secret"),
    ],
)
def test_known_and_unknown_addresses_get_the_same_refusal(
    client, person, email, password
):
    page = sign_in(client, email, password).content.decode()

    assert "The email address and/or password you specified are not correct." in page


def test_known_and_unknown_addresses_take_the_same_work(client, person, monkeypatch):
    """A password is hashed once, whether there is one, none, or nobody; a link costs the
    same statements."""
    hashed, queries = [], []
    encode = MD5PasswordHasher.encode
    monkeypatch.setattr(
        MD5PasswordHasher, "encode", lambda *all: hashed.append(1) or encode(*all)
    )
    make_user("by.link@example.org")

    for email in (person.email, "by.link@example.org", "nobody@example.org"):
        hashed.append(0)
        sign_in(client, email, "wrong")
        with CaptureQueriesContext(connection) as captured:
            Client().post("/sign-in/", {"email": email})
        verbs = [query["sql"].split()[0] for query in captured]
        queries.append([verb for verb in verbs if verb != "ROLLBACK"])

    assert hashed == [0, 1] * 3
    assert queries[0].count("INSERT") >= 2
    assert [verbs for verbs in queries if len(verbs) != len(queries[0])] == []
    assert Mail.objects.count() == 2


def test_guesses_are_counted_by_address_whatever_the_host_is_called(client, person):
    for port in range(5):
        client.post(
            "/accounts/login/",
            {"login": person.email.upper(), "password": "wrong"},
            headers={"host": f"testserver:{1000 + port}"},
        )

    page = sign_in(client, person.email, "a-long-enough-secret").content.decode()

    assert "Too many failed login attempts" in page


def test_links_are_counted_by_address_however_it_is_written(client, person):
    name, place = person.email.split("@")
    written = [person.email, person.email.upper(), f"{name.title()}@{place}"]
    codes = [
        client.post("/sign-in/", {"email": email}).status_code
        for email in [*written, person.email]
    ]

    assert codes == [200, 200, 200, 429]
    assert Mail.objects.count() == 3


def test_limits_are_not_pushed_out_by_many_others(client, person):
    for _number in range(5):
        sign_in(client, person.email, "wrong")
    for number in range(400):
        cache.set(f"z-{number}", [1], 300)

    page = sign_in(client, person.email, "a-long-enough-secret").content.decode()

    assert "Too many failed login attempts" in page


def test_person_without_a_login_is_not_let_in(client, person):
    person.may_sign_in = False
    with unrecorded():
        person.save()

    sign_in(client, person.email, "a-long-enough-secret")

    assert client.get("/tasks/").status_code == 302


def test_many_wrong_passwords_are_stopped(client, person):
    for _number in range(10):
        answer = sign_in(client, person.email, "wrong")

    page = answer.content.decode()
    assert "Too many failed login attempts" in page or answer.status_code == 429


def test_person_changes_his_password(as_user, person):
    client = as_user(person)

    answer = client.post(
        "/accounts/password/",
        {
            "oldpassword": "a-long-enough-secret",
            "password1": "another-long-secret",
            "password2": "another-long-secret",
        },
    )

    assert answer.status_code == 302
    assert User.objects.get(pk=person.pk).check_password("another-long-secret")


def test_link_is_mailed_shown_and_signs_in_only_by_its_button(
    client, person, settings, tmp_path
):
    settings.MAIL_DIR = tmp_path
    client.post("/sign-in/", {"email": person.email})
    mail.deliver(clock=lambda: NOW)
    row = Mail.objects.get()
    address = f"/sign-in/{sign_in_token(row)}/"
    assert row.state == MailState.SENT

    client.get(address)
    assert client.get("/tasks/").status_code == 302

    client.post(address)
    assert client.get("/tasks/").status_code == 200


def test_known_and_unknown_addresses_get_the_same_answer_to_a_link(client, person):
    known = client.post("/sign-in/", {"email": person.email})
    unknown = Client().post("/sign-in/", {"email": "nobodyy.north@example.org"})

    said = known.content.decode().split("<main")[1].replace(person.email, "")
    assert said == unknown.content.decode().split("<main")[1].replace(
        "nobodyy.north@example.org", ""
    )


def test_old_link_says_so_and_offers_a_new_one(client, person, frozen):
    client.post("/sign-in/", {"email": person.email})
    row = Mail.objects.get()
    row.dated_at = NOW
    address = f"/sign-in/{sign_in_token(row)}/"
    frozen.shift(16 * 60)

    answer = client.get(address)

    assert answer.status_code == 410
    assert "This link does not work any more" in answer.content.decode()


def test_nobody_registers_himself(client, db):
    assert client.get("/accounts/signup/").status_code == 404


def test_role_that_ended_today_is_gone_with_the_next_request(as_user, cio):
    client = as_user(cio)
    assert client.get("/today/").status_code == 200

    with unrecorded():
        cio.memberships.update(to_date=NOW.date())

    assert client.get("/today/").status_code == 403


def test_role_that_begins_tomorrow_is_not_held_today(as_user):
    user = make_user("later@example.org")
    make_membership(user, "cio", from_date=NOW.date().replace(day=11))

    assert as_user(user).get("/today/").status_code == 403


def test_part_of_a_page_sends_the_whole_page_to_the_sign_in(client, db):
    answer = client.post(
        "/settings/",
        headers={
            "HX-Request": "true",
            "HX-Current-URL": "http://testserver/settings/?a=1",
        },
    )

    assert answer.status_code == 401
    assert answer["HX-Redirect"] == "/accounts/login/?next=/settings/"


def test_whole_page_is_sent_to_the_sign_in_and_back(client, db):
    answer = client.get("/settings/")

    assert answer.status_code == 302
    assert answer["Location"] == "/accounts/login/?next=/settings/"
