"""Whether this runs and delivers: for machines as JSON, for headquarters and CIO as a banner."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.db import Error as DatabaseError
from django.http import HttpRequest, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from regions.wording import clock, moment
from rollout.queries.health import Health, is_migrated
from rollout.queries.health import health as health_at

LOGIN_REFUSED = ("530", "534", "535")


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """200 while all is well, else 503; open, as whoever watches has no account."""
    facts = _facts(timezone.now())
    status = 200 if facts["ready"] and facts["delivering"] else 503
    return JsonResponse(facts, status=status)


def _facts(at: datetime) -> dict[str, Any]:
    try:
        ready, found = is_migrated(), health_at(at)
    except DatabaseError:
        return {"live": True, "ready": False, "delivering": False}
    refusal = found.refusal
    return {
        "live": True,
        "ready": ready,
        "delivering": found.is_delivering,
        "oldest_unsent_seconds": int(found.oldest_unsent.total_seconds()),
        "heartbeats": {
            job: int((at - seen).total_seconds()) for job, seen in found.seen.items()
        },
        "mail_server": (refusal.answer or "no answer") if refusal else "ok",
    }


@dataclass(frozen=True)
class Trouble:
    """Why no mail goes out, since when, and what helps."""

    what: str
    mend: str
    url: str = ""


def trouble(at: datetime) -> Trouble | None:
    """The first of what is the matter; the others often follow from it."""
    found = health_at(at)
    if found.silent:
        return _silence(found)
    if found.is_refused and found.refusal is not None:
        said = {
            "since": _since(found.refusal.since_at, at),
            "answer": found.refusal.answer or _("no answer"),
        }
        return _refusal(said)
    if found.is_waiting and found.oldest_due_at is not None:
        since = _since(found.oldest_due_at, at)
        return Trouble(
            what=_("Mail waits: the oldest should have gone at %(since)s.")
            % {"since": since},
            mend=_(
                "Look at what waits; if it is many, whoever runs Rollout looks into the log of the worker."
            ),
            url=reverse("rollout:mail-list"),
        )
    return None


def _silence(found: Health) -> Trouble:
    seen = [found.seen[job] for job in found.silent if job in found.seen]
    mend = _(
        "Whoever runs Rollout starts worker and beat again; what is due goes out then."
    )
    if not seen:
        return Trouble(_("No mail is going out: no worker has answered yet."), mend)
    since = {"since": _since(max(seen), found.at)}
    return Trouble(
        _("No mail is going out: no worker answers since %(since)s.") % since, mend
    )


def _refusal(said: dict[str, str]) -> Trouble:
    if said["answer"].startswith(LOGIN_REFUSED):
        return Trouble(
            _(
                "No mail is going out: the mail server refuses the login since %(since)s (%(answer)s)."
            )
            % said,
            _(
                "Whoever runs Rollout mends user and password in EMAIL_URL; what is due goes out then."
            ),
        )
    return Trouble(
        _(
            "No mail is going out: the mail server takes none since %(since)s (%(answer)s)."
        )
        % said,
        _(
            "Whoever runs Rollout looks at the mail server and at EMAIL_URL; what is due goes out by itself once it answers."
        ),
    )


def _since(since: datetime, at: datetime) -> str:
    """The time; with its day when that is not today, in the reader's zone."""
    local, now = timezone.localtime(since), timezone.localtime(at)
    return clock(local) if local.date() == now.date() else moment(local)
