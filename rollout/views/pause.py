"""Where the footer of a mail leads: less planned mail, without signing in."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from rollout.links import pause_person


@login_not_required
@require_http_methods(["GET", "HEAD"])
def pause(request: HttpRequest, token: str) -> HttpResponse:
    if pause_person(token, timezone.now()) is None:
        return render(request, "mailing/pause_expired.html", status=410)
    return render(request, "mailing/pause.html")
