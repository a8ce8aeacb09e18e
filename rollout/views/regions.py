"""Pages of regions: the list, one region, and the move of its go-live."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regions.history import web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, asked
from regions.models import Region
from regions.pinyin import fits
from regions.services.privacy import log_views
from rollout.access import can_move_go_live, can_see_board
from rollout.forms import MoveGoLiveForm
from rollout.models import Plan
from rollout.queries.regionpage import region_page, unplanned_regions
from rollout.queries.regions import region_facts, region_lines
from rollout.services.plans import CannotMoveGoLive, move_go_live

from .notes import both_texts, confirm, refuse
from .shell import current_programme


@require_safe
def region_list(request: Request) -> HttpResponse:
    """All regions that one may see; filters live in the address."""
    programme = current_programme(request)
    words = asked(request, "q")
    user = request.user
    facts = region_facts(programme, user, user.moment) if programme else []
    waves = list(dict.fromkeys(one.plan.wave.name for one in facts))
    wave = request.GET.get("wave", "")
    chosen = [
        one
        for one in facts
        if (not wave or one.plan.wave.name == wave) and _fits(one.region, words)
    ]
    rest = [] if wave else unplanned_regions(programme, user)
    unplanned = [region for region in rest if _fits(region, words)]
    found = [*(one.region for one in chosen), *unplanned]
    if len(found) == 1 and (words or user.standing.is_regional):
        return redirect("rollout:region", found[0].code)
    context = {
        "lines": region_lines(chosen),
        "unplanned": unplanned,
        "waves": waves,
        "wave": wave,
        "words": words,
    }
    return render(request, "rollout/region_list.html", context)


def _fits(region: Region, words: str) -> bool:
    return fits(words, region.name, region.code)


@require_safe
def region(request: Request, code: str) -> HttpResponse:
    row = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    return _region_page(request, row)


@require_POST
def go_live_move(request: Request, code: str) -> HttpResponse:
    plan = get_object_or_404(
        Plan.objects.visible_to(request.user).select_related("region"),
        region__code=code,
    )
    can_move_go_live(request.user, plan).insist()
    form = MoveGoLiveForm.for_plan(plan, request.POST)
    if form.is_valid():
        try:
            save_merging(
                form,
                MoveGoLiveForm.for_plan,
                lambda form: move_go_live(
                    plan, act=web_act(request.user), **form.cleaned_data
                ),
            )
        except Clashing as conflict:
            back = reverse("rollout:region", args=[code])
            return both_texts(request, conflict, back=back)
        except CannotMoveGoLive as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The go-live is moved; unfinished tasks moved with it."))
            return redirect("rollout:region", code)
    return _region_page(request, plan.region, form)


def _region_page(
    request: Request, region: Region, form: MoveGoLiveForm | None = None
) -> HttpResponse:
    """The page, again with a form that was refused; who reads private texts is logged."""
    user = request.user
    page = region_page(region, user, at=user.moment)
    log_views(page.disclosed, by=user, at=user.moment)
    status = 422 if form else 200
    if form is None and page.plan:
        form = MoveGoLiveForm.for_plan(page.plan)
    may_see_board = bool(can_see_board(user, region.pk))
    context = {"page": page, "form": form, "may_see_board": may_see_board}
    return render(request, "rollout/region_page.html", context, status=status)
