"""The board of one region: who is stuck, who is overloaded, and what may be shifted."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from regions.access import can_manage_people
from regions.middleware import Request
from regions.models import Region
from rollout.access import can_add_tasks, can_see_board
from rollout.forms.tasklist import BulkForm, TaskFilter
from rollout.queries.board import board_of

from .shell import board_region


@require_safe
def board(request: Request) -> HttpResponse:
    """To the board of the region that somebody manages; else to choose a region."""
    region = board_region(request.user)
    if region is None:
        return redirect("rollout:region-list")
    return redirect("rollout:region-board", region.code)


@require_safe
def region_board(request: Request, code: str) -> HttpResponse:
    user = request.user
    region = get_object_or_404(Region.objects.visible_to(user), code=code)
    can_see_board(user, region.pk).insist()
    may_change = bool(can_add_tasks(user, region.pk))
    context = {
        "board": board_of(region, user.moment),
        "bulk_form": BulkForm(user) if may_change else None,
        "filter_form": TaskFilter(user) if may_change else None,
        "may_add": may_change,
        "may_invite": bool(can_manage_people(user)),
    }
    return render(request, "rollout/board.html", context)
