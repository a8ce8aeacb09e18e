"""The product's own processes on each sample, and people who visit them.

Both are shared by all journeys, so every journey leaves its rows as it found them and
none counts what others may have changed.
"""

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, expect, sync_playwright

from tests.services.product import Product, running_product

from .chromium import Visitor, running_chromium
from .samples import CHINESE, ENGLISH, PASSWORD, Sample

expect.set_options(timeout=20_000)


@pytest.hookimpl(tryfirst=True)  # before `-m` chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Journeys run in English, or in Chinese if so marked, and with the proof in the other
    one."""
    for item in items:
        sample = (
            item.callspec.params.get("sample") if hasattr(item, "callspec") else None
        )
        wanted = CHINESE if item.get_closest_marker("in_chinese") else ENGLISH
        # Other tests call the name of a sample so.
        if isinstance(sample, Sample) and sample is not wanted:
            item.add_marker(pytest.mark.long)


# --- What runs -----------------------------------------------------------------------


@pytest.fixture(
    scope="package", params=[ENGLISH, CHINESE], ids=lambda sample: sample.language
)
def sample(request: pytest.FixtureRequest) -> Sample:
    return request.param


@pytest.fixture(scope="package")
def product(sample: Sample) -> Iterator[Product]:
    """Started on an empty folder; at its end nothing of it may be left."""
    folder = Path(os.environ["VAR_DIR"])
    with running_product(
        folder.with_name(f"{folder.name}-{sample.name}"), sample.name
    ) as it:
        yield it


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    # Of the package: while Playwright runs, Django takes every test for asynchronous.
    with sync_playwright() as playwright, running_chromium(playwright) as browser:
        yield browser


# --- Who visits ----------------------------------------------------------------------


@pytest.fixture(scope="package")
def signed_in(
    product: Product, sample: Sample, browser: Browser
) -> Callable[[str], Any]:
    """The cookies of somebody who has signed in, once for all journeys."""
    kept: dict[str, Any] = {}

    def cookies(who: str) -> Any:
        if who not in kept:
            visitor = Visitor(browser, product.url)
            visitor.sign_in(sample.email(who), PASSWORD)
            kept[who] = visitor.context.storage_state()
            assert visitor.leave() == []
        return kept[who]

    return cookies


@pytest.fixture
def visit(
    product: Product, sample: Sample, browser: Browser, signed_in: Callable[[str], Any]
) -> Iterator[Callable[..., Visitor]]:
    """`visit("cio", viewport=PHONE)`: somebody signed in; without a name, a stranger."""
    visitors: list[Visitor] = []

    def come(who: str = "", **options: Any) -> Visitor:
        if who:
            options["storage_state"] = signed_in(who)
        options.setdefault(
            "locale", "zh-CN" if sample.language == "zh-hans" else "en-US"
        )
        visitors.append(Visitor(browser, product.url, **options))
        return visitors[-1]

    yield come
    assert [fault for visitor in visitors for fault in visitor.leave()] == []
