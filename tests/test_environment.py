"""What is missing, malformed or dangerous in the environment ends every start.

Within seconds, with one line that names the variable and the mend, and never the value.
"""

import hashlib
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.runs import MANAGE, ROOT

pytestmark = pytest.mark.any_store
SECONDS = 5.0
GOOD_KEY = hashlib.sha256(b"now").hexdigest()
OLD_KEY = hashlib.sha256(b"before").hexdigest()
# A production in which nothing is wrong.
PRODUCTION = {
    "SITE_URL": "https://rollout.example.org",
    "SECRET_KEY": GOOD_KEY,
    "SECRET_KEY_FALLBACKS": OLD_KEY,
    "DATABASE_URL": "postgres://rollout:x@localhost/rollout",
    "REDIS_URL": "redis://localhost:6379/0",
    "EMAIL_URL": "smtp+tls://rollout:x@mail.example.org",
}
# The start on one machine, where one variable at a time is given.
EMBEDDED: dict[str, str] = {"SECRET_KEY": GOOD_KEY}
PROVIDER = {
    "OIDC_URL": "https://id.example.org/realm",
    "OIDC_CLIENT_ID": "rollout",
    "OIDC_CLIENT_SECRET": "hidden",
}


class Case(NamedTuple):
    """A start that must be refused: in which environment, by which value, in which words."""

    base: dict[str, str]
    name: str
    value: str
    said: str


