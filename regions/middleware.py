"""What a request knows of the person behind it: the moment, the language, the zone."""

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django_htmx.middleware import HtmxDetails

from regions.access import lacks_second_factor
from regions.models import User

YEAR_SECONDS = 365 * 24 * 3600


class Request(HttpRequest):
    """What views get behind the sign-in: a person whose roles are known as of now."""

    user: User
    htmx: HtmxDetails


class MethodMiddleware:
    """Pages are read and forms are posted; every other method ends here, for everybody."""

    ALLOWED = ("GET", "HEAD", "POST")

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in self.ALLOWED:
            return HttpResponseNotAllowed(self.ALLOWED)
        return self.get_response(request)


class SignInMiddleware(LoginRequiredMiddleware):
    """Sends whoever has no session to the sign-in: a part of a page with the whole page.

    htmx would follow a redirect unseen, and what was typed would seem to be saved.
    """

    def handle_no_permission(self, request: HttpRequest, view_func: Any) -> Any:
        page = request.headers.get("HX-Current-URL")
        if page is None:
            return super().handle_no_permission(request, view_func)
        sign_in = redirect_to_login(urlsplit(page).path).url
        return HttpResponse(status=401, headers={"HX-Redirect": sign_in})


class SecondFactorMiddleware:
    """Leads whoever must have a second factor and has none to the page that sets one up.

    Views that this page needs, and those before the sign-in, are open.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if (
            not user.is_authenticated
            or not getattr(view_func, "login_required", True)
            or getattr(view_func, "needs_no_factor", False)
            or not lacks_second_factor(user)
        ):
            return None
        page = reverse(settings.SECOND_FACTOR_URL)
        if request.headers.get("HX-Current-URL") is None:
            return HttpResponseRedirect(page)
        return HttpResponse(status=403, headers={"HX-Redirect": page})


View = TypeVar("View", bound=Callable[..., Any])


def needs_no_factor(view: View) -> View:
    """Marks a view that stays open before the second factor is set up."""
    view.needs_no_factor = True  # type: ignore[attr-defined]
    return view


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


def asked(request: HttpRequest, name: str) -> str:
    """A filter of the address, without zero bytes, on which PostgreSQL would break."""
    return request.GET.get(name, "").strip().replace("\x00", "")


def way_back(request: HttpRequest, otherwise: str) -> str:
    """The page that a form came from, if it says so and it is one of this site."""
    return of_this_site(request, request.POST.get("then", ""), otherwise)


def of_this_site(request: HttpRequest, then: str, otherwise: str) -> str:
    # A path: a bare word would be taken for the name of a view.
    is_here = url_has_allowed_host_and_scheme(then, {request.get_host()})
    return then if then.startswith("/") and is_here else otherwise


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
