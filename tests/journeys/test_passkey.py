"""Somebody signs in by a finger: on the address of a host, in a browser with a passkey."""

import pytest
from playwright.sync_api import expect

from .axe import violations_in_both_themes
from .chromium import PHONE, Visitor
from .samples import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.processes]

# Nobody else's journey is about how he signs in.
WHO = "manager"
SECURITY, SET_UP = "/settings/security/", "/settings/security/passkey/"
DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


class Finger:
    """The device of a visitor; whether it knows the finger that lies on it."""

    def __init__(self, visitor):
        self._session = visitor.context.new_cdp_session(visitor.page)
        self._session.send("WebAuthn.enable")
        added = self._session.send(
            "WebAuthn.addVirtualAuthenticator", {"options": DEVICE}
        )
        self._id = {"authenticatorId": added["authenticatorId"]}

    def is_known(self, *, known):
        self._session.send(
            "WebAuthn.setUserVerified", {**self._id, "isUserVerified": known}
        )

    def passkeys(self):
        return self._session.send("WebAuthn.getCredentials", self._id)["credentials"]


@pytest.fixture
def origin(product):
    """Browsers bind no passkey to an address of numbers."""
    return product.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def visitor(browser, origin, sample):
    locale = "zh-CN" if sample.language == "zh-hans" else "en-US"
    visitor = Visitor(browser, origin, viewport=PHONE, locale=locale)
    yield visitor
    assert visitor.leave() == []


def sign_out(page):
    page.goto("/accounts/logout/")
    page.locator("main form button").click()
    page.goto("/accounts/login/")


def test_passkey_from_its_set_up_to_its_end(visitor, sample, origin):
    finger, page = Finger(visitor), visitor.page
    visitor.sign_in(sample.email(WHO), PASSWORD)

    # Set up: asked once more who it is, then for a finger, which is the wrong one at first.
    page.goto(SECURITY)
    page.get_by_role("link", name=sample.say("Set up a passkey")).click()
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("[name=password]").press("Enter")
    set_up = page.get_by_role("button", name=sample.say("Set up"), exact=True)
    finger.is_known(known=False)
    set_up.click()
    fault = "No passkey was made. Try again, or use another device."
    # It stands in the page from the start: seen is it once the device has refused.
    expect(page.locator("[data-fault]")).to_be_visible()
    expect(page.locator("[data-fault]")).to_have_text(sample.say(fault))
    finger.is_known(known=True)
    page.locator("[name=name]").fill("Finger")
    set_up.click()
    expect(page.locator("h1")).to_have_text(sample.say("Recovery codes"))
    assert [one["isResidentCredential"] for one in finger.passkeys()] == [True]

    page.goto(SECURITY)
    width = page.evaluate("document.documentElement.scrollWidth")
    assert width <= PHONE["width"]

    # Alone, instead of password and code.
    sign_out(page)
    page.get_by_role("button", name=sample.say("Sign in with a passkey")).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)

    # As second factor: the password alone opens nothing any more.
    sign_out(page)
    visitor.sign_in(sample.email(WHO), PASSWORD)
    expect(page.locator("h1")).to_have_text(sample.say("Second factor"))
    page.get_by_role("button", name=sample.say("Use a passkey instead")).click()
    page.wait_for_url(lambda url: "/accounts/" not in url)

    # Taken away, after the passkey has opened once more.
    page.goto(SECURITY)
    remove = sample.say("Remove the passkey %(name)s", name="Finger")
    page.get_by_role("button", name=remove).click()
    page.get_by_role("link", name=sample.say("Use a passkey instead")).click()
    page.get_by_role("button", name=sample.say("Use your passkey")).click()
    expect(page.locator(".note")).to_have_text(sample.say("The passkey is removed."))
    expect(page.get_by_role("button", name=remove)).to_have_count(0)

    # What is gone opens nothing.
    sign_out(page)
    page.get_by_role("button", name=sample.say("Sign in with a passkey")).click()
    refused = "This passkey was not accepted. Try again, or take another way."
    expect(page.locator(".note")).to_have_text(sample.say(refused))
    # The device is gone after that: the look at a page takes the place of its session.
    assert violations_in_both_themes(page) == []


def test_without_script_the_other_ways_are_left(browser, origin):
    visitor = Visitor(browser, origin, java_script_enabled=False)
    page = visitor.open("/accounts/login/")

    expect(page.locator("[data-passkey]")).to_be_hidden()
    expect(page.locator("[name=password]")).to_be_visible()
    assert visitor.leave() == []
