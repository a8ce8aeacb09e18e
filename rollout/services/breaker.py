"""The breaker: while the mail server is down or refuses the login, nobody's mail is tried.

Held in the database, so that all workers together make at most two trial connections a
minute. The database's clock decides, as for leases.
"""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models.functions import Now

from rollout.models import Breaker

PAUSE = timedelta(seconds=30)


def may_connect() -> bool:
    """Whether a connection may be made now; an open breaker lets one trial through a pause."""
    rows = Breaker.objects.filter(server=server())
    if not rows.exists():
        return True
    return bool(rows.filter(retry_at__lte=Now()).update(retry_at=Now() + PAUSE))


def open_breaker(answer: str, at: datetime) -> None:
    """Called for a connection that failed. `since_at` stays that of the first failure."""
    values = {"answer": answer[:300], "retry_at": Now() + PAUSE}
    Breaker.objects.update_or_create(
        server=server(), defaults=values, create_defaults={**values, "since_at": at}
    )


def close_breaker() -> None:
    """Called for a connection that was made."""
    Breaker.objects.filter(server=server()).delete()


def server() -> str:
    """What the breaker stands for: the mail server, or the folder in the embedded run."""
    if settings.EMAIL_HOST:
        return f"{settings.EMAIL_HOST}:{settings.EMAIL_PORT}"
    return str(settings.MAIL_DIR)[-200:]
