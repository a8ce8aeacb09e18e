"""The product's settings, with what only tests need changed."""

from rollout.settings import *  # noqa: F403
from rollout.settings import BASE_DIR, DATABASES, STORAGES, TEMPLATES, VAR_DIR
from tests.templates import UnknownVariable

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

# The manifest would need `collectstatic` before each run.
STORAGES = STORAGES | {
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
}
STATIC_ROOT = VAR_DIR / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

TEMPLATES[0]["OPTIONS"]["string_if_invalid"] = UnknownVariable(BASE_DIR / "templates")

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # A file, as in production: in memory SQLite knows no WAL and locks otherwise.
    DATABASES["default"]["TEST"] = {"NAME": VAR_DIR / "test.sqlite3"}
