"""All settings. Safe by default; what differs between machines comes from the environment.

A value that is missing or malformed stops the start with one line that names the
variable and the mend. Without `SITE_URL` this is the embedded run: SQLite, the bundled
Valkey, mail as files, 127.0.0.1 only. With it, it is production.
"""

import os
from pathlib import Path
from urllib.parse import unquote

from csp.constants import NONE, SELF

from rollout.environment import (
    as_bool,
    as_broker,
    as_database,
    as_days,
    as_folder,
    as_hosts,
    as_mail_server,
    as_port,
    as_sender,
    as_site,
    as_zone,
    fallback_keys,
    read,
    secret_key,
    stop,
)
from rollout.fixed_settings import *  # noqa: F403

BASE_DIR = Path(__file__).resolve().parent.parent

# --- Where this runs -----------------------------------------------------------------

VAR_DIR = read(
    "VAR_DIR",
    as_folder(BASE_DIR / "static", BASE_DIR / "var" / "static"),
    str(BASE_DIR / "var"),
    "Give a folder for Rollout alone, such as VAR_DIR=/srv/rollout.",
)
PORT = read(
    "PORT", as_port, "8000", "Give a number from 1 to 65535, such as PORT=8080."
)
DEBUG = read("DEBUG", as_bool, "0", "Use 1 or 0.")
_site = read(
    "SITE_URL",
    as_site,
    "",
    "Give the address users type, such as SITE_URL=https://rollout.example.org.",
)
PRODUCTION = _site is not None
SECURE = _site is not None and _site.scheme == "https"
SITE_URL = _site.geturl().rstrip("/") if _site else f"http://127.0.0.1:{PORT}"
ALLOWED_HOSTS = read(
    "ALLOWED_HOSTS",
    as_hosts(str(_site.hostname) if _site else ""),
    str(_site.hostname) if _site else "127.0.0.1,localhost",
    "Give host names separated by commas, never *.",
)
if PRODUCTION and DEBUG:
    stop("DEBUG", "is on in production", "Leave it out, or leave out SITE_URL.")

SECRET_KEY = secret_key(VAR_DIR, is_needed=PRODUCTION)
# What an earlier key signed stays good while it stands here: docs/operations.md.
SECRET_KEY_FALLBACKS = fallback_keys(SECRET_KEY)

# --- Sign-in -------------------------------------------------------------------------

from rollout.signin_settings import *  # noqa: E402, F403

# --- Django --------------------------------------------------------------------------

INSTALLED_APPS = [
    "rollout",
    "pilots",
    "regions",
    "rollout.apps.RolloutAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    *SIGN_IN_APPS,  # noqa: F405
    "crispy_forms",
    "crispy_bootstrap5",
    "csp",
    "django_htmx",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "regions.middleware.MethodMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "regions.middleware.SignInMiddleware",
    "regions.middleware.PersonMiddleware",
    "regions.middleware.SecondFactorMiddleware",
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
    as_database,
    "",
    "Give postgres://user:password@host:5432/name, or leave it out for SQLite.",
)
if PRODUCTION and not _database:
    stop("DATABASE_URL", "is missing", "Give postgres://user:password@host:5432/name.")
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
        # Past it the first by name go, running limits among them.
        "OPTIONS": {"MAX_ENTRIES": 100_000},
    }
}

_redis = read(
    "REDIS_URL",
    as_broker,
    "",
    "Give redis://host:6379/0, or leave it out for the bundled Valkey.",
)
if PRODUCTION and not _redis:
    stop("REDIS_URL", "is missing", "Give redis://host:6379/0.")
# `manage.py start` sets REDIS_URL to the bundled Valkey for the parts it starts.
# As it was given: putting the parsed parts together again loses a slash of a socket.
CELERY_BROKER_URL = os.environ["REDIS_URL"].strip() if _redis else "memory://"
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
    as_mail_server,
    "",
    "Give smtp+tls://user:password@host:587 (or smtps://, or smtp://).",
)
if PRODUCTION and not _email:
    stop("EMAIL_URL", "is missing", "Give smtp+tls://user:password@host:587.")
MAIL_DIR = VAR_DIR / "mail"
MAIL_PORTS = {"smtp": 25, "smtps": 465, "smtp+tls": 587}
EMAIL_HOST = (_email.hostname or "") if _email else ""
# The ports that RFC 8314 and 6409 give these ways.
EMAIL_PORT = (_email.port or MAIL_PORTS[_email.scheme]) if _email else 25
EMAIL_HOST_USER = unquote(_email.username or "") if _email else ""
EMAIL_HOST_PASSWORD = unquote(_email.password or "") if _email else ""
EMAIL_USE_TLS = _email is not None and _email.scheme == "smtp+tls"
EMAIL_USE_SSL = _email is not None and _email.scheme == "smtps"
DEFAULT_FROM_EMAIL = read(
    "MAIL_FROM",
    as_sender,
    f"rollout@{_site.hostname}" if _site else "rollout@example.org",
    "Give rollout@example.org, or Name <rollout@example.org>.",
)

# --- Language and time ---------------------------------------------------------------

LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = read(
    "TIME_ZONE",
    as_zone,
    "UTC",
    "Give an IANA zone, such as TIME_ZONE=Europe/Berlin.",
)

# --- Pages ---------------------------------------------------------------------------

STATIC_ROOT = BASE_DIR / "var" / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
# Attachments lie apart from all that is served as it is.
ATTACHMENT_DIR = VAR_DIR / "attachments"
KEEP_WITHDRAWN_DAYS = read(
    "KEEP_WITHDRAWN_DAYS", as_days, "30", "Give a number of days, such as 30."
)
KEEP_ENDED_DAYS = read(
    "KEEP_ENDED_DAYS", as_days, "1825", "Give a number of days, such as 1825."
)

# --- Security ------------------------------------------------------------------------

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        # Bootstrap draws the arrows of its selects as data: images.
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        # The sign-in elsewhere begins with a form, whose answer leads there.
        "form-action": [SELF, *OIDC_ORIGINS],  # noqa: F405
        "frame-ancestors": [NONE],
        # Previews of mails.
        "frame-src": [SELF],
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