KEY = "Give at least 50 random characters without blanks."
SITE = "Give the address users type, such as SITE_URL=https://rollout.example.org."
HOSTS = "Give host names separated by commas, never *."
DATABASE = "Give postgres://user:password@host:5432/name, or leave it out for SQLite."
BROKER = "Give redis://host:6379/0, or leave it out for the bundled Valkey."
SERVER = "Give smtp+tls://user:password@host:587 (or smtps://, or smtp://)."
SENDER = "Give rollout@example.org, or Name <rollout@example.org>."
PORT = "Give a number from 1 to 65535, such as PORT=8080."
WITHDRAWN = "Give a number of days, such as 30."
ENDED = "Give a number of days, such as 1825."
ZONE = "Give an IANA zone, such as TIME_ZONE=Europe/Berlin."
FOLDER = "Give a folder for Rollout alone, such as VAR_DIR=/srv/rollout."
ELSEWHERE = "Give the address of the provider, such as OIDC_URL=https://id.example.org."
WHOLE = "Give OIDC_URL, OIDC_CLIENT_ID, OIDC_CLIENT_SECRET, or none of them."
MISSING = [
    Case(PRODUCTION, "SECRET_KEY", "", f"is missing. {KEY}"),
    Case(PRODUCTION, "DATABASE_URL", "",
         "is missing. Give postgres://user:password@host:5432/name."),
    Case(PRODUCTION, "REDIS_URL", " ", "is missing. Give redis://host:6379/0."),
    Case(PRODUCTION, "EMAIL_URL", "",
         "is missing. Give smtp+tls://user:password@host:587."),
    *(Case(EMBEDDED | PROVIDER, name, "", f"is missing. {WHOLE}") for name in PROVIDER),
]  # fmt: skip
MALFORMED = [
    Case(PRODUCTION, "SECRET_KEY", f"{GOOD_KEY} twice", f"is malformed. {KEY}"),
    Case(EMBEDDED, "DEBUG", "perhaps", "is malformed. Use 1 or 0."),
    Case(EMBEDDED, "REQUIRE_SECOND_FACTOR", "cio", "is malformed. Use 1 or 0."),
    Case(EMBEDDED, "SITE_URL", "rollout.example.org", f"is malformed. {SITE}"),
    Case(EMBEDDED, "SITE_URL", "ftp://rollout.example.org", f"is malformed. {SITE}"),
    Case(EMBEDDED, "SITE_URL", "https://roll out.example.org", f"is malformed. {SITE}"),
    Case(EMBEDDED, "SITE_URL", "https://*.example.org", f"is malformed. {SITE}"),
    Case(EMBEDDED, "SITE_URL", "https://a.example.org:abc", f"is malformed. {SITE}"),
    Case(EMBEDDED, "ALLOWED_HOSTS", "*.example.org", f"is malformed. {HOSTS}"),
    Case(EMBEDDED, "ALLOWED_HOSTS", "one two", f"is malformed. {HOSTS}"),
    Case(EMBEDDED, "ALLOWED_HOSTS", "https://a.example.org", f"is malformed. {HOSTS}"),
    Case(EMBEDDED, "ALLOWED_HOSTS", " , ", f"is malformed. {HOSTS}"),
    Case(EMBEDDED, "DATABASE_URL", "mysql://localhost/rollout",
         f"is malformed. {DATABASE}"),
    Case(EMBEDDED, "DATABASE_URL", "postgres://rollout:hid@den:x/rollout",
         f"is malformed. {DATABASE}"),
    Case(EMBEDDED, "REDIS_URL", "http://localhost:6379", f"is malformed. {BROKER}"),
    Case(EMBEDDED, "REDIS_URL", "redis://localhost:70000", f"is malformed. {BROKER}"),
    Case(EMBEDDED, "REDIS_URL", "redis://localhost/first", f"is malformed. {BROKER}"),
    Case(EMBEDDED, "EMAIL_URL", "mail.example.org", f"is malformed. {SERVER}"),
    Case(EMBEDDED, "EMAIL_URL", "smtp:///mail", f"is malformed. {SERVER}"),
    Case(EMBEDDED, "EMAIL_URL", "smtp://localhost:0", f"is malformed. {SERVER}"),
    Case(PRODUCTION | PROVIDER, "OIDC_URL", "id.example.org",
         f"is malformed. {ELSEWHERE}"),
    Case(EMBEDDED | PROVIDER, "OIDC_URL", "https://id.example.org/?a=b",
         f"is malformed. {ELSEWHERE}"),
    Case(EMBEDDED, "MAIL_FROM", "rollout", f"is malformed. {SENDER}"),
    Case(EMBEDDED, "MAIL_FROM", "rollout@", f"is malformed. {SENDER}"),
    Case(EMBEDDED, "MAIL_FROM", "roll out@example.org", f"is malformed. {SENDER}"),
    Case(EMBEDDED, "MAIL_FROM", "a@example.org\nBcc: b@example.org",
         f"is malformed. {SENDER}"),
    Case(EMBEDDED, "PORT", "abc", f"is malformed. {PORT}"),
    Case(EMBEDDED, "PORT", "0", f"is malformed. {PORT}"),
    Case(EMBEDDED, "PORT", "65536", f"is malformed. {PORT}"),
    Case(EMBEDDED, "PORT", "8_000", f"is malformed. {PORT}"),
    Case(EMBEDDED, "KEEP_ENDED_DAYS", "forever", f"is malformed. {ENDED}"),
    Case(EMBEDDED, "KEEP_WITHDRAWN_DAYS", "-1", f"is malformed. {WITHDRAWN}"),
    Case(EMBEDDED, "KEEP_WITHDRAWN_DAYS", "40000", f"is malformed. {WITHDRAWN}"),
    Case(EMBEDDED, "TIME_ZONE", "Mars/Olympus", f"is malformed. {ZONE}"),
    Case(EMBEDDED, "TIME_ZONE", "../../etc/passwd", f"is malformed. {ZONE}"),
]  # fmt: skip
DANGEROUS = [
    Case(PRODUCTION, "DEBUG", "1",
         "is on in production. Leave it out, or leave out SITE_URL."),
    Case(PRODUCTION, "REQUIRE_SECOND_FACTOR", "0",
         "is off in production. Leave it out, or leave out SITE_URL."),
    Case(PRODUCTION, "SECRET_KEY", GOOD_KEY[:49], f"is too short. {KEY}"),
    Case(PRODUCTION, "SECRET_KEY", "abcd" * 13, f"is easy to guess. {KEY}"),
    Case(PRODUCTION, "SECRET_KEY", f"django-insecure-{GOOD_KEY}",
         f"is easy to guess. {KEY}"),
    Case(PRODUCTION, "SECRET_KEY_FALLBACKS", f"{OLD_KEY} short", f"is too short. {KEY}"),
    Case(PRODUCTION, "SECRET_KEY_FALLBACKS", "k" * 50, f"is easy to guess. {KEY}"),
    Case(PRODUCTION, "SECRET_KEY_FALLBACKS", GOOD_KEY,
         "is naming a key twice. Name each key before SECRET_KEY once."),
    Case(PRODUCTION, "SITE_URL", "http://rollout.example.org",
         f"is without TLS, so that everybody on the way reads along. {SITE}"),
    Case(PRODUCTION, "SITE_URL", "https://me:hidden@rollout.example.org",
         f"is with a password that every mail would tell. {SITE}"),
    Case(PRODUCTION, "SITE_URL", "https://rollout.example.org/below",
         f"is more than a host. {SITE}"),
    Case(PRODUCTION, "ALLOWED_HOSTS", "rollout.example.org,*",
         f"is open to names of everybody. {HOSTS}"),
    Case(PRODUCTION, "ALLOWED_HOSTS", ".org", f"is open to names of everybody. {HOSTS}"),
    Case(PRODUCTION, "ALLOWED_HOSTS", "other.example.org",
         f"is without the host of SITE_URL. {HOSTS}"),
    Case(PRODUCTION, "DATABASE_URL", "postgres://rollout:hidden@localhost",
         f"is without the name of a database. {DATABASE}"),
    Case(PRODUCTION, "DATABASE_URL", "postgres://localhost/rollout?sslmode=require",
         f"is with options, which are not read. {DATABASE}"),
    Case(EMBEDDED | PROVIDER, "OIDC_URL", "http://id.example.org",
         "is without TLS, so that anybody on the way signs in as anybody. "
         f"{ELSEWHERE}"),
    Case(PRODUCTION, "EMAIL_URL", "smtp://rollout:hidden@mail.example.org",
         f"is sending the password unprotected. {SERVER}"),
    Case(PRODUCTION, "EMAIL_URL", "smtp+tls://rollout@mail.example.org",
         f"is with half a login. {SERVER}"),
    Case(EMBEDDED, "VAR_DIR", str(ROOT / "manage.py"), f"is a file. {FOLDER}"),
    Case(EMBEDDED, "VAR_DIR", "~/rollout", f"is no full path. {FOLDER}"),
    Case(EMBEDDED, "VAR_DIR", str(ROOT / "static" / "var"),
         f"is a folder that everybody is served from. {FOLDER}"),
]  # fmt: skip
CASES = [*MISSING, *MALFORMED, *DANGEROUS]
NAMES = [f"{number} {case.name}" for number, case in enumerate(CASES, 1)]


