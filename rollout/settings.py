"""All settings. Safe by default; what differs between machines comes from the environment.

A value that is missing or malformed stops the start with one line that names the
variable and the mend. Without `SITE_URL` this is the embedded run: SQLite, the bundled
Valkey, mail as files, 127.0.0.1 only. With it, it is production.
"""

import os
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import NoReturn, TypeVar
from urllib.parse import ParseResult, unquote, urlparse
from zoneinfo import ZoneInfo

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
T = TypeVar("T")


# --- Reading the environment ---------------------------------------------------------


def stop(name: str, fault: str, mend: str) -> NoReturn:
    """End the start with one line; the value itself is never printed (it may be secret)."""
    raise SystemExit(f"Rollout cannot start: {name} {fault}. {mend}")


def read(name: str, parse: Callable[[str], T], default: str, mend: str) -> T:
    raw = os.environ.get(name, "").strip() or default
    try:
        return parse(raw)
    except (ValueError, KeyError, OSError):
        stop(name, "is malformed", mend)


def as_bool(raw: str) -> bool:
    return {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}[
        raw.lower()
    ]


def as_url(*schemes: str) -> Callable[[str], ParseResult | None]:
    def parse(raw: str) -> ParseResult | None:
        if not raw:
            return None
        url = urlparse(raw)
        has_host = bool(url.hostname) or bool(url.path.strip("/"))
        _port = url.port  # raises ValueError when it is no number
        if url.scheme not in schemes or not has_host:
            raise ValueError(url.scheme)
        return url

    return parse


def as_port(raw: str) -> int:
    port = int(raw)
    if not 0 < port < 65536:
        raise ValueError(port)
    return port


# --- Where this runs -----------------------------------------------------------------

VAR_DIR = read("VAR_DIR", lambda raw: Path(raw).resolve(), str(BASE_DIR / "var"), "Give a folder.")
PORT = read("PORT", as_port, "8000", "Give a number from 1 to 65535, for example PORT=8080.")
DEBUG = read("DEBUG", as_bool, "0", "Use 1 or 0.")
_site = read(
    "SITE_URL",
    as_url("http", "https"),
    "",
    "Give the address users type, for example SITE_URL=https://rollout.example.org.",
)
PRODUCTION = _site is not None
SECURE = PRODUCTION and _site is not None and _site.scheme == "https"
SITE_URL = _site.geturl().rstrip("/") if _site else f"http://127.0.0.1:{PORT}"
_local = ["127.0.0.1", "localhost"]
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    lambda raw: [host.strip() for host in raw.split(",") if host.strip()],
    ",".join([str(_site.hostname)] if _site else _local),
    "Give host names separated by commas.",
)


def secret_key() -> str:
    """The key from the environment; the embedded run keeps a generated one in `var/`."""
    if key := os.environ.get("SECRET_KEY", ""):
        if len(key) < 50:
            stop("SECRET_KEY", "is too short", "Give at least 50 random characters.")
        return key
    if PRODUCTION:
        stop("SECRET_KEY", "is missing", "Give at least 50 random characters.")
    path = VAR_DIR / "secret-key"
    try:
        VAR_DIR.mkdir(parents=True, exist_ok=True)
        if not path.exists():
            draft = path.with_suffix(f".{os.getpid()}")
            draft.touch(mode=0o600)
            draft.write_text(secrets.token_urlsafe(64), encoding="ascii")
            draft.rename(path)
        return path.read_text(encoding="ascii")
    except OSError as fault:
        stop("VAR_DIR", f"({VAR_DIR}) cannot be written: {fault.strerror}", "Make it writable.")


SECRET_KEY = secret_key()

# --- Django --------------------------------------------------------------------------

INSTALLED_APPS = [
    "rollout",
    "pilots",
    "regions",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "regions.middleware.PersonMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]

ROOT_URLCONF = "rollout.urls"
WSGI_APPLICATION = "rollout.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "rollout.views.shell.shell",
            ],
        },
    },
]

