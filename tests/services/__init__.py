"""Real services for the tests: PostgreSQL, Valkey and a mail server, none installed.

An early pytest plugin (`-p tests.services`): the database runs, and its address stands in
the environment, before Django reads its settings. All files lie in one temporary folder
per run. What is started here ends with the test process, even when that is killed by -9.
"""

import gc
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from .postgres import running_postgres
from .processes import free_port, run_folder
from .smtp import SmtpSink, running_smtp_sink
from .spreading import pytest_xdist_make_scheduler
from .valkey import running_valkey

__all__ = [
    "SmtpSink",
    "free_port",
    "pytest_xdist_make_scheduler",
    "running_smtp_sink",
    "running_valkey",
]

STORES = ("postgres", "sqlite")
# What the settings read: a developer's own values must not leak into the tests.
FOREIGN = (
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DEBUG",
    "EMAIL_URL",
    "MAIL_FROM",
    "OIDC_CLIENT_ID",
    "OIDC_CLIENT_SECRET",
    "OIDC_NAME",
    "OIDC_URL",
    "PORT",
    "REDIS_URL",
    "REQUIRE_SECOND_FACTOR",
    "SAMPLE",
    "SECRET_KEY",
    "SECRET_KEY_FALLBACKS",
    "SITE_URL",
    "TIME_ZONE",
)

_start_up = pytest.StashKey[float]()


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> None:
    """Runs before pytest-django reads the settings; xdist's workers inherit the result."""
    if worker := os.environ.get("PYTEST_XDIST_WORKER"):
        os.environ["VAR_DIR"] = str(Path(os.environ["VAR_DIR"]).with_name(worker))
        return
    store = os.environ.setdefault("DATABASE_STORE", "postgres")
    if store not in STORES:
        raise pytest.UsageError(f"DATABASE_STORE={store}: use {' or '.join(STORES)}.")
    for name in FOREIGN:
        os.environ.pop(name, None)
    services = ExitStack()
    early_config.add_cleanup(services.close)
    folder = services.enter_context(run_folder())
    os.environ["VAR_DIR"] = str(folder / "main")
    if store == "postgres" and not early_config.known_args_namespace.help:
        begun = time.monotonic()
        server = running_postgres(folder / "postgres")
        os.environ["DATABASE_URL"] = services.enter_context(server)
        early_config.stash[_start_up] = time.monotonic() - begun


def pytest_report_header(config: pytest.Config) -> str:
    took = config.stash.get(_start_up, None)
    store = os.environ["DATABASE_STORE"]
    return f"store: {store}" if took is None else f"store: {store}, up in {took:.1f} s"


def pytest_collection_finish() -> None:
    """What was imported and collected stays: the search for garbage passes over it."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000)


@pytest.fixture
def valkey() -> Iterator[str]:
    """The address of a fresh broker, for REDIS_URL."""
    # The path of a socket must stay under 108 bytes: tmp_path may be longer.
    with running_valkey(Path(os.environ["VAR_DIR"]).parent) as url:
        yield url


@pytest.fixture
def smtp_sink(settings: Any) -> Iterator[SmtpSink]:
    """A mail server that the settings point to."""
    with running_smtp_sink() as sink:
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        yield sink
