"""A provider of OpenID Connect in a process of its own, which everybody may tell of people."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import requests

from .processes import free_port, running

SECONDS = 5


@contextmanager
def running_provider(folder: Path) -> Iterator[str]:
    """Its address."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with running(
        *(sys.executable, "-W", "ignore", "-m", "oidc_provider_mock"),
        *("--port", str(port)),
        ready=lambda: _answers(address),
        log=folder / "provider.log",
        ends_by=signal.SIGKILL,
    ):
        yield address


def _answers(address: str) -> bool:
    page = f"{address}/.well-known/openid-configuration"
    with suppress(requests.ConnectionError):
        return requests.get(page, timeout=SECONDS).ok
    return False


def tell_of(address: str, sub: str, **claims: object) -> None:
    """What the provider says of somebody from now on."""
    requests.put(f"{address}/users/{sub}", json=claims, timeout=SECONDS)
