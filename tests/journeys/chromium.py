"""Chromium with a watch on it: what a page must never do fails the test that opened it."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Playwright,
    Request,
    WebError,
)

DESKTOP = {"width": 1366, "height": 768}
PHONE = {"width": 360, "height": 740}
NARROWEST = {"width": 320, "height": 640}
OPTIONS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# Chromium tells of some violations in the console only, of all of them by this event.
TELL_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => console.error(
  `Policy violated: ${event.violatedDirective} ${event.blockedURI} ${event.sample}`));
"""
UNREACHED = re.compile(r"Failed to load resource: net::ERR_INTERNET_DISCONNECTED")
REFUSED = re.compile(r"Failed to load resource: .* status of (4\d\d)")


@contextmanager
def running_chromium(playwright: Playwright) -> Iterator[Browser]:
    """The system's own, as Playwright's is not on every machine."""
    sandbox = ("--no-sandbox",) if os.geteuid() == 0 else ()
    browser = playwright.chromium.launch(
        executable_path=shutil.which("chromium") or "/usr/bin/chromium",
        args=[*OPTIONS, *sandbox],
    )
    try:
        yield browser
    finally:
        browser.close()


class Watch:
    """Errors of pages, violated policies, requests to strangers: `faults` has them all."""

    def __init__(self, context: BrowserContext, origin: str) -> None:
        self.faults: list[str] = []
        self._origin = origin
        self._refusals: set[int] = set()
        self._is_cut_off = False
        context.add_init_script(TELL_VIOLATIONS)
        context.on("console", self._hear)
        context.on("weberror", self._note)
        context.on("request", self._see)

    def allow(self, *statuses: int) -> None:
        """The test itself makes requests that are answered so."""
        self._refusals.update(statuses)

    def allow_silence(self) -> None:
        """The test itself takes the network away."""
        self._is_cut_off = True

    def _hear(self, message: ConsoleMessage) -> None:
        refused = REFUSED.match(message.text)
        if refused and int(refused[1]) in self._refusals:
            return
        if self._is_cut_off and UNREACHED.match(message.text):
            return
        if message.type in ("error", "warning"):
            self.faults.append(f"{message.page and message.page.url}: {message.text}")

    def _note(self, fault: WebError) -> None:
        self.faults.append(f"{fault.page and fault.page.url}: {fault.error}")

    def _see(self, request: Request) -> None:
        if not request.url.startswith((f"{self._origin}/", "data:", "blob:")):
            self.faults.append(f"asked a stranger: {request.url}")


class Visitor:
    """One person at one machine: a browser of his own, with its watch."""

    def __init__(self, browser: Browser, origin: str, **options: Any) -> None:
        options = {"viewport": DESKTOP, **options}
        self.context = browser.new_context(base_url=origin, **options)
        self.context.set_default_timeout(20_000)
        self.watch = Watch(self.context, origin)
        self.page: Page = self.context.new_page()

    def open(self, path: str, status: int = 200) -> Page:
        """A page by its address."""
        if status >= 400:
            self.watch.allow(status)
        answer = self.page.goto(path)
        assert answer is not None
        assert answer.status == status, f"{path}: {answer.status}"
        return self.page

    def sign_in(self, email: str, password: str) -> None:
        page = self.open("/accounts/login/")
        page.locator("[name=login]").fill(email)
        page.locator("[name=password]").fill(password)
        page.locator("[name=password]").press("Enter")
        page.wait_for_url(lambda url: "/accounts/login/" not in url)

    def leave(self) -> list[str]:
        """Close the browser; what was wrong in it."""
        self.context.close()
        return self.watch.faults
