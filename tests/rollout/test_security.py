"""Second factors, recovery codes, sessions: set up, needed, used up, taken away."""

import io
import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from regions.history import Act
from regions.models import HistoryEntry, User
from regions.services.signin import CannotChangeFactor, add_app, renew_codes
from rollout.queries.security import browser_in, unused_codes
from rollout.services.people import let_go
from tests.factories import NOW, make_session
from tests.history_guard import unrecorded

pytestmark = pytest.mark.usefixtures("frozen")

PASSWORD = "a-long-enough-secret"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
SECURITY, APP = "/settings/security/", "/settings/security/app/"
CODES, REMOVE = "/settings/security/codes/", "/settings/security/remove/"


def code_of(secret: str) -> str:
    """What the app on the phone shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30))


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06}"


@pytest.fixture
def required(settings):
    settings.SECOND_FACTOR_REQUIRED = True


def with_password(user):
    user.set_password(PASSWORD)
    with unrecorded():
        user.save()
    return user


@pytest.fixture
def staff(staff_north):
    return with_password(staff_north)


@pytest.fixture
def guarded(staff):
    """Has an app, and recovery codes."""
    add_app(staff, SECRET, act=Act(by=staff, at=NOW))
    staff.refresh_from_db()
    return staff


def gives_password(user) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    return client


def signs_in(user, secret=SECRET) -> Client:
    client = gives_password(user)
    client.post("/accounts/code/", {"code": code_of(secret)})
    return client


def is_inside(client) -> bool:
    return client.get("/tasks/").status_code == 200


# --- Setting up ----------------------------------------------------------------------


def test_app_is_set_up_with_a_code_from_it(staff):
    client = gives_password(staff)

    asked = client.get(APP)
    assert asked.url == f"/accounts/reauthenticate/?next={APP.replace('/', '%2F')}"
    client.post(asked.url, {"password": PASSWORD})
    page = client.get(APP)
    secret = page.context["form"].secret
    answer = client.post(
        APP,
        {"shown": page.context["form"]["shown"].value(), "code": code_of(secret)},
        follow=True,
    )

    staff.refresh_from_db()
    assert (staff.authenticator_app_at, staff.recovery_codes_at) == (NOW, NOW)
    assert answer.redirect_chain == [(CODES, 302)]
    assert len(re.findall(r"<li>\d{4} \d{4}</li>", answer.content.decode())) == 10
    assert is_inside(client)


def test_wrong_code_sets_nothing_up_and_keeps_the_key(as_user, staff_north):
    client = as_user(staff_north)
    form = client.get(APP).context["form"]
    body = {"shown": form["shown"].value(), "code": wrong(code_of(form.secret))}

    answer = client.post(APP, body)

    assert answer.status_code == 422
    assert answer.context["form"].secret == form.secret
    assert "This code is not right." in answer.content.decode()
    assert not Authenticator.objects.exists()


def test_key_that_was_shown_to_somebody_else_is_not_taken(
    as_user, staff_north, liaison_north
):
    form = as_user(staff_north).get(APP).context["form"]
    body = {"shown": form["shown"].value(), "code": code_of(form.secret)}

    assert as_user(liaison_north).post(APP, body).status_code == 422
    assert as_user(staff_north).post(APP, body).status_code == 302


def test_key_is_sealed_in_the_database(guarded):
    stored = Authenticator.objects.get(type="totp").data["secret"]

    assert SECRET not in stored
    assert is_inside(signs_in(guarded))


def test_key_stays_readable_with_the_former_secret_key(guarded, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "n" * 50

    assert is_inside(signs_in(guarded))


def test_second_app_is_refused(guarded):
    with pytest.raises(CannotChangeFactor):
        add_app(guarded, SECRET, act=Act(by=guarded, at=NOW))


def test_codes_without_an_app_are_refused(staff):
    with pytest.raises(CannotChangeFactor):
        renew_codes(staff, act=Act(by=staff, at=NOW))


# --- Signing in ----------------------------------------------------------------------


def test_password_alone_no_longer_opens(guarded):
    client = gives_password(guarded)

    assert not is_inside(client)
    assert client.get("/accounts/code/").status_code == 200
    client.post("/accounts/code/", {"code": wrong(code_of(SECRET))})
    assert not is_inside(client)
    client.post("/accounts/code/", {"code": code_of(SECRET)})
    assert is_inside(client)


def test_recovery_code_opens_once(guarded):
    code = unused_codes(guarded)[0]

    first, second = gives_password(guarded), gives_password(guarded)
    first.post("/accounts/code/", {"code": code})
    second.post("/accounts/code/", {"code": code})

    assert (is_inside(first), is_inside(second)) == (True, False)
    assert len(unused_codes(guarded)) == 9


def test_code_from_the_app_opens_once(guarded):
    first, second = signs_in(guarded), signs_in(guarded)

    assert (is_inside(first), is_inside(second)) == (True, False)


def test_guessing_codes_is_stopped_even_for_the_right_one(guarded):
    """Over new browsers: the limit is the person's, and stands in the database."""
    for _number in range(5):
        gives_password(guarded).post(
            "/accounts/code/", {"code": wrong(code_of(SECRET))}
        )

    assert not is_inside(signs_in(guarded))


