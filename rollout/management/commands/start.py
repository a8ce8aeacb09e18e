"""`manage.py start`: the whole of Rollout on this machine with one command.

Checks what it needs, prepares the database, starts broker, web, worker and beat, and stops
them together. In production each of them is run by itself.
"""

import http.client
import os
import signal
import sys
import time
from contextlib import closing, suppress
from functools import partial
from io import StringIO
from pathlib import Path
from types import FrameType
from typing import Any

from django.conf import settings
from django.core.management import CommandError, CommandParser, call_command
from django.core.management.base import BaseCommand
from django.db import Error as DatabaseError
from django.db import connection, connections
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from regions.models import Programme, User
from rollout.management import broker
from rollout.management.preflight import (
    HOST,
    check_embedded,
    check_port,
    check_setup,
    writable_folder,
)
from rollout.management.samples import chosen_sample, sample_signins
from rollout.management.supervisor import (
    STOPPING,
    CannotStart,
    Part,
    PartEnded,
    Supervisor,
    claim_parts,
    claim_run,
    die_with,
)
from rollout.models import Heartbeat
from rollout.queries.health import JOBS

FIRST_PAGE = "/accounts/login/"


class Command(BaseCommand):
    help = "Runs Rollout on this machine: web, worker, beat and, without REDIS_URL, a broker."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--parent",
            type=int,
            metavar="PID",
            help="stop when this parent process ends",
        )

    def handle(self, *, parent: int | None, **options: Any) -> None:
        take_signals()
        try:
            if parent is not None:
                die_with(parent, signal.SIGTERM)
            run()
        except KeyboardInterrupt:
            say("Rollout has stopped.")
        except (CannotStart, PartEnded) as fault:
            sys.exit(str(fault))


def say(line: str) -> None:
    # A terminal that is gone must not keep the parts from being stopped.
    with suppress(OSError):
        print(line, flush=True)  # noqa: T201 - a command talks to its terminal


def take_signals() -> None:
    """Let the first stopping signal end the run; those after it change nothing."""

    def pass_over(_number: int, _frame: FrameType | None) -> None:
        # Python reports a signal that comes in while its handler turns into SIG_IGN.
        pass

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        for number in STOPPING:
            signal.signal(number, pass_over)
        raise KeyboardInterrupt

    for number in STOPPING:
        # Who ignores hang-ups was started by nohup.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, interrupt)


def run() -> None:
    """Start everything and watch over it.

    Ends only by `CannotStart`, `PartEnded` or `KeyboardInterrupt`.
    """
    began = time.monotonic()
    os.umask(0o077)  # mails, records and logs are nobody else's
    check_embedded()
    folder = writable_folder(settings.VAR_DIR)
    run_lock = claim_run(folder, settings.SITE_URL)
    parts_lock = claim_parts(folder, say)
    check_setup()
    check_port(settings.PORT)
    sample = chosen_sample()
    supervisor = Supervisor(settings.BASE_DIR, folder / "log", parts_lock)
    # The lock goes before the parts: a start while they stop waits, and is not refused.
    with supervisor, run_lock:
        if not os.environ.get("REDIS_URL", "").strip():
            start_broker(supervisor, folder / "valkey")
        prepare_data(sample)
        for part in (web(), worker(), beat()):
            supervisor.start(part)
        supervisor.wait_until(first_page_answers, "The first page")
        took = time.monotonic() - began
        say(f"Rollout runs at {settings.SITE_URL} (ready in {took:.1f} s).")
        say_who_signs_in()
        say(f"Ctrl-C stops it; its logs are in {folder / 'log'}.")
        supervisor.watch()


# --- Data ----------------------------------------------------------------------------


def prepare_data(sample: Path | None) -> None:
    """Bring the database up to date, and the sample into an empty one.

    Raises `CannotStart` when either fails.
    """
    try:
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            say("Preparing the database…")
            call_command("migrate", verbosity=0, interactive=False)
        call_command("createcachetable", verbosity=0)
        if sample and not Programme.objects.exists() and not User.objects.exists():
            say(f"Loading the sample {sample.name}…")
            call_command("load_programme", str(sample), stdout=StringIO())
        seed_heartbeats()
    except DatabaseError as fault:
        name = connection.settings_dict["NAME"]
        place = "DATABASE_URL" if os.environ.get("DATABASE_URL") else name
        raise CannotStart(
            f"The database cannot be used ({first_line(fault)}). Check {place}."
        ) from fault
    except CommandError as fault:
        raise CannotStart(
            f"The data cannot be prepared: {first_line(fault)}"
        ) from fault
    finally:
        connections.close_all()


def seed_heartbeats() -> None:
    """The jobs are about to begin; without this the first seconds would look like silence."""
    for job in JOBS:
        Heartbeat.objects.update_or_create(job=job, defaults={"at": timezone.now()})


def first_line(fault: Exception) -> str:
    return (str(fault).strip() or type(fault).__name__).splitlines()[0]


def say_who_signs_in() -> None:
    signins = sample_signins()
    if signins:
        say("Sign in to the sample as:")
    for one in signins:
        say(f"  {one.email:28} password {one.password}   {one.who}")
    if not User.objects.filter(may_sign_in=True).exists():
        say("Nobody can sign in yet. Make the first account in another terminal:")
        # In another terminal the same folder has to be named again.
        folder = f"VAR_DIR={settings.VAR_DIR} " if "VAR_DIR" in os.environ else ""
        say(
            f"  {folder}.venv/bin/python manage.py add_person you@example.org "
            '--name "Your name" --role hq'
        )
    connections.close_all()


# --- Parts ---------------------------------------------------------------------------


def start_broker(supervisor: Supervisor, folder: Path) -> None:
    """Start the bundled broker, wait until it answers and tell the parts to come of it."""
    path = broker.socket_path(folder)
    supervisor.start(broker.part(path, folder))
    supervisor.wait_until(partial(broker.answers, path), "The bundled Valkey")
    os.environ["REDIS_URL"] = broker.url(path)


def web() -> Part:
    config = settings.BASE_DIR / "deploy" / "gunicorn.conf.py"
    address = f"{HOST}:{settings.PORT}"
    return python(
        "web", "gunicorn", f"--config={config}", f"--bind={address}", "rollout.wsgi"
    )


def worker() -> Part:
    quiet = ("--without-mingle", "--without-gossip")
    return celery(
        "worker", "--pool=threads", "--concurrency=4", *quiet, "--loglevel=INFO"
    )


def beat() -> Part:
    return celery("beat", "--pidfile=")


def celery(name: str, *options: str) -> Part:
    return python(name, "celery", "--app=rollout", name, *options)


def python(name: str, module: str, *arguments: str) -> Part:
    return Part(name, (sys.executable, "-m", module, *arguments))


def first_page_answers() -> bool:
    """Whether the web part answers, whatever it says."""
    with closing(http.client.HTTPConnection(HOST, settings.PORT, timeout=10)) as client:
        try:
            client.request("GET", FIRST_PAGE)
            client.getresponse()
        except (OSError, http.client.HTTPException):
            return False
    return True
