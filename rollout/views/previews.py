"""Previews of every kind of mail, for headquarters; each in a frame that can do nothing."""

from csp.constants import NONCE, NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_safe

from regions.middleware import Request
from rollout.access import can_manage_mail
from rollout.enums import DutyKind
from rollout.previews import SAMPLES
from rollout.previews import preview as preview_of

FRAME_POLICY = {
    "default-src": [NONE],
    "style-src": [NONCE],
    "frame-ancestors": [SELF],
    "sandbox": [True],
}


@require_safe
def preview_list(request: Request) -> HttpResponse:
    can_manage_mail(request.user).insist()
    context = {"kinds": [(kind, DutyKind(kind).label) for kind in SAMPLES]}
    return render(request, "rollout/preview_list.html", context)


@require_safe
def preview(request: Request, kind: str) -> HttpResponse:
    """Subject and text here, the HTML in its frame."""
    language = _gate(request, kind)
    shown = preview_of(kind, request.user, language, request.user.moment, nonce="")
    context = {
        "kind": kind,
        "label": DutyKind(kind).label,
        "preview": shown,
        "language": language,
        "languages": settings.LANGUAGES,
    }
    return render(request, "rollout/preview_page.html", context)


@require_safe
@xframe_options_sameorigin
@csp(FRAME_POLICY)  # type: ignore[arg-type] # django-csp knows Django's own requests only
def preview_html(request: Request, kind: str) -> HttpResponse:
    language = _gate(request, kind)
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined] # set by its middleware
    shown = preview_of(kind, request.user, language, request.user.moment, nonce)
    return HttpResponse(shown.html)


def _gate(request: Request, kind: str) -> str:
    """The language wanted, of those that there are."""
    can_manage_mail(request.user).insist()
    if kind not in SAMPLES:
        raise Http404
    wanted = request.GET.get("language", "")
    return wanted if wanted in dict(settings.LANGUAGES) else request.user.language
