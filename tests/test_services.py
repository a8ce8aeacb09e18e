"""The services of the tests do what the tests rely on."""

import os
import signal
import smtplib
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest
import redis
from django.conf import settings
from django.db import connection

from tests.services.processes import run_folder


@pytest.mark.django_db
def test_database_is_the_store_that_was_asked_for():
    vendors = {"postgres": "postgresql", "sqlite": "sqlite"}

    assert connection.vendor == vendors[os.environ["DATABASE_STORE"]]


def test_files_lie_outside_the_checkout():
    assert settings.BASE_DIR not in settings.VAR_DIR.parents


def test_valkey_answers(valkey):
    path = valkey.removeprefix("redis+socket://").partition("?")[0]

    with redis.Redis(unix_socket_path=path) as client:
        client.set("word", "deed")

        assert client.get("word") == b"deed"


def send(sink, recipient="ceo@example.org"):
    with smtplib.SMTP(sink.host, sink.port) as client:
        text = "Subject: Call\r\n\r\nToday.\r\n"
        client.sendmail("rollout@example.org", [recipient], text)


def test_smtp_sink_keeps_envelope_and_bytes(smtp_sink):
    send(smtp_sink)

    [mail] = smtp_sink.accepted
    assert (mail.sender, mail.recipients) == (
        "rollout@example.org",
        ["ceo@example.org"],
    )
    assert mail.raw == b"Subject: Call\r\n\r\nToday.\r\n"
    assert mail.message["Subject"] == "Call"


def test_smtp_sink_answers_as_told_and_then_accepts(smtp_sink):
    smtp_sink.will_answer("RCPT", "550 5.1.1 unknown")
    smtp_sink.will_answer("DATA", "451 4.7.1 later")

    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(smtp_sink)
    with pytest.raises(smtplib.SMTPDataError):
        send(smtp_sink)
    send(smtp_sink)

    assert len(smtp_sink.accepted) == 1


HOLDER = """
import sys, time
from pathlib import Path
from tests.services.processes import run_folder
from tests.services.postgres import running_postgres
from tests.services.valkey import running_valkey
with run_folder() as folder:
    with running_postgres(folder / "postgres"), running_valkey(folder):
        print(folder, flush=True)
        time.sleep(60)
"""


def test_services_end_with_a_run_that_is_killed():
    run = subprocess.Popen(
        [sys.executable, "-c", HOLDER], stdout=subprocess.PIPE, cwd=settings.BASE_DIR
    )
    with run, run.stdout:
        folder = Path(run.stdout.readline().decode().strip())
        services = psutil.Process(run.pid).children(recursive=True)
        run.send_signal(signal.SIGKILL)

    _gone, alive = psutil.wait_procs(services, timeout=10)

    assert len(services) > 2
    assert alive == []
    sweep_after_a_while(folder)
    assert not folder.exists()


def sweep_after_a_while(folder):
    """The next run removes what a killed one left, once it is no longer young."""
    hour_ago = time.time() - 3600
    os.utime(folder, (hour_ago, hour_ago))
    with run_folder():
        pass