def ended(command, environment):
    """What a process says that this environment ends, and how long that took."""
    began = time.monotonic()
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done, time.monotonic() - began


def reading(environment):
    return ended([sys.executable, "-c", "import rollout.settings"], environment)


def test_at_least_forty_values_are_refused():
    assert len({(name, value) for _base, name, value, _said in CASES}) >= 40


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_value_is_refused_in_one_line_that_names_the_mend(case):
    done, took = reading(case.base | {case.name: case.value})

    assert done.stderr == f"Rollout cannot start: {case.name} {case.said}\n"
    assert (done.returncode, done.stdout) == (1, "")
    assert took < SECONDS


def test_no_line_tells_a_secret():
    """A line is the words above, to the letter; so it is enough that these tell none."""
    secrets = [GOOD_KEY[:49], OLD_KEY, "hidden", "abcdabcd", "k" * 50]
    given = "".join(value for _base, _name, value, _said in CASES)

    assert [one for one in secrets if one not in given] == []
    assert [one for one in secrets for case in CASES if one in case.said] == []


@pytest.mark.parametrize(
    ("base", "name", "value"),
    [
        (PRODUCTION, "SITE_URL", PRODUCTION["SITE_URL"]),
        (PRODUCTION, "SITE_URL", "https://rollout.example.org:8443/"),
        (PRODUCTION, "SITE_URL", "http://127.0.0.1:8000"),
        (PRODUCTION, "EMAIL_URL", "smtp://relay.example.org"),
        (PRODUCTION, "EMAIL_URL", "smtp://rollout:x@localhost:2525"),
        (PRODUCTION, "ALLOWED_HOSTS", "rollout.example.org, 127.0.0.1,[::1]"),
        (PRODUCTION, "ALLOWED_HOSTS", ".example.org"),
        (EMBEDDED, "SECRET_KEY_FALLBACKS", f"{OLD_KEY}  {OLD_KEY[::-1]}"),
        (EMBEDDED, "MAIL_FROM", "rollout@example.org"),
        (EMBEDDED, "MAIL_FROM", "ERP roll-out <rollout@example.org>"),
        (EMBEDDED, "KEEP_WITHDRAWN_DAYS", "0"),
        (PRODUCTION | PROVIDER, "OIDC_NAME", "Company"),
        (EMBEDDED | PROVIDER, "OIDC_URL", "http://127.0.0.1:5000"),
        (EMBEDDED, "PORT", "65535"),
        (EMBEDDED, "REDIS_URL", "redis+socket://localhost/run/valkey?virtual_host=0"),
        (EMBEDDED, "TIME_ZONE", "Asia/Shanghai"),
        (EMBEDDED, "VAR_DIR", "var/run"),
    ],
)
def test_what_is_well_formed_is_taken(base, name, value):
    done, _took = reading(base | {name: value})

    assert (done.returncode, done.stderr) == (0, "")


