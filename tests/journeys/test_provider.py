"""Somebody signs in elsewhere: over there and back, in a browser with the page's policy."""

import os
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.services.product import running_product
from tests.services.provider import running_provider, tell_of

from .axe import violations_in_both_themes
from .chromium import PHONE, Visitor
from .samples import ENGLISH

pytestmark = [pytest.mark.browser, pytest.mark.processes, pytest.mark.long]

EMAIL = ENGLISH.email("manager")


@pytest.fixture
def provider(tmp_path):
    with running_provider(tmp_path) as address:
        yield address


@pytest.fixture
def product(provider):
    folder = Path(os.environ["VAR_DIR"])
    told = {
        "OIDC_URL": provider,
        "OIDC_CLIENT_ID": "rollout",
        "OIDC_CLIENT_SECRET": "rollout-secret",
        "OIDC_NAME": "Company",
    }
    folder = folder.with_name(f"{folder.name}-provider")
    with running_product(folder, ENGLISH.name, **told) as it:
        yield it


def test_way_to_the_provider_and_back(browser, product, provider):
    visitor = Visitor(browser, product.url, viewport=PHONE)
    page = visitor.open("/accounts/login/")
    assert violations_in_both_themes(page) == []

    # The provider knows nobody of ours at first.
    for email, heading in (("x@example.org", "Not signed in"), (EMAIL, "")):
        tell_of(provider, "somebody", email=email, email_verified=True)
        page.goto("/accounts/login/?next=/tasks/")
        page.get_by_role("button", name="Sign in with Company").click()
        page.wait_for_url(f"{provider}/**")
        visitor.watch.allow(403)
        page.locator("input[name=sub]").fill("somebody")
        page.locator("input[name=sub]").press("Enter")
        if heading:
            expect(page.locator("h1")).to_have_text(heading)
    expect(page).to_have_url(f"{product.url}/tasks/")

    # The provider's own page asks others for its looks.
    assert [fault for fault in visitor.leave() if fault.startswith(product.url)] == []
