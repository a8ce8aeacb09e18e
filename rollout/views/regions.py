"""Pages of regions: the list, and one region."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_safe

from regions.middleware import Request, asked
from regions.models import Region
from regions.pinyin import fits
from regions.services.privacy import log_views
from rollout.enums import SkipReason
from rollout.forms.plans import MoveGoLiveForm
from rollout.queries.regionpage import region_page, unplanned_regions
from rollout.queries.regions import region_facts, region_lines

from .shell import current_programme


@require_safe
def region_list(request: Request) -> HttpResponse:
    """All regions that one may see; filters live in the address."""
    programme = current_programme(request)
    words = asked(request, "q")
    user = request.user
    archived = request.GET.get("archived") == "1"
    facts = (
        region_facts(programme, user, user.moment, archived=archived)
        if programme
        else []
    )
    waves = list(dict.fromkeys(one.plan.wave.name for one in facts))
    wave = request.GET.get("wave", "")
    chosen = [
        one
        for one in facts
        if (not wave or one.plan.wave.name == wave) and _fits(one.region, words)
    ]
    rest = [] if wave else unplanned_regions(programme, user, archived=archived)
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
        "archived": archived,
        "programme": programme,
    }
    return render(request, "rollout/region_list.html", context)


@require_safe
def region(request: Request, code: str) -> HttpResponse:
    """One region; who reads private texts is logged."""
    user = request.user
    row = get_object_or_404(Region.objects.visible_to(user), code=code)
    page = region_page(row, user, at=user.moment)
    log_views(page.disclosed, by=user, at=user.moment)
    form = MoveGoLiveForm.for_plan(page.plan) if page.plan else None
    context = {"page": page, "form": form, "skip_reasons": SkipReason.choices}
    return render(request, "rollout/region_page.html", context)


def _fits(region: Region, words: str) -> bool:
    return fits(words, region.name, region.code)