# --- Stores --------------------------------------------------------------------------

_database = read(
    "DATABASE_URL",
    as_url("postgres", "postgresql"),
    "",
    "Give postgres://user:password@host:5432/name, or leave it out for SQLite.",
)
if _database:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": unquote(_database.path.lstrip("/")),
            "USER": unquote(_database.username or ""),
            "PASSWORD": unquote(_database.password or ""),
            "HOST": _database.hostname or "",
            "PORT": str(_database.port or ""),
            "CONN_MAX_AGE": 60,
            "CONN_HEALTH_CHECKS": True,
        }
    }
else:
    DATABASES = {
        "default": {
            "ENGINE": "django.db.backends.sqlite3",
            "NAME": VAR_DIR / "rollout.sqlite3",
            # IMMEDIATE takes the write lock at BEGIN: a reader that turns writer in the
            # middle of a transaction would fail with "database is locked" at once.
            "OPTIONS": {
                "timeout": 20,
                "transaction_mode": "IMMEDIATE",
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL",
            },
        }
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# allauth counts failed sign-ins here. In the database, so that the limits hold over all
# processes and no page waits for the broker.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "cache",
    }
}

_redis = read(
    "REDIS_URL",
    as_url("redis", "rediss", "redis+socket"),
    "",
    "Give redis://host:6379/0, or leave it out for the bundled Valkey.",
)
CELERY_BROKER_URL = _redis.geturl() if _redis else "memory://"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 300
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
}
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"
CELERY_TIMEZONE = "UTC"

# --- Mail ----------------------------------------------------------------------------

# With EMAIL_URL mail goes out by SMTP, without it as files into MAIL_DIR.
_email = read(
    "EMAIL_URL",
    as_url("smtp", "smtps", "smtp+tls"),
    "",
    "Give smtp+tls://user:password@host:587 (or smtps://, or smtp://).",
)
MAIL_DIR = VAR_DIR / "mail"
EMAIL_HOST = (_email.hostname or "") if _email else ""
EMAIL_PORT = (_email.port or 25) if _email else 25
EMAIL_HOST_USER = unquote(_email.username or "") if _email else ""
EMAIL_HOST_PASSWORD = unquote(_email.password or "") if _email else ""
EMAIL_USE_TLS = bool(_email) and _email.scheme == "smtp+tls"
EMAIL_USE_SSL = bool(_email) and _email.scheme == "smtps"
DEFAULT_FROM_EMAIL = os.environ.get("MAIL_FROM", "").strip() or (
    f"rollout@{_site.hostname}" if _site else "rollout@example.org"
)
SERVER_EMAIL = DEFAULT_FROM_EMAIL

# --- Sign-in -------------------------------------------------------------------------

AUTH_USER_MODEL = "regions.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "rollout:home"
ACCOUNT_ADAPTER = "regions.signin.Adapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_FORMS = {"login": "regions.forms.SignInForm"}
SESSION_COOKIE_AGE = 14 * 24 * 3600

# --- Language and time ---------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = read(
    "TIME_ZONE",
    lambda raw: ZoneInfo(raw).key,
    "UTC",
    "Give an IANA zone, for example TIME_ZONE=Europe/Berlin.",
)

# --- Pages ---------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
FORMAT_MODULE_PATH = "rollout.formats"

# --- Security ------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap draws the arrows of its selects as data: images.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
SECURE_SSL_REDIRECT = SECURE
SESSION_COOKIE_SECURE = SECURE
CSRF_COOKIE_SECURE = SECURE
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SECURE else None
SECURE_REFERRER_POLICY = "same-origin"
CSRF_TRUSTED_ORIGINS = [SITE_URL] if PRODUCTION else []
SESSION_COOKIE_NAME = "rollout_session"
X_FRAME_OPTIONS = "DENY"

# --- Logs ----------------------------------------------------------------------------

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": "INFO"},
    "loggers": {
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}
