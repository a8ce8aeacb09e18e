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
LOOPBACK = ("localhost", "127.0.0.1", "::1")
# A name or an address of a host; a dot ahead stands for all names below it.
HOST = re.compile(r"\.?[\w-]+(\.[\w-]+)*|\[[0-9a-fA-F:.]+\]")
ADDRESS = re.compile(r"[^\s@<>,]+@[\w-]+(\.[\w-]+)*")
KEY_LENGTH, KEY_LETTERS = 50, 5
KEY_MEND = "Give at least 50 random characters without blanks."
OPEN_MEND = "Take their right away: chmod 600."
DAMAGED_MEND = "Restore the file, or delete it: all sign in anew then."


class Unfit(ValueError):  # noqa: N818 - said of a value, as the line says it
    """A value that is well formed and still must not be used; says what it is."""


def stop(name: str, fault: str, mend: str) -> NoReturn:
    """End the start with one line. The value is never printed: it may be a secret."""
    raise SystemExit(f"Rollout cannot start: {name} {fault}. {mend}")


def read(name: str, parse: Callable[[str], T], default: str, mend: str) -> T:
    """The variable through `parse`, which raises ValueError for what it does not take."""
    raw = os.environ.get(name, "").strip() or default
    try:
        # What no screen shows, a line break above all, would turn one value into two.
        if not raw.isprintable():
            raise ValueError(name)
        return parse(raw)
    except Unfit as fault:
        stop(name, str(fault), mend)
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
    # `int` alone would take 8_000 and the digits of other scripts.
    if not (raw.isascii() and raw.isdecimal() and 0 < int(raw) < 65536):
        raise ValueError(raw)
    return int(raw)


def as_days(raw: str) -> int:
    """A number of days, up to a hundred years."""
    if not (raw.isascii() and raw.isdecimal() and int(raw) <= 36_525):
        raise ValueError(raw)
    return int(raw)


def as_zone(raw: str) -> str:
    return ZoneInfo(raw).key


def as_hosts(needed: str) -> Callable[[str], list[str]]:
    """A reader of host names, which has to find the needed one among them."""

    def parse(raw: str) -> list[str]:
        hosts = [host.strip() for host in raw.split(",") if host.strip()]
        if "*" in hosts or any(host.rfind(".") == 0 for host in hosts):
            raise Unfit("is open to names of everybody")
        if not hosts or not all(HOST.fullmatch(host) for host in hosts):
            raise ValueError(raw)
        if needed and not any(_serves(host.lower(), needed) for host in hosts):
            raise Unfit("is without the host of SITE_URL")
        return hosts

    return parse


def _serves(host: str, name: str) -> bool:
    below = host.startswith(".") and (name.endswith(host) or name == host[1:])
    return below or host.strip("[]") == name


def as_sender(raw: str) -> str:
    """An address, alone or as `Name <address>`."""
    _name, address = parseaddr(raw)
    if not ADDRESS.fullmatch(address) or not raw.rstrip(">").endswith(address):
        raise ValueError(raw)
    return raw


def as_folder(*public: Path) -> Callable[[str], Path]:
    """A reader of folders; none may lie in one of those that everybody is served from."""

    def parse(raw: str) -> Path:
        if raw.startswith("~"):
            raise Unfit("is no full path")
        folder = Path(raw).resolve()
        if folder.exists() and not folder.is_dir():
            raise Unfit("is a file")
        if any(folder.is_relative_to(one) for one in public):
            raise Unfit("is a folder that everybody is served from")
        return folder

    return parse


def as_url(*schemes: str) -> Callable[[str], ParseResult | None]:
    """A reader of addresses of these schemes; nothing given is None."""

    def parse(raw: str) -> ParseResult | None:
        if not raw:
            return None
        url = urlparse(raw)
        port = url.port  # raises ValueError when it is no number
        if url.scheme not in schemes or port == 0 or " " in raw:
            raise ValueError(url.scheme)
        if not (url.hostname or url.path.strip("/")):
            raise ValueError(url.netloc)
        return url

    return parse


