"""What a request knows of the person behind it: the moment, the language, the zone."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django_htmx.middleware import HtmxDetails

from regions.models import User

YEAR_SECONDS = 365 * 24 * 3600


class Request(HttpRequest):
    """What views get behind the sign-in: a person whose roles are known as of now."""

    user: User
    htmx: HtmxDetails


class PersonMiddleware:
    """Reads roles as of this request; shows pages in the person's language and zone."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            return self.get_response(request)
        user.as_of = timezone.now()
        with timezone.override(user.zone), translation.override(user.language):
            request.LANGUAGE_CODE = user.language
            response = self.get_response(request)
            response.headers["Content-Language"] = user.language
            return response


def remember(response: HttpResponse, cookie: str, choice: str) -> None:
    """Keep a choice in the browser, for the pages before the sign-in too."""
    response.set_cookie(
        cookie,
        choice,
        max_age=YEAR_SECONDS,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
    )
