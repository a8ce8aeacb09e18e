"""The first page after sign-in, by role, and the Today page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from regions.access import can_see_today
from regions.middleware import Request
from rollout.dashboard import today_page

from .shell import current_programme


@require_safe
def home(request: Request) -> HttpResponse:
    """Calls and decisions for those who lead, one's own tasks for all others."""
    return redirect(
        "rollout:today" if can_see_today(request.user) else "rollout:my-tasks"
    )


@require_safe
def today(request: Request) -> HttpResponse:
    can_see_today(request.user).insist()
    programme = current_programme(request)
    if programme is None or programme.closed_at is not None:
        return render(request, "rollout/today_empty.html", {"closed": programme})
    page = today_page(programme, request.user, at=request.user.moment)
    return render(request, "rollout/today.html", {"page": page})
