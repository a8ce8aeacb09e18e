"""How I sign in: second factor, recovery codes, and where I am signed in."""

import base64
from collections.abc import Callable
from typing import Any, TypeVar, cast

from allauth.account.decorators import reauthentication_required
from allauth.mfa.adapter import get_adapter
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import lacks_second_factor
from regions.history import web_act
from regions.middleware import Request, needs_no_factor
from regions.services.signin import (
    CannotChangeFactor,
    add_app,
    end_sessions,
    remove_app,
    renew_codes,
)
from rollout.forms.security import AppForm
from rollout.queries.security import passkeys_of, sessions_of, unused_codes

from .notes import confirm, warn

View = TypeVar("View", bound=Callable[..., HttpResponse])


def ask_again(view: View) -> View:
    """Who is signed in says once more that it is he, five minutes at most before."""
    return cast(View, reauthentication_required(view, app="allauth.mfa"))


@require_safe
def security(request: Request) -> HttpResponse:
    user = request.user
    context = {
        "sessions": sessions_of(user, request.session.session_key),
        "passkeys": passkeys_of(user),
        "codes_left": len(unused_codes(user)),
    }
    return render(request, "rollout/security.html", context)


@needs_no_factor
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@ask_again
def security_app(request: Request) -> HttpResponse:
    """An authenticator app is set up: its secret as a picture and in letters, and a code."""
    user = request.user
    if user.authenticator_app_at is not None:
        return redirect("rollout:security")
    if request.method != "POST":
        return _app_page(request, AppForm(user))
    form = AppForm(user, request.POST)
    if not form.is_valid():
        return _app_page(request, form, 422)
    try:
        add_app(user, form.secret, act=web_act(user))
    except CannotChangeFactor as refusal:
        warn(request, str(refusal))
        return redirect("rollout:security")
    confirm(request, _("Your app is set up. Keep these recovery codes as well."))
    return redirect("rollout:security-codes")


def _app_page(request: Request, form: AppForm, status: int = 200) -> HttpResponse:
    adapter = get_adapter()
    url = adapter.build_totp_url(request.user, form.secret)
    picture = base64.b64encode(adapter.build_totp_svg(url).encode()).decode()
    letters = form.secret.rstrip("=")
    context: dict[str, Any] = {
        "form": form,
        "picture": f"data:image/svg+xml;base64,{picture}",
        "letters": [letters[n : n + 4] for n in range(0, len(letters), 4)],
        "is_required": lacks_second_factor(request.user),
    }
    return render(request, "rollout/security_app.html", context, status=status)


@require_POST
@ask_again
def security_remove(request: Request) -> HttpResponse:
    user = request.user
    try:
        remove_app(user, act=web_act(user))
    except CannotChangeFactor as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("The authenticator app is removed."))
    return redirect("rollout:security")


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@ask_again
def security_codes(request: Request) -> HttpResponse:
    """The recovery codes that are left; a POST makes new ones."""
    user = request.user
    if request.method == "POST":
        try:
            renew_codes(user, act=web_act(user))
        except CannotChangeFactor as refusal:
            warn(request, str(refusal))
            return redirect("rollout:security")
        confirm(
            request,
            _("These are your new recovery codes. The former ones no longer work."),
        )
        return redirect("rollout:security-codes")
    if user.recovery_codes_at is None:
        raise Http404
    context = {"codes": unused_codes(user)}
    return render(request, "rollout/security_codes.html", context)


@require_POST
def security_session_end(request: Request, pk: int) -> HttpResponse:
    """Sign out one browser; a session of somebody else is as one that is not there."""
    if not end_sessions(request.user, pk):
        raise Http404
    confirm(request, _("Signed out there."))
    return redirect("rollout:security")


@require_POST
def security_sessions_end(request: Request) -> HttpResponse:
    count = end_sessions(request.user)
    confirm(
        request,
        ngettext(
            "Signed out %(n)s other browser.", "Signed out %(n)s other browsers.", count
        )
        % {"n": count},
    )
    return redirect("rollout:security")
