"""The accessibility checks of axe, and two that it does not make."""

import json
from typing import Any, Literal

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

STANDARDS = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
}
# Those of its rules that another theme can break.
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}
# Colours on their way from one theme to the other are nobody's colours.
RUN = """(document.getAnimations().forEach((one) => one.cancel()),
  axe.run(document, %s).then((found) => JSON.stringify(found.violations)))"""
HEARD = """new Promise((heard) => { const look = () =>
  matchMedia("(prefers-color-scheme: %s)").matches ? heard()
    : requestAnimationFrame(look); look(); })"""
# Playwright itself would wait for ever.
IN_TIME = """Promise.race([%s, new Promise((_, late) =>
  setTimeout(() => late(new Error("no answer within 30 s")), 30000))])"""


def evaluate(page: Page, script: str) -> Any:
    """As from the developer's console, which the page's own policy does not stop."""
    tools = page.context.new_cdp_session(page)
    try:
        answer = tools.send(
            "Runtime.evaluate",
            {"expression": script, "awaitPromise": True, "returnByValue": True},
        )
    finally:
        tools.detach()
    assert "exceptionDetails" not in answer, answer["exceptionDetails"]
    return answer["result"].get("value")


def violations(page: Page, rules: dict[str, Any] = STANDARDS) -> list[str]:
    """What axe finds, one line for each element."""
    # To preload, it would write style sheets of its own, which the policy forbids.
    options = {"runOnly": rules, "resultTypes": ["violations"], "preload": False}
    if not evaluate(page, "'axe' in window"):
        evaluate(page, AXE_SCRIPT)
    found = json.loads(evaluate(page, IN_TIME % (RUN % json.dumps(options))))
    return [
        f"{rule['id']}: {node['html'][:200]} ({node['failureSummary']})"
        for rule in found
        for node in rule["nodes"]
    ]


def violations_in_both_themes(page: Page) -> list[str]:
    show_in(page, "light")
    found = violations(page)
    show_in(page, "dark")
    return found + [f"dark: {line}" for line in violations(page, COLOURS)]


def show_in(page: Page, theme: Literal["light", "dark"]) -> None:
    """Returns when the page has heard of it, which may take a busy browser a while."""
    page.emulate_media(color_scheme=theme)
    evaluate(page, IN_TIME % (HEARD % theme))


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window."""
    return evaluate(
        page,
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
    )


def fonts_of(page: Page, selector: str) -> set[str]:
    """The families that the text of an element was really drawn with."""
    tools = page.context.new_cdp_session(page)
    try:
        tools.send("DOM.enable")
        tools.send("CSS.enable")
        root = tools.send("DOM.getDocument")["root"]["nodeId"]
        node = tools.send("DOM.querySelector", {"nodeId": root, "selector": selector})
        fonts = tools.send("CSS.getPlatformFontsForNode", {"nodeId": node["nodeId"]})
    finally:
        tools.detach()
    return {font["familyName"] for font in fonts["fonts"]}
