"""Typed readers of the environment. Settings use them; a fault ends the start in one line."""

import os
import re
import secrets
from collections.abc import Callable
from contextlib import suppress
from email.utils import parseaddr
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import ParseResult, urlparse
from zoneinfo import ZoneInfo

T = TypeVar("T")
# A name or an address of a host; a dot ahead stands for all names below it.
HOST = re.compile(r"\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")
ADDRESS = re.compile(r"[^\s@<>,]+@[\w-]+(\.[\w-]+)*")


def stop(name: str, fault: str, mend: str) -> NoReturn:
    """End the start with one line. The value is never printed: it may be a secret."""
    raise SystemExit(f"Rollout cannot start: {name} {fault}. {mend}")


def read(name: str, parse: Callable[[str], T], default: str, mend: str) -> T:
    """The variable through `parse`, which raises ValueError for what it does not take."""
    raw = os.environ.get(name, "").strip() or default
    try:
        return parse(raw)
    except (ValueError, KeyError, OSError):
        stop(name, "is malformed", mend)


def as_bool(raw: str) -> bool:
    words = {
        "1": True,
        "true": True,
        "yes": True,
        "0": False,
        "false": False,
        "no": False,
    }
    return words[raw.lower()]


def as_port(raw: str) -> int:
    port = int(raw)
    if not 0 < port < 65536:
        raise ValueError(port)
    return port


def as_zone(raw: str) -> str:
    return ZoneInfo(raw).key


def as_hosts(raw: str) -> list[str]:
    hosts = [host.strip() for host in raw.split(",") if host.strip()]
    if not hosts or not all(HOST.fullmatch(host) for host in hosts):
        raise ValueError(raw)
    return hosts


def as_sender(raw: str) -> str:
    """An address, alone or as `Name <address>`."""
    _name, address = parseaddr(raw)
    if not ADDRESS.fullmatch(address) or not raw.rstrip(">").endswith(address):
        raise ValueError(raw)
    return raw


def as_url(*schemes: str) -> Callable[[str], ParseResult | None]:
    """A reader of addresses of these schemes; nothing given is None."""

    def parse(raw: str) -> ParseResult | None:
        if not raw:
            return None
        url = urlparse(raw)
        _port = url.port  # raises ValueError when it is no number
        if url.scheme not in schemes or not (url.hostname or url.path.strip("/")):
            raise ValueError(url.scheme)
        return url

    return parse


def secret_key(folder: Path, *, is_needed: bool) -> str:
    """SECRET_KEY; where it is not needed and not given, the one kept in `folder`."""
    key, mend = os.environ.get("SECRET_KEY", ""), "Give at least 50 random characters."
    if is_needed and not key:
        stop("SECRET_KEY", "is missing", mend)
    if key and len(key) < 50:
        stop("SECRET_KEY", "is too short", mend)
    return key or kept_key(folder)


def kept_key(folder: Path) -> str:
    """The generated secret key of the embedded run, made once and kept in `folder`."""
    path = folder / "secret-key"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
            # Two processes that start together agree on the key that is linked first.
            with suppress(FileExistsError):
                os.link(draft, path)
            draft.unlink()
        return path.read_text(encoding="ascii")
    except OSError as fault:
        stop(
            "VAR_DIR",
            f"({folder}) cannot be written ({fault.strerror})",
            "Make it writable, or choose another folder.",
        )
