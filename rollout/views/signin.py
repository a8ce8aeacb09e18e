"""Signing in by a link from a mail. A GET shows a button; only its POST signs in."""

from typing import cast

from allauth.account import views as account
from allauth.account.utils import perform_login
from allauth.core import ratelimit
from allauth.socialaccount.providers.openid_connect import views as oidc
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)
from requests.exceptions import RequestException

from rollout.forms import SignInLinkForm
from rollout.links import INVITATION_LINK, SIGN_IN_LINK
from rollout.queries.links import person_behind
from rollout.services.signin import ask_for_link


@login_not_required
@require_POST
def sign_in_ask(request: HttpRequest) -> HttpResponse:
    """The same answer for known and unknown addresses."""
    form = SignInLinkForm(request.POST)
    if not form.is_valid():
        return render(request, "account/link_ask.html", {"form": form}, status=422)
    email = form.cleaned_data["email"].lower()
    if refusal := ratelimit.consume_or_429(
        request, action="request_login_code", key=email
    ):
        return cast(HttpResponse, refusal)
    ask_for_link(email, at=timezone.now())
    return render(request, "account/link_sent.html", {"email": email})


@login_not_required
@require_POST
def provider_login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """On to the provider, if one is set up and answers."""
    try:
        return cast(HttpResponse, oidc.login(request, provider_id))
    except RequestException:
        return render(request, "account/provider_silent.html", status=503)


@login_not_required
@require_safe
def provider_callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Where the provider sends people back to."""
    return cast(HttpResponse, oidc.callback(request, provider_id))


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """The browser forgets what it kept for days without a signal: pages and taps."""
    answer = cast(HttpResponse, account.logout(request))
    if not request.user.is_authenticated:
        answer["Clear-Site-Data"] = '"storage"'
    return answer


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link leads."""
    person = person_behind(SIGN_IN_LINK, token, timezone.now())
    if person is None:
        form = SignInLinkForm()
        return render(request, "account/link_expired.html", {"form": form}, status=410)
    if request.method == "POST":
        return cast(HttpResponse, perform_login(request, person, email=person.email))
    return render(request, "account/link_confirm.html", {"person": person})


@login_not_required
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation leads: in, or on to choosing a password."""
    person = person_behind(INVITATION_LINK, token, timezone.now())
    if person is None:
        form = SignInLinkForm()
        return render(request, "account/link_expired.html", {"form": form}, status=410)
    if request.method != "POST":
        return render(request, "account/invitation.html", {"person": person})
    wants_password = request.POST.get("then") == "password"
    then = reverse("account_set_password") if wants_password else None
    answer = perform_login(request, person, email=person.email, redirect_url=then)
    return cast(HttpResponse, answer)
