"""The first page after sign-in, by role, and the Today page."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from regions.access import can_see_today
from regions.middleware import Request
from rollout.dashboard import today_page

from .shell import board_region, current_programme


@require_safe
def home(request: Request) -> HttpResponse:
    """Calls and decisions for those who lead, the board for a region's manager, one's own
    tasks for all others."""
    user = request.user
    if can_see_today(user):
        return redirect("rollout:today")
    region = board_region(user)
    if region is not None:
        return redirect("rollout:region-board", region.code)
    return redirect("rollout:my-tasks")


@require_safe
def today(request: Request) -> HttpResponse:
    can_see_today(request.user).insist()
    programme = current_programme(request)
    if programme is None or programme.closed_at is not None:
        return render(request, "rollout/today_empty.html", {"closed": programme})
    page = today_page(programme, request.user, at=request.user.moment)
    return render(request, "rollout/today.html", {"page": page})
