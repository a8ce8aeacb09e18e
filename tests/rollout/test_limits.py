"""Limits of the sign-in, over two processes of the web server on one store."""

import os
import re
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
import requests
from django.db import connection

from tests.factories import make_user
from tests.history_guard import unrecorded
from tests.runs import ROOT
from tests.services import free_port
from tests.services.processes import running

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.processes,
    pytest.mark.long,
]
EMAIL = "staff@example.org"
WRONG, STOPPED = "are not correct", "Too many failed login attempts"


def environment(folder):
    """A product of its own, on the tables of this test."""
    name = str(connection.settings_dict["NAME"])
    known = {"PATH": os.environ["PATH"], "VAR_DIR": str(folder)}
    if connection.vendor == "postgresql":
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}")
        return known | {"DATABASE_URL": url.geturl()}
    (folder / "rollout.sqlite3").symlink_to(name)
    return known


@contextmanager
def served(folder, env):
    """The address of a web process of the product."""
    address = f"127.0.0.1:{free_port()}"
    with running(
        *(sys.executable, "-m", "gunicorn", "--config=deploy/gunicorn.conf.py"),
        *(f"--bind={address}", "rollout.wsgi"),
        ready=lambda: answers(address),
        log=folder / f"{address}.log",
        ends_by=signal.SIGTERM,
        env=env,
        cwd=ROOT,
    ):
        yield f"http://{address}"


@pytest.fixture
def doors(tmp_path):
    """The addresses of two processes that know of each other by the store only."""
    env = environment(tmp_path)
    with served(tmp_path, env) as one, served(tmp_path, env) as other:
        yield [one, other]


def answers(address):
    try:
        return requests.get(f"http://{address}/health", timeout=30).status_code < 600
    except requests.ConnectionError:
        return False


def posted(door, path, **fields):
    browser = requests.Session()
    page = browser.get(f"{door}/accounts/login/", timeout=30).text
    token = re.search('name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    fields["csrfmiddlewaretoken"] = token
    return browser.post(f"{door}{path}", fields, timeout=60)


def guess(door, email=EMAIL):
    page = posted(door, "/accounts/login/", login=email, password="wrong").text
    [said] = [words for words in (WRONG, STOPPED) if words in page]
    return said


def test_guesses_and_links_are_counted_together(doors):
    one, other = doors
    with unrecorded():
        make_user(EMAIL)

    # At once and spread over both: five are answered, and from then on none.
    with ThreadPoolExecutor(7) as threads:
        said = list(threads.map(guess, [one, other, one, other, one, other, one]))
    assert 1 <= said.count(WRONG) <= 5
    said += [guess(other)]
    assert (said[-1], said.count(WRONG) <= 5) == (STOPPED, True)
    # It is this address that is stopped, not everybody.
    assert guess(other, "nobody@example.org") == WRONG

    codes = [
        posted(door, "/sign-in/", email=EMAIL).status_code
        for door in (one, other, one, other)
    ]
    assert codes == [200, 200, 200, 429]
    assert posted(other, "/sign-in/", email="a@example.org").status_code == 200
