"""Language and theme, before and after sign-in."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from regions.history import web_act
from regions.middleware import remember, way_back
from regions.services.people import set_language

THEMES = ("system", "light", "dark")


@login_not_required
@require_POST
def language(request: HttpRequest) -> HttpResponse:
    """Show pages in this language; for somebody signed in, mails too."""
    response = _back(request)
    code = request.POST.get("language", "")
    if code not in dict(settings.LANGUAGES):
        return response
    if request.user.is_authenticated:
        set_language(request.user, code, act=web_act(request.user))
    remember(response, settings.LANGUAGE_COOKIE_NAME, code)
    return response


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or as the system has it."""
    response = _back(request)
    choice = request.POST.get("theme", "")
    if choice in THEMES:
        remember(response, "theme", choice)
    return response


def _back(request: HttpRequest) -> HttpResponse:
    return redirect(way_back(request, settings.LOGIN_REDIRECT_URL))
