"""Markup in every text of every row stays text: on no page, in no mail does it run.

The pages are the product's own answers; Chromium shows them without the policy that would
forbid a script, so that what is not escaped is seen to run.
"""

import os
from email import message_from_bytes, policy
from urllib.parse import urlsplit

import pytest
from django.contrib.staticfiles import finders
from django.db.models import QuerySet
from django.urls import reverse
from playwright.sync_api import sync_playwright

from rollout import reminders
from rollout.services import mail
from tests.admin_rows import one_of_each
from tests.factories import NOW
from tests.history_guard import unrecorded
from tests.journeys.chromium import running_chromium
from tests.markers import fillable
from tests.matrix import Ask, make_world, send, undone
from tests.opened import open_history, open_playbook
from tests.permissions import rows
from tests.test_permissions_admin import OF_MODEL
from tests.texts import our_models

pytestmark = [
    pytest.mark.browser,
    pytest.mark.usefixtures("frozen"),
]

SITE = "https://rollout.example.org"
READ = [row.name for row in rows() if row.method == "GET"]
# It ends what stands around it, and is an element, a script and a handler.
MARKUP = "\"'>--></script><img data-markup src=x onerror=ran=1><script>ran=1</script>"
# For fields that hold little.
SHORT = "<b data-markup>"


@pytest.fixture
def world(db):
    made = make_world()
    one_of_each(7)
    with unrecorded(), open_history(), open_playbook():
        for model in our_models():
            for row in model._default_manager.all():
                put_markup(row)
    return made


def put_markup(row):
    texts = {field.name: words_for(field.max_length, row.pk) for field in fillable(row)}
    if texts:
        QuerySet(type(row)).filter(pk=row.pk).update(**texts)


def words_for(room, number):
    """No two rows are named alike."""
    return next(
        words
        for words in (f"{MARKUP}{number}", f"{SHORT}{number}", SHORT)
        if room is None or len(words) <= room
    )


# --- What the product answers --------------------------------------------------------


def answers(world, role, paths):
    """The pages somebody gets, by a name of each."""
    found = {}
    for name, path in paths:
        with undone():
            answer = send(world.clients[role], Ask("GET", path))
        if answer["Content-Type"].startswith("text/html"):
            found[f"{role} {name}"] = answer.content
    return found


def pages_of(world, role):
    asks = ((name, Ask.of(name, "GET", world.north).path) for name in READ)
    return answers(world, role, [*asks, ("search", "/regions/?q=%3Cb+data-markup%3E")])


def pages_of_the_admin(world):
    paths = [("index", reverse("admin:index"))]
    for start, model in OF_MODEL.items():
        row = model._default_manager.order_by("id").last()
        for page in ("changelist", "add", "change", "history", "delete"):
            args = [row.pk] if page in ("change", "history", "delete") else []
            paths.append((f"{start} {page}", reverse(f"{start}_{page}", args=args)))
    return answers(world, "hq", paths)


def mails(folder):
    """What a mail program would show of the mails that are sent now."""
    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)
    found = {}
    for path in folder.glob("*.eml"):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        html = message.get_body(("html",)).get_content()
        found[f"mail {message['Subject']}"] = html.encode()
    return found


# --- What the browser makes of it ----------------------------------------------------


def serve(route, pages):
    """The page that is asked for by its number, or a file of the product's own."""
    path = urlsplit(route.request.url).path
    if path in pages:
        return route.fulfill(body=pages[path], content_type="text/html; charset=utf-8")
    file = path.startswith("/static/") and finders.find(path.removeprefix("/static/"))
    if not file:
        return route.fulfill(status=404)
    return route.fulfill(path=file)


FOUND = """Boolean(window.ran) || document.querySelector("[data-markup]") !== null"""


def markup_in(answered):
    """The pages on which some of the markup became an element or ran; and all were shown."""
    numbered = {f"/page/{n}": body for n, body in enumerate(answered.values())}
    found = []
    with sync_playwright() as playwright, running_chromium(playwright) as browser:
        page = browser.new_page(bypass_csp=True)
        page.route("**/*", lambda route: serve(route, numbered))
        for path, name in zip(numbered, answered, strict=True):
            page.goto(SITE + path)
            if any(frame.evaluate(FOUND) for frame in page.frames):
                found.append(name)
    return found


@pytest.fixture(autouse=True)
def _rows_are_read_before(monkeypatch):
    """Playwright's loop runs while the database of the test is closed behind it."""
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "1")


# --- The tests -----------------------------------------------------------------------


@pytest.mark.long
@pytest.mark.parametrize(
    "role", ["hq", "cio", "liaison", "manager", "staff", "anonymous"]
)
def test_on_pages(role, world):
    answered = pages_of(world, role)

    assert sum(b"data-markup" in body for body in answered.values()) >= (
        0 if role == "anonymous" else 8
    )
    assert markup_in(answered) == []


@pytest.mark.long
def test_in_the_administration(world):
    answered = pages_of_the_admin(world)

    assert sum(b"data-markup" in body for body in answered.values()) >= len(OF_MODEL)
    assert markup_in(answered) == []


def test_in_mails(world, settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"

    answered = mails(settings.MAIL_DIR)

    assert any(b"data-markup" in body for body in answered.values())
    assert markup_in(answered) == []


def test_what_is_not_escaped_is_seen():
    pages = {
        "text": f"<p title='{MARKUP}'>".encode(),
        "element": f"<p>{SHORT}</p>".encode(),
        "script": f"<script>const a = '{MARKUP}'</script>".encode(),
        "frame": b"<iframe srcdoc='<b data-markup>'></iframe>",
        "escaped": b"<p>&lt;b data-markup&gt;</p>",
    }

    assert markup_in(pages) == ["text", "element", "script", "frame"]
