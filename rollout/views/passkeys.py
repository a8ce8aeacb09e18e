"""Passkeys: the two halves of asking for one, signing in by it, setting one up.

A browser is first told what to sign (`…_begin`, by script), then its answer is posted as
an ordinary form.
"""

from typing import Any, cast

from allauth.account.internal.flows.login import perform_login
from allauth.account.models import Login
from allauth.core import ratelimit
from allauth.mfa.webauthn.internal.auth import begin_authentication, begin_registration
from allauth.mfa.webauthn.views import ReauthenticateWebAuthnView
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import lacks_second_factor
from regions.history import web_act
from regions.middleware import Request, needs_no_factor
from regions.services.signin import CannotChangeFactor, add_passkey, remove_passkey
from regions.signin import takes_passkeys
from rollout.forms.security import PasskeyForm, PasskeySignIn
from rollout.queries.security import browser_in, passkeys_of

from .notes import confirm, refuse, warn
from .security import ask_again


@login_not_required
@require_POST
def passkey_begin(request: HttpRequest) -> HttpResponse:
    """What a passkey of this site has to sign. Says nothing of anybody."""
    if refusal := _too_often(request):
        return refusal
    return JsonResponse(begin_authentication())


@login_not_required
@require_POST
def passkey_sign_in(request: HttpRequest) -> HttpResponse:
    """In by a passkey alone: to use it, its owner has shown a finger, a face or a PIN."""
    if refusal := _too_often(request):
        return refusal
    form = PasskeySignIn(data=request.POST)
    if not form.is_valid():
        warn(request, " ".join(form.errors.get("credential", [])))
        return redirect(_sign_in_page(request))
    form.save()
    login = Login(user=form.cleaned_data["credential"].user)
    return cast(HttpResponse, perform_login(request, login))


def _too_often(request: HttpRequest) -> HttpResponse | None:
    refusal = ratelimit.consume_or_429(request, action="passkey")
    return cast(HttpResponse | None, refusal)


def _sign_in_page(request: HttpRequest) -> str:
    page = reverse("account_login")
    then = request.POST.get("next", "")
    return f"{page}?{urlencode({'next': then})}" if then else page


class PasskeyAgainView(ReauthenticateWebAuthnView):  # type: ignore[misc] # no types
    """A passkey once more, before a page with secrets."""

    template_name = "mfa/passkey_again.html"

    def form_invalid(self, form: Any) -> HttpResponse:
        return cast(
            HttpResponse, self.render_to_response(self.get_context_data(), status=422)
        )


passkey_again = PasskeyAgainView.as_view()


@needs_no_factor
@require_POST
def security_passkey_begin(request: Request) -> HttpResponse:
    """What a new passkey is made for."""
    return JsonResponse(begin_registration(request.user, passwordless=True))


@needs_no_factor
@require_http_methods(["GET", "HEAD", "POST"])
@ask_again
def security_passkey(request: Request) -> HttpResponse:
    """A passkey is set up in this browser."""
    user = request.user
    if request.method != "POST":
        name = browser_in(request.headers.get("User-Agent", ""))
        return _page(request, PasskeyForm(initial={"name": name}))
    form = PasskeyForm(request.POST)
    if not form.is_valid():
        return _page(request, form, 422)
    had_codes = user.recovery_codes_at is not None
    values = form.cleaned_data
    try:
        add_passkey(user, values["name"], values["credential"], act=web_act(user))
    except CannotChangeFactor as refusal:
        refuse(form, refusal)
        return _page(request, form, 422)
    if had_codes:
        confirm(request, _("Your passkey is set up."))
        return redirect("rollout:security")
    confirm(request, _("Your passkey is set up. Keep these recovery codes as well."))
    return redirect("rollout:security-codes")


def _page(request: Request, form: PasskeyForm, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "takes_passkeys": takes_passkeys(request),
        "passkey_origin": settings.PASSKEY_ORIGIN,
        "is_required": lacks_second_factor(request.user),
    }
    return render(request, "rollout/security_passkey.html", context, status=status)


@require_POST
@ask_again
def security_passkey_remove(request: Request, pk: int) -> HttpResponse:
    """One that is somebody else's is as one that is not there."""
    user = request.user
    if pk not in {passkey.pk for passkey in passkeys_of(user)}:
        raise Http404
    try:
        remove_passkey(user, pk, act=web_act(user))
    except CannotChangeFactor as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("The passkey is removed."))
    return redirect("rollout:security")