def as_site(raw: str) -> ParseResult | None:
    """Where users are led to: a host, and a port at most."""
    url = as_url("http", "https")(raw)
    if url is None:
        return None
    if not HOST.fullmatch(url.netloc.rpartition("@")[2].partition(":")[0] or "?"):
        raise ValueError(url.netloc)
    if url.username or url.password:
        raise Unfit("is with a password that every mail would tell")
    if url.path.strip("/") or url.query or url.fragment:
        raise Unfit("is more than a host")
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        raise Unfit("is without TLS, so that everybody on the way reads along")
    return url


def as_database(raw: str) -> ParseResult | None:
    url = as_url("postgres", "postgresql")(raw)
    if url and not url.path.strip("/"):
        raise Unfit("is without the name of a database")
    if url and (url.query or url.fragment):
        raise Unfit("is with options, which are not read")
    return url


def as_broker(raw: str) -> ParseResult | None:
    url = as_url("redis", "rediss", "redis+socket")(raw)
    number = url.path.strip("/") if url and url.scheme != "redis+socket" else ""
    if number and not number.isdecimal():
        raise ValueError(number)
    return url


def as_mail_server(raw: str) -> ParseResult | None:
    url = as_url("smtp", "smtps", "smtp+tls")(raw)
    if url is None:
        return None
    if not url.hostname or url.path.strip("/") or url.query:
        raise ValueError(url.path)
    if bool(url.username) != bool(url.password):
        raise Unfit("is with half a login")
    if url.password and url.scheme == "smtp" and url.hostname not in LOOPBACK:
        raise Unfit("is sending the password unprotected")
    return url


def as_provider(raw: str) -> ParseResult | None:
    """Who vouches for people: where nobody on the way can do it in its place."""
    url = as_url("http", "https")(raw)
    if url is None:
        return None
    if not url.hostname or url.query or url.fragment or url.username:
        raise ValueError(url.netloc)
    if url.scheme == "http" and url.hostname not in LOOPBACK:
        raise Unfit("is without TLS, so that anybody on the way signs in as anybody")
    return url


def all_or_none(*names: str) -> bool:
    """Whether these variables are given; ends the start when only some of them are."""
    missing = [name for name in names if not os.environ.get(name, "").strip()]
    if missing and len(missing) < len(names):
        stop(missing[0], "is missing", f"Give {', '.join(names)}, or none of them.")
    return not missing


def secret_key(folder: Path, *, is_needed: bool) -> str:
    """SECRET_KEY; where it is not needed and not given, the one kept in `folder`."""
    key = os.environ.get("SECRET_KEY", "").strip()
    if is_needed and not key:
        stop("SECRET_KEY", "is missing", KEY_MEND)
    if key:
        check_key("SECRET_KEY", key)
    return key or kept_key(folder)


def fallback_keys(key: str) -> list[str]:
    """SECRET_KEY_FALLBACKS: the keys before this one, the newest first, parted by blanks.

    What they signed is still good: sessions, and links in mails.
    """
    name = "SECRET_KEY_FALLBACKS"
    keys = os.environ.get(name, "").split()
    for one in keys:
        check_key(name, one)
    if key in keys or len(set(keys)) < len(keys):
        stop(name, "is naming a key twice", "Name each key before SECRET_KEY once.")
    return keys


def check_key(name: str, key: str) -> None:
    """End the start with one line for a key that can be guessed."""
    if not key.isprintable() or " " in key:
        stop(name, "is malformed", KEY_MEND)
    if len(key) < KEY_LENGTH:
        stop(name, "is too short", KEY_MEND)
    # As Django's own check of a deployment says it.
    if len(set(key)) < KEY_LETTERS or key.startswith("django-insecure-"):
        stop(name, "is easy to guess", KEY_MEND)


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
        key = path.read_text(encoding="ascii").strip()
        is_open = bool(path.stat().st_mode & 0o077)
    except UnicodeDecodeError:
        key, is_open = "", False
    except OSError as fault:
        place = f"({folder}) cannot be written ({fault.strerror})"
        stop("VAR_DIR", place, "Make it writable, or choose another folder.")
    if is_open:
        stop("SECRET_KEY", f"is kept where others read it ({path})", OPEN_MEND)
    if len(key) < KEY_LENGTH or len(set(key)) < KEY_LETTERS:
        stop("SECRET_KEY", f"is damaged where it is kept ({path})", DAMAGED_MEND)
    return key
