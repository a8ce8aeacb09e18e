"""A variable that is malformed ends every command with one line that names it and the mend."""

import os
import subprocess
import sys

import pytest

from tests.runs import ROOT

GOOD_KEY = "k" * 50


def imported_settings(**environment):
    """What a process says that reads the settings in this environment alone."""
    return subprocess.run(
        [sys.executable, "-c", "import rollout.settings"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "SECRET_KEY": GOOD_KEY, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*.example.org"),
        ("ALLOWED_HOSTS", "one two"),
        ("ALLOWED_HOSTS", "https://rollout.example.org"),
        ("DATABASE_URL", "mysql://localhost/rollout"),
        ("DEBUG", "perhaps"),
        ("EMAIL_URL", "mail.example.org"),
        ("MAIL_FROM", "rollout"),
        ("MAIL_FROM", "rollout@"),
        ("MAIL_FROM", "roll out@example.org"),
        ("PORT", "abc"),
        ("PORT", "65536"),
        ("REDIS_URL", "http://localhost:6379"),
        ("SECRET_KEY", "easy"),
        ("SITE_URL", "rollout.example.org"),
        ("TIME_ZONE", "Mars/Olympus"),
    ],
)
def test_a_malformed_variable_is_named_in_one_line_without_its_value(name, value):
    done = imported_settings(**{name: value})

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"Rollout cannot start: {name} is ")
    assert value not in line.split()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "rollout.example.org, 127.0.0.1,[::1],.example.org"),
        ("MAIL_FROM", "rollout@example.org"),
        ("MAIL_FROM", "ERP roll-out <rollout@example.org>"),
        ("PORT", "65535"),
        ("TIME_ZONE", "Asia/Shanghai"),
    ],
)
def test_what_is_well_formed_is_taken(name, value):
    done = imported_settings(**{name: value})

    assert (done.returncode, done.stderr) == (0, "")