def test_few_wrong_codes_do_not_lock_out(guarded):
    gives_password(guarded).post("/accounts/code/", {"code": wrong(code_of(SECRET))})

    assert is_inside(signs_in(guarded))


# --- Required ------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["cio", "hq"])
@pytest.mark.parametrize("page", ["/today/", "/admin/", "/settings/", SECURITY])
def test_role_that_needs_a_factor_is_led_to_set_one_up(
    who, page, required, as_user, request
):
    user = request.getfixturevalue(who)

    assert as_user(user).get(page).url == APP
    assert as_user(user).post(page).url == APP
    assert as_user(user).get(APP).status_code == 200


def test_part_of_a_page_is_led_there_with_the_whole(required, as_user, hq):
    answer = as_user(hq).get(
        "/today/", headers={"HX-Current-URL": "http://testserver/"}
    )

    assert (answer.status_code, answer.headers["HX-Redirect"]) == (403, APP)


def test_what_surrounds_the_sign_in_stays_open(required, as_user, hq):
    client = as_user(hq)

    assert client.post("/language/", {"language": "en"}).url != APP
    assert client.get("/accounts/logout/").status_code == 200


def test_role_with_a_factor_goes_on(required, as_user, hq):
    add_app(hq, SECRET, act=Act(by=hq, at=NOW))

    assert as_user(hq).get("/admin/").status_code == 200


@pytest.mark.parametrize("who", ["auditor", "liaison_north", "staff_north"])
def test_other_roles_need_none(who, required, as_user, request):
    client = as_user(request.getfixturevalue(who))

    assert client.get(SECURITY).status_code == 200


def test_nobody_needs_one_where_it_is_switched_off(as_user, hq, settings):
    assert settings.SECOND_FACTOR_REQUIRED is False
    assert as_user(hq).get("/admin/").status_code == 200


# --- Taking away and renewing --------------------------------------------------------


def test_app_is_removed_with_its_codes(guarded):
    client = signs_in(guarded)

    asked = client.post(REMOVE)
    client.post(asked.url, {"password": PASSWORD}, follow=True)

    guarded.refresh_from_db()
    assert (guarded.has_second_factor, guarded.recovery_codes_at) == (False, None)
    assert not Authenticator.objects.exists()


def test_new_codes_replace_the_old(guarded, as_user):
    old = unused_codes(guarded)

    renew_codes(guarded, act=Act(by=guarded, at=NOW))

    assert len(unused_codes(guarded)) == 10
    assert not set(old) & set(unused_codes(guarded))


@pytest.mark.parametrize("page", [APP, CODES])
def test_pages_with_secrets_ask_once_more_who_it_is(page, guarded, staff_south):
    with_password(staff_south)

    for user in (guarded, staff_south):
        client = signs_in(user)
        assert client.get(page).url.startswith("/accounts/reauthenticate/")


def test_codes_are_never_kept_by_the_browser(guarded):
    client = signs_in(guarded)
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})

    assert "no-store" in client.get(CODES).headers["Cache-Control"]


# --- The history ---------------------------------------------------------------------


