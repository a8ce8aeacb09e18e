"""One crowd on one store, and what came of it."""

import json
import subprocess
import sys
from contextlib import closing
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from statistics import quantiles

from benchmarks.faults.parts import ROOT, Part, base_environment, wait_for
from benchmarks.faults.stores import Store
from tests.services.processes import free_port

from .clients import crowd
from .oracle import faults

WHOLE = "-"
CONTROLS = ("no-lock", "no-version")


@dataclass(frozen=True)
class Outcome:
    store: str
    broken: str
    updates: int
    acknowledged: int
    refused: int
    p99_seconds: float
    faults: list[str]


def run(
    folder: Path,
    store: Store,
    *,
    clients: int,
    tasks: int,
    updates: int,
    broken: str = WHOLE,
) -> Outcome:
    """Arrange, start the web process, let all clients work, judge."""
    folder.mkdir()
    port = free_port()
    with store.running(folder, {}):
        environment = base_environment() | {
            "DJANGO_SETTINGS_MODULE": "rollout.settings",
            "VAR_DIR": str(folder),
            "PORT": str(port),
            **store.environment,
        }
        command = (sys.executable, "-m", "benchmarks.concurrency.arrange")
        made = json.loads(
            subprocess.run(
                (*command, str(clients), str(tasks)),
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.PIPE,
            ).stdout
        )
        words = ("-m", "benchmarks.concurrency.web", broken, str(port))
        web = Part("web", (sys.executable, *words), environment, folder)
        web.start()
        try:
            wait_for(lambda: _answers(port), "the web process")
            told = crowd(port, made["sessions"], made["tasks"], updates)
            found = faults(told, updates, store.rows)
        finally:
            web.end()
    p99 = quantiles(told.seconds, n=100)[98] if len(told.seconds) > 1 else 0.0
    count = len(told.acknowledged)
    return Outcome(store.name, broken, updates, count, told.refused, p99, found)


def _answers(port: int) -> bool:
    with closing(HTTPConnection("127.0.0.1", port, timeout=10)) as client:
        try:
            client.request("GET", "/accounts/login/")
            return client.getresponse().status == 200
        except (OSError, HTTPException):
            return False
