"""The watch on the browser hears what it must, or all other journeys prove little."""

import pytest

from .axe import evaluate, overflow, violations, violations_in_both_themes
from .chromium import NARROWEST

pytestmark = [pytest.mark.browser, pytest.mark.processes]


def faults_after(visitor, script):
    evaluate(visitor.page, script)
    # What the browser has to say comes before its answer to a later request.
    visitor.open("/accounts/login/")
    heard, visitor.watch.faults = visitor.watch.faults, []
    return heard


@pytest.mark.parametrize(
    ("script", "word"),
    [
        ("document.body.setAttribute('style', 'color: red')", "style-src"),
        ("document.body.innerHTML += '<img src=https://example.org/i.png>'", "img-src"),
        ("setTimeout(() => nothing.at.all)", "nothing is not defined"),
        ("console.error('a word of warning')", "a word of warning"),
        ("fetch('/no/such/page/')", "404"),
    ],
)
def test_fault_of_a_page_is_heard(visit, script, word):
    visitor = visit()
    visitor.open("/accounts/login/")

    heard = faults_after(visitor, script)

    assert any(word in fault for fault in heard), heard


def test_planted_fault_of_one_theme_is_found(visit):
    page = visit().open("/accounts/login/")
    evaluate(page, "document.querySelector('h1').className = 'is-dark'")
    evaluate(
        page,
        """document.adoptedStyleSheets = [new CSSStyleSheet()];
        document.adoptedStyleSheets[0].insertRule(
          "@media (prefers-color-scheme: dark) { .is-dark { color: #222 } }")""",
    )

    found = violations_in_both_themes(page)

    assert [line.split(":")[:2] for line in found] == [["dark", " color-contrast"]]


def test_planted_barrier_is_found(visit):
    page = visit().open("/accounts/login/")
    page.set_viewport_size(NARROWEST)
    evaluate(
        page,
        "document.querySelector('main').innerHTML = '<button></button><hr width=999>'",
    )

    assert [line.split(":")[0] for line in violations(page)] == ["button-name"]
    assert overflow(page) > 0
