"""Sign-in by a provider of OpenID Connect, proved against a real one in a process."""

from urllib.parse import urlsplit

import pytest
import requests
from allauth.socialaccount.models import SocialAccount
from django.test import Client

from regions.history import Act
from regions.models import User
from regions.services.signin import add_app
from tests.factories import NOW
from tests.history_guard import unrecorded
from tests.services import free_port
from tests.services.provider import running_provider, tell_of

pytestmark = [pytest.mark.django_db, pytest.mark.processes]
START = "/accounts/sso/login/"


@pytest.fixture(scope="module")
def provider(tmp_path_factory):
    """The address of a provider that answers."""
    with running_provider(tmp_path_factory.mktemp("provider")) as address:
        yield address


@pytest.fixture
def known(settings):
    """Makes the product know a provider."""

    def know(address):
        app = {
            "provider_id": "sso",
            "name": "Company",
            "client_id": "rollout",
            "secret": "rollout-secret",
            "settings": {"server_url": address},
        }
        settings.SOCIALACCOUNT_PROVIDERS = {
            "openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": [app]}
        }
        settings.OIDC, settings.OIDC_NAME = True, "Company"

    return know


def comes_back(client, provider, known, **claims):
    """What the product answers to somebody whom the provider says these things of."""
    known(provider)
    tell_of(provider, "somebody", **claims)
    leads_to = client.post(f"{START}?next=/playbook/").url
    assert leads_to.startswith(f"{provider}/")
    back = requests.post(
        leads_to, data={"sub": "somebody"}, allow_redirects=False, timeout=5
    ).headers["Location"]
    url = urlsplit(back)
    return client.get(f"{url.path}?{url.query}")


def is_inside(client) -> bool:
    return client.get("/tasks/").status_code == 200


def test_verified_address_of_a_known_person_signs_in(provider, known, staff_north):
    client = Client()

    answer = comes_back(
        client, provider, known, email="Staff.North@example.org", email_verified=True
    )

    assert answer.url == "/playbook/"
    assert client.session["_auth_user_id"] == str(staff_north.pk)
    assert is_inside(client)
    assert not SocialAccount.objects.exists()


@pytest.mark.parametrize(
    "claims",
    [
        {"email": "staff.north@example.org", "email_verified": False},
        {"email": "staff.north@example.org"},
        {"email": "nobody@example.org", "email_verified": True},
        {"email": "ceo.north@example.org", "email_verified": True},
        {"name": "Staff North"},
    ],
    ids=["not verified", "silent", "unknown", "without a login", "no address"],
)
def test_nobody_else_is_let_in_or_made(claims, provider, known, staff_north, ceo_north):
    with unrecorded():
        User.objects.filter(pk=ceo_north.user_id).update(
            email="ceo.north@example.org", may_sign_in=False
        )
    before, client = User.objects.count(), Client()

    answer = comes_back(client, provider, known, **claims)

    assert (answer.status_code, is_inside(client)) == (403, False)
    assert "Ask headquarters." in answer.content.decode()
    assert User.objects.count() == before


def test_second_factor_is_asked_for_all_the_same(provider, known, staff_north):
    add_app(staff_north, "JBSWY3DPEHPK3PXP", act=Act(by=staff_north, at=NOW))
    client = Client()

    answer = comes_back(
        client, provider, known, email=staff_north.email, email_verified=True
    )

    assert answer.url.startswith("/accounts/code/")
    assert not is_inside(client)


def test_answer_to_another_browser_is_refused(provider, known, staff_north):
    known(provider)
    tell_of(provider, "somebody", email=staff_north.email, email_verified=True)
    leads_to, other = Client().post(START).url, Client()
    back = requests.post(
        leads_to, data={"sub": "somebody"}, allow_redirects=False, timeout=5
    ).headers["Location"]

    answer = other.get(back.partition("testserver")[2])

    assert (answer.status_code, is_inside(other)) == (403, False)


def test_answer_that_nobody_asked_for_is_refused(provider, known, staff_north):
    known(provider)

    answer = Client().get(f"{START}callback/?code=made-up&state=made-up")

    assert answer.status_code == 403


def test_provider_that_does_not_answer_is_told(known, db):
    known(f"http://127.0.0.1:{free_port()}")

    answer = Client().post(START)

    assert answer.status_code == 503
    assert "does not answer" in answer.content.decode()


def test_button_stands_only_where_a_provider_is_set_up(known, db):
    assert "/accounts/sso/" not in Client().get("/accounts/login/").content.decode()

    known("https://id.example.org")

    assert "Sign in with Company" in Client().get("/accounts/login/").content.decode()


@pytest.mark.parametrize(
    "page", ["signup", "email", "social/connections", "social/signup", "password/reset"]
)
def test_pages_that_nobody_needs_are_not_there(page, as_user, staff_north):
    assert as_user(staff_north).get(f"/accounts/{page}/").status_code == 404