def test_history_tells_of_factors_without_secrets(guarded):
    renew_codes(guarded, act=Act(by=guarded, at=NOW.replace(hour=10)))

    entries = HistoryEntry.objects.of(guarded).order_by("id")
    assert [
        (entry.field, bool(entry.before), bool(entry.after)) for entry in entries
    ] == [
        ("authenticator_app_at", False, True),
        ("recovery_codes_at", False, True),
        ("recovery_codes_at", True, True),
    ]
    told = " ".join(f"{entry.before} {entry.after} {entry.reason}" for entry in entries)
    secrets = [SECRET, *unused_codes(guarded)]
    assert [one for one in secrets if one in told] == []


# --- Sessions ------------------------------------------------------------------------


def test_list_shows_this_browser_and_others_but_no_foreign_one(staff, staff_south):
    make_session(staff)
    make_session(staff_south, "foreign", ip="192.0.2.99")
    client = gives_password(staff)

    page = client.get(SECURITY).content.decode()

    assert page.count("Sign out there</button>") == 1
    assert "Firefox, Windows" in page
    assert ("192.0.2.7" in page, "192.0.2.99" in page) == (True, False)


@pytest.mark.parametrize("count", [1, 3])
def test_security_page_takes_the_same_queries(
    count, as_user, staff_north, assert_queries
):
    client = as_user(staff_north)
    for number in range(count):
        make_session(staff_north, f"number-{number}")

    with assert_queries(6):
        assert len(client.get(SECURITY).context["sessions"]) == count


def test_sign_out_there_ends_that_session_only(staff):
    here, there = gives_password(staff), gives_password(staff)
    assert is_inside(there)
    row = UserSession.objects.get(session_key=there.session.session_key)

    here.post(f"{SECURITY}sessions/{row.pk}/end/")

    assert (is_inside(here), is_inside(there)) == (True, False)


def test_sign_out_everywhere_else_keeps_this_browser(staff):
    here, *others = [gives_password(staff) for _number in range(3)]

    here.post(f"{SECURITY}sessions/end/")

    assert is_inside(here)
    assert [is_inside(client) for client in others] == [False, False]


def test_foreign_session_is_as_one_that_is_not_there(staff, staff_south):
    row = make_session(staff_south)
    client = gives_password(staff)

    assert client.post(f"{SECURITY}sessions/{row.pk}/end/").status_code == 404
    assert client.post(f"{SECURITY}sessions/999999/end/").status_code == 404
    assert UserSession.objects.filter(pk=row.pk).exists()


def test_new_password_ends_all_other_sessions(staff):
    here, there = gives_password(staff), gives_password(staff)

    here.post(
        reverse("account_change_password"),
        {
            "oldpassword": PASSWORD,
            "password1": "another-long-secret",
            "password2": "another-long-secret",
        },
    )

    assert (is_inside(here), is_inside(there)) == (True, False)
    assert len(here.get(SECURITY).context["sessions"]) == 1


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0 Safari/537.36", "Chrome, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0) Chrome/140.0 Safari/537.36 Edg/140",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; like Mac OS X) Version/18.0 Safari/604",
            "Safari, iPhone",
        ),
        ("curl/8.0", ""),
    ],
)
def test_browser_is_named_by_its_agent(agent, name):
    assert browser_in(agent) == name


def test_who_leaves_loses_factors_and_sessions(guarded, hq):
    client = signs_in(guarded)
    version = User.objects.get(pk=guarded.pk).version

    left = let_go(guarded, version=version, act=Act(by=hq, at=NOW))

    assert (is_inside(client), left.has_second_factor) == (False, False)
    assert not UserSession.objects.filter(user=guarded).exists()
    assert not Authenticator.objects.exists()


# --- The way back in -----------------------------------------------------------------


def test_lost_phone_is_taken_away_by_command(guarded):
    call_command("remove_second_factor", guarded.email, stdout=io.StringIO())

    assert User.objects.get(pk=guarded.pk).has_second_factor is False
    assert is_inside(gives_password(guarded))


@pytest.mark.parametrize("email", ["nobody@example.org", "staff.north@example.org"])
def test_command_says_when_there_is_nothing_to_take_away(email, staff):
    with pytest.raises(CommandError, match=r"nobody|no second factor"):
        call_command("remove_second_factor", email)
