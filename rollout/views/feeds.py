"""Calendars that devices subscribe to, and the card of My settings that keeps them."""

from datetime import datetime
from hashlib import sha256

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone, translation
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regions.history import web_act
from regions.middleware import Request
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.forms.feeds import FeedForm
from rollout.links import feed_number
from rollout.models import CalendarFeed
from rollout.placing.agenda import calendar_text
from rollout.queries.feeds import agenda_of, feed_behind
from rollout.services.feeds import CannotAddFeed, add_feed, note_use, revoke_feed

from .notes import confirm, warn
from .pause import private

# So long a program may keep what it has without asking.
FRESH_SECONDS = 900
MOST_IN_A_MINUTE, MINUTE_SECONDS = 20, 60


@login_not_required
@require_safe
def calendar(request: HttpRequest, token: str) -> HttpResponse:
    """One person's talks and tasks. The signed address is all that is needed."""
    at = timezone.now()
    feed = feed_behind(feed_number(token), at)
    if feed is None:
        gone = HttpResponse("Not found\n", status=404, content_type="text/plain")
        return private(gone)
    if _asks_too_often(feed, at):
        wait = HttpResponse("Wait a minute\n", status=429, content_type="text/plain")
        wait["Retry-After"] = str(MINUTE_SECONDS)
        return private(wait)
    user = feed.user
    user.as_of = at
    with timezone.override(user.zone), translation.override(user.language):
        body = calendar_text(agenda_of(user, at)).encode()
    if request.method == "GET":
        note_use(feed, at=at)
    return private(_conditional(request, body))


def _asks_too_often(feed: CalendarFeed, at: datetime) -> bool:
    """Counted by the minute; a program needs it once in some of them."""
    key = f"calendar:{feed.pk}:{int(at.timestamp()) // MINUTE_SECONDS}"
    cache.add(key, 0, 2 * MINUTE_SECONDS)
    return cache.incr(key) > MOST_IN_A_MINUTE


def _conditional(request: HttpRequest, body: bytes) -> HttpResponse:
    """Without its body for whoever has the same already."""
    full = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    etag = f'"{sha256(body).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag, response=full) or full
    response["ETag"] = etag
    response["Cache-Control"] = f"private, max-age={FRESH_SECONDS}"
    response["Content-Disposition"] = 'inline; filename="rollout.ics"'
    return response


@require_POST
def feed_add(request: Request) -> HttpResponse:
    """For one device; its address stands on the page from now on."""
    form = FeedForm(request.POST)
    if not form.is_valid():
        warn(request, _("Give the device a name of at most 60 letters."))
        return redirect("rollout:settings")
    act, device = web_act(request.user), form.cleaned_data["device"]
    sent = Sent.of(form.cleaned_data["key"], request.POST.lists())
    try:
        make_once(sent, lambda: add_feed(request.user, device, act=act), act=act)
    except (CannotAddFeed, SentOtherwise) as refusal:
        warn(request, str(refusal))
    else:
        confirm(
            request, _("Added: %(device)s. Its address is below.") % {"device": device}
        )
    return redirect("rollout:settings")


@require_POST
def feed_revoke(request: Request, pk: int) -> HttpResponse:
    rows = CalendarFeed.objects.visible_to(request.user)
    feed = revoke_feed(get_object_or_404(rows, pk=pk), act=web_act(request.user))
    said = _("Revoked: %(device)s. Its address works no more.")
    confirm(request, said % {"device": feed.device})
    return redirect("rollout:settings")