# --- The key that is made and kept by itself -----------------------------------------


@pytest.mark.parametrize(
    ("kept", "mode", "said"),
    [
        (b"", 0o600, "is damaged where it is kept ({path}). Restore the file, or delete "
         "it: all sign in anew then."),
        (b"\xff" * 60, 0o600, "is damaged where it is kept ({path}). Restore the file, or "
         "delete it: all sign in anew then."),
        (GOOD_KEY.encode(), 0o644, "is kept where others read it ({path}). Take their "
         "right away: chmod 600."),
    ],
)  # fmt: skip
def test_kept_key_that_is_damaged_or_open_is_refused(kept, mode, said, tmp_path):
    path = tmp_path / "secret-key"
    path.write_bytes(kept)
    path.chmod(mode)

    done, took = reading({"VAR_DIR": str(tmp_path)})

    line = f"Rollout cannot start: SECRET_KEY {said.format(path=path)}\n"
    assert (done.stderr, done.returncode) == (line, 1)
    assert took < SECONDS


def test_kept_key_is_made_once_for_its_owner_alone(tmp_path):
    path = tmp_path / "secret-key"

    reading({"VAR_DIR": str(tmp_path)})
    first = path.read_text()
    done, _took = reading({"VAR_DIR": str(tmp_path)})

    assert (done.stderr, path.read_text()) == ("", first)
    assert (len(first) >= 50, path.stat().st_mode & 0o777) == (True, 0o600)


# --- Every door that an operator starts ----------------------------------------------

BIN = Path(sys.executable).parent
DOORS = {
    "start": [*MANAGE, "start"],
    "migrate": [*MANAGE, "migrate"],
    "check": [*MANAGE, "check", "--deploy"],
    "web": [str(BIN / "gunicorn"), "--config=deploy/gunicorn.conf.py",
            "--bind=127.0.0.1:0", "rollout.wsgi"],
    "worker": [str(BIN / "celery"), "--app=rollout", "worker", "--without-mingle"],
    "beat": [str(BIN / "celery"), "--app=rollout", "beat", "--pidfile="],
}  # fmt: skip


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize(
    "case",
    [MISSING[0], MALFORMED[0], DANGEROUS[-4]],
    ids=["missing", "malformed", "dangerous"],
)
def test_every_process_refuses_it_alike(door, case):
    done, took = ended(DOORS[door], case.base | {case.name: case.value})

    assert done.stderr == f"Rollout cannot start: {case.name} {case.said}\n"
    assert (done.returncode, done.stdout) == (1, "")
    assert took < SECONDS


# --- Django's own checks of a deployment ---------------------------------------------

CHECK = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]


def test_checks_of_a_deployment_find_nothing_and_none_is_silenced():
    done, _took = ended(CHECK, PRODUCTION)

    assert done.stdout == "System check identified no issues (0 silenced).\n"
    assert (done.returncode, done.stderr) == (0, "")


def test_checks_of_a_deployment_find_what_is_wrong():
    """The control: without TLS, as on one machine, they do complain."""
    done, _took = ended(CHECK, PRODUCTION | {"SITE_URL": "http://localhost"})

    assert done.returncode == 1
    assert "(security.W008) Your SECURE_SSL_REDIRECT" in done.stderr
