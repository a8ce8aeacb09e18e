"""Where CEOs stand: the matrix, one CEO with all judgements, and how to deal with him.

Private: every answer that shows a judgement, or what to be careful with, logs it.
"""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import can_judge, can_see_stances
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, asked
from regions.models import Programme, Region, RegionalCEO, Stance
from regions.services.ceos import change_manners
from regions.services.privacy import log_views
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.services.stances import (
    CannotJudge,
    JudgedMeanwhile,
    judge,
    withdraw_judgement,
)
from regions.wording import ceo_of
from rollout.forms.stances import JudgeForm, MannersForm
from rollout.queries.stances import (
    Head,
    StanceLine,
    heads_of,
    judgements,
    judgements_in,
    readable_rhythms,
    stance_lines,
    wave_trends,
)
from rollout.queries.stancewords import told, told_wave

from .notes import both_texts, confirm, refuse, warn
from .shell import current_programme

PAGE = 50


@require_safe
def stance_list(request: Request) -> HttpResponse:
    """The matrix; wave and page stand in the address."""
    user = request.user
    can_see_stances(user).insist()
    programme, wave = current_programme(request), asked(request, "wave")
    heads = heads_of(programme, user, user.moment) if programme else []
    chosen = [head for head in heads if wave in ("", head.wave)]
    page = Paginator(chosen, PAGE).get_page(request.GET.get("page"))
    lines: list[StanceLine] = []
    waves = []
    if programme and heads:
        judged = judgements(programme, {head.ceo_id for head in heads})
        waves = [told_wave(one) for one in wave_trends(heads, judged, user.moment)]
        lines = stance_lines(list(page.object_list), programme, judged, user.moment)
    shown = [line.stance for line in lines if line.stance is not None]
    log_views(shown, by=user, at=user.moment)
    context = {
        "programme": programme,
        "page": page,
        "rows": [told(line) for line in lines],
        "waves": waves,
        "wave": wave,
    }
    return render(request, "rollout/stance_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def stance(request: Request, code: str) -> HttpResponse:
    """Where one CEO stands, and all judgements; posting adds one."""
    region = _region(request, code)
    programme, line = _line(request, region)
    newest = line.stance if line else None
    if request.method != "POST":
        return _page(request, region, programme, line, JudgeForm(newest))
    if line is None or programme is None:
        warn(request, _("Nobody leads this region now."))
        return redirect("rollout:stance", code)
    form = JudgeForm(newest, request.POST)
    if form.is_valid() and _is_saved(request, form, line.ceo, programme):
        confirm(request, _("Judged: %(ceo)s.") % {"ceo": ceo_of(region)})
        return redirect("rollout:stance", code)
    meanwhile = _judged_meanwhile(form, line)
    return _page(
        request, region, programme, line, form, meanwhile=meanwhile, status=422
    )


def _is_saved(
    request: Request, form: JudgeForm, ceo: RegionalCEO, programme: Programme
) -> bool:
    """Kept once, however often it is sent; else the form says why not."""
    act, data = web_act(request.user), form.cleaned_data
    sent = Sent.of(data["key"], request.POST.lists())
    try:
        make_once(
            sent,
            lambda: judge(ceo, programme, form.judgement, seen=data["seen"], act=act),
            act=act,
        )
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except JudgedMeanwhile as refusal:
        form.look_again(refusal.newest, refusal)
    except CannotJudge as refusal:
        refuse(form, refusal)
    else:
        return True
    return False


def _judged_meanwhile(form: JudgeForm, line: StanceLine) -> bool:
    """Whether what holds is not what the form was written over."""
    seen = form.cleaned_data.get("seen") if hasattr(form, "cleaned_data") else None
    return seen is not None and seen != (line.stance.pk if line.stance else 0)


def _page(
    request: Request,
    region: Region,
    programme: Programme | None,
    line: StanceLine | None,
    form: JudgeForm,
    *,
    meanwhile: bool = False,
    status: int = 200,
) -> HttpResponse:
    user = request.user
    rows = list(judgements_in(region, programme, user)) if programme else []
    shown = [*rows, *([line.ceo] if line else [])]
    log_views(shown, by=user, at=user.moment)
    context: dict[str, Any] = {
        "region": region,
        "who": ceo_of(region),
        "programme": programme,
        "row": told(line) if line else None,
        "judgements": rows,
        "form": form,
        "meanwhile": meanwhile,
    }
    return render(request, "rollout/stance_page.html", context, status=status)


@require_POST
def stance_withdraw(request: Request, pk: int) -> HttpResponse:
    rows = Stance.objects.visible_to(request.user).select_related("ceo__region")
    row = get_object_or_404(rows, pk=pk)
    try:
        version = seen_version(request.POST, CannotJudge)
        withdraw_judgement(row, version=version, act=web_act(request.user))
    except (CannotJudge, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("The judgement is withdrawn; the one before it holds."))
    return redirect("rollout:stance", row.ceo.region.code)


@require_http_methods(["GET", "HEAD", "POST"])
def ceo_manners(request: Request, code: str) -> HttpResponse:
    """How a CEO is addressed, and what to be careful with."""
    region = _region(request, code)
    ceo = get_object_or_404(
        RegionalCEO.objects.visible_to(request.user)
        .select_related("region", "user")
        .filter(region=region)
        .current()
    )
    back = reverse("rollout:stance", args=[code])

    def save(form: MannersForm) -> RegionalCEO:
        version, act = form.cleaned_data["version"], web_act(request.user)
        return change_manners(ceo, form.values, version=version, act=act)

    form = MannersForm(ceo, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_merging(form, MannersForm, save)
        except Clashing as conflict:
            log_views([conflict.row], by=request.user, at=request.user.moment)
            return both_texts(request, conflict, back=back)
        confirm(request, _("Saved."))
        return redirect(back)
    if not form.is_bound:
        log_views([ceo], by=request.user, at=request.user.moment)
    context = {"form": form, "region": region, "who": ceo_of(region), "back": back}
    status = 422 if form.is_bound else 200
    return render(request, "rollout/ceo_manners.html", context, status=status)


def _region(request: Request, code: str) -> Region:
    """404 for who does not see the region, 403 for who may not read what is private."""
    region = get_object_or_404(Region.objects.visible_to(request.user), code=code)
    can_judge(request.user, region.pk).insist()
    return region


def _line(
    request: Request, region: Region
) -> tuple[Programme | None, StanceLine | None]:
    """His programme, the one of the address if given, and where he stands in it."""
    rows = readable_rhythms(request.user).filter(ceo__region=region)
    if code := asked(request, "programme"):
        rows = rows.filter(programme__code=code)
    running_first = F("programme__closed_at").asc(nulls_first=True)
    found = rows.select_related("programme").order_by(running_first, "programme", "id")
    rhythm = found.first()
    if rhythm is None:
        return current_programme(request), None
    programme, at = rhythm.programme, request.user.moment
    head = Head(rhythm.pk, rhythm.ceo_id, "")
    judged = judgements(programme, {rhythm.ceo_id})
    [line] = stance_lines([head], programme, judged, at)
    return programme, line
