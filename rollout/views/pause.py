"""Where the footer of a mail leads: less planned mail, without signing in.

A GET shows the choices; a POST acts. The same address takes the one click of mail
programs (RFC 8058), which send no cookie: the signed token is all that is needed.
"""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.calendar import today
from regions.models import User
from rollout.enums import PauseChoice
from rollout.links import PAUSE_LINK
from rollout.queries.links import person_behind
from rollout.services.pause import choose

ONE_CLICK = "One-Click"


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pause(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    person = person_behind(PAUSE_LINK, token, at)
    if person is None:
        return private(render(request, "mailing/pause_expired.html", status=410))
    if request.POST.get("List-Unsubscribe") == ONE_CLICK:
        choose(person, PauseChoice.NEVER, at=at)
        return private(HttpResponse("OK\n", content_type="text/plain"))
    choice, done = request.POST.get("choice", ""), False
    if request.method == "POST" and choice in PauseChoice.values:
        person, done = choose(person, PauseChoice(choice), at=at), True
    until = person.paused_until_date
    context = {
        "person": person,
        "paused": until is not None and until > today(person, at),
        "choices": PauseChoice.choices,
        "done": done,
    }
    status = 422 if request.method == "POST" and not done else 200
    with translation.override(language_of(request, person)):
        page = render(request, "mailing/pause.html", context, status=status)
        page["Content-Language"] = translation.get_language()
    return private(page)


def language_of(request: HttpRequest, person: User) -> str:
    """That of the mail, unless the browser has been told one."""
    if (
        request.user.is_authenticated
        or settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    ):
        return translation.get_language()
    return person.language


def private(response: HttpResponse) -> HttpResponse:
    """The address is a key: neither searched for nor told to pages of others.

    Told to nobody at all, browsers would send no origin with the page's own forms either,
    and its choice of language and theme would be refused.
    """
    response["X-Robots-Tag"] = "noindex, nofollow"
    response["Referrer-Policy"] = "same-origin"
    return response
