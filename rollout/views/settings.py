"""My settings: each control saves by itself, or all at once without JavaScript."""

from datetime import date
from typing import cast

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.calendar import today
from regions.forms import SettingsForm
from regions.history import web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, remember
from regions.models import User
from regions.services.links import revoke_links
from regions.services.people import change_settings
from regions.wording import capital, listed
from rollout.forms.feeds import FeedForm
from rollout.links import feed_url, webcal_url
from rollout.queries.feeds import feeds_of
from rollout.queries.mails import sent_to
from rollout.services.testmail import CannotSendTest, send_test

from .notes import both_texts, confirm, warn

SHOWN = 30


@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: Request) -> HttpResponse:
    user = request.user
    day = today(user, user.moment)
    if request.method != "POST":
        return _page(request, SettingsForm(user, day))
    form = SettingsForm(user, day, request.POST)
    if not form.is_valid():
        return _faulty(request, form, 422)
    if not form.changes:
        return _saved(request, user, [], day)

    def save(form: SettingsForm) -> tuple[User, list[str]]:
        changes, version = form.changes, form.cleaned_data["version"]
        saved = change_settings(user, changes, version=version, act=web_act(user))
        return saved, list(changes)

    try:
        saved, changed = save_merging(
            form, lambda row, data: SettingsForm(row, day, data), save
        )
    except Clashing as conflict:
        if not request.htmx:
            return both_texts(request, conflict, back=reverse("rollout:settings"))
        form = cast(SettingsForm, conflict.form)
        form.tell_both_texts(conflict)
        return _faulty(request, form, 409)
    return _saved(request, saved, changed, day)


def _saved(request: Request, user: User, changed: list[str], day: date) -> HttpResponse:
    """For htmx a sentence and the new version; the form again where its choices changed."""
    # The sentence already speaks the language that was chosen.
    with translation.override(user.language):
        said = _said(user, changed, day)
    if request.htmx and "language" not in changed:
        form = SettingsForm(user, day)
        is_merged = int(request.POST["version"]) < user.version - 1
        whole = is_merged or "country" in changed or bool(request.POST.get("faulty"))
        return _fragment(request, form, said=said, whole=whole)
    confirm(request, said)
    again = HttpResponse(headers={"HX-Refresh": "true"})
    response = again if request.htmx else redirect("rollout:settings")
    remember(response, settings.LANGUAGE_COOKIE_NAME, user.language)
    return response


def _said(user: User, changed: list[str], day: date) -> str:
    if not changed:
        return _("Nothing was changed.")
    fields = SettingsForm(user, day).fields
    names = listed(capital(str(fields[name].label)) for name in changed)
    return _("Saved: %(what)s.") % {"what": names}


def _faulty(request: Request, form: SettingsForm, status: int) -> HttpResponse:
    if not request.htmx:
        return _page(request, form, status)
    return _fragment(request, form, said=_("Not saved."), whole=True)


def _fragment(
    request: Request, form: SettingsForm, *, said: str, whole: bool
) -> HttpResponse:
    """Only what must change is swapped: in another field somebody may be typing."""
    context = {"form": form, "said": said, "whole": whole}
    response = render(request, "rollout/_settings_answer.html", context)
    if whole:
        response["HX-Reswap"] = "outerHTML"
    return response


def _page(request: Request, form: SettingsForm, status: int = 200) -> HttpResponse:
    user = request.user
    context = {
        "form": form,
        "mails": sent_to(user, user.moment)[:SHOWN],
        "feeds": [
            {"row": feed, "url": feed_url(feed), "webcal": webcal_url(feed)}
            for feed in feeds_of(user)
        ],
        "feed_form": FeedForm(),
    }
    return render(request, "rollout/settings.html", context, status=status)


@require_POST
def settings_links(request: Request) -> HttpResponse:
    """For who passed a mail on, or lost a phone: its links are keys."""
    revoke_links(request.user, act=web_act(request.user))
    confirm(request, _("Links in the mails you have work no more."))
    return redirect("rollout:settings")


@require_POST
def settings_test(request: Request) -> HttpResponse:
    """A mail to oneself, with the next tick."""
    user = request.user
    try:
        send_test(user, at=user.moment)
    except CannotSendTest as refusal:
        warn(request, str(refusal))
    else:
        confirm(
            request,
            _("A test mail to %(address)s is on its way.") % {"address": user.email},
        )
    return redirect("rollout:settings")
