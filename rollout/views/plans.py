"""What is done to a plan on the page of its region: moved, put into another wave, agreed.

Moves are shown before they are done: the first press tells what they bring and writes
nothing, the second does just that.
"""

from collections.abc import Callable
from datetime import date
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from rollout.access import can_agree_plan, can_move_go_live
from rollout.forms.plans import ChangeWaveForm, MoveGoLiveForm, PreviewedForm
from rollout.models import Plan
from rollout.queries.plans import Moving, move_of
from rollout.services.agreements import CannotAgree, agree_plan, take_agreement_back
from rollout.services.plans import CannotMoveGoLive, check_go_live, move_go_live
from rollout.services.waves import CannotChangeWave, change_wave, check_wave

from .notes import both_texts, confirm, refuse, warn

REFUSALS = (CannotMoveGoLive, CannotChangeWave)


@require_http_methods(["GET", "HEAD", "POST"])
def go_live_move(request: Request, code: str) -> HttpResponse:
    """Another go-live for one region; its unfinished tasks move with it."""
    plan = _plan(request, code)
    can_move_go_live(request.user, plan).insist()
    form = MoveGoLiveForm.for_plan(plan, _sent(request))

    def save(form: Any) -> Plan:
        return move_go_live(plan, act=web_act(request.user), **form.values)

    said = _("The go-live is moved; unfinished tasks moved with it.")
    return _previewed(request, plan, form, save=save, said=said)


@require_http_methods(["GET", "HEAD", "POST"])
def wave_change(request: Request, code: str) -> HttpResponse:
    """One region leaves its wave, for another or for one of its own."""
    plan = _plan(request, code)
    can_move_go_live(request.user, plan).insist()
    form = ChangeWaveForm.for_plan(plan, _sent(request))

    def save(form: Any) -> Plan:
        return change_wave(plan, act=web_act(request.user), **form.values)

    said = _("The region is in another wave now.")
    return _previewed(request, plan, form, save=save, said=said)


def _previewed(
    request: Request,
    plan: Plan,
    form: Any,
    *,
    save: Callable[[Any], Plan],
    said: str,
) -> HttpResponse:
    """The form, then what it brings, then the act."""
    if request.method != "POST":
        return _page(request, plan, form)
    if not form.is_valid():
        return _page(request, plan, form, status=422)
    try:
        if not form.was_seen:
            return _page(request, plan, form, preview=_preview(request, plan, form))
        save_merging(form, type(form).for_plan, save)
    except Clashing as conflict:
        return both_texts(request, conflict, back=_back(plan))
    except REFUSALS as refusal:
        refuse(form, refusal)
        return _page(request, plan, form, status=422)
    confirm(request, said)
    return redirect("rollout:region", plan.region.code)


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def _preview(request: Request, plan: Plan, form: Any) -> Moving:
    """What the act brings; raises what the act would."""
    day: date = form.cleaned_data["to"] or plan.go_live_date
    check_go_live(plan, day)
    if isinstance(form, ChangeWaveForm):
        data = form.cleaned_data
        check_wave(plan, data["wave"], data["name"], day)
    return move_of(plan, day, at=request.user.moment)


def _page(
    request: Request,
    plan: Plan,
    form: PreviewedForm,
    *,
    preview: Moving | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "plan": plan,
        "form": form,
        "preview": preview,
        "is_wave": isinstance(form, ChangeWaveForm),
        "back": _back(plan),
    }
    return render(request, "rollout/plan_move.html", context, status=status)


@require_POST
def plan_agree(request: Request, code: str) -> HttpResponse:
    """From now on slips are counted from the days of today."""
    said = _("The plan is agreed. Slips are counted from these days now.")
    return _tap(request, code, agree_plan, said)


@require_POST
def plan_disagree(request: Request, code: str) -> HttpResponse:
    said = _("The agreement is taken back.")
    return _tap(request, code, take_agreement_back, said)


def _tap(
    request: Request, code: str, service: Callable[..., Plan], said: str
) -> HttpResponse:
    plan = _plan(request, code)
    can_agree_plan(request.user, plan).insist()
    try:
        version = seen_version(request.POST, CannotAgree)
        service(plan, version=version, act=web_act(request.user))
    except (CannotAgree, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, said)
    return redirect("rollout:region", plan.region.code)


def _plan(request: Request, code: str) -> Plan:
    """The first of the region's plans, as its page shows it."""
    rows = Plan.objects.visible_to(request.user).filter(region__code=code)
    rows = rows.select_related("region", "programme", "wave__opened_by")
    return get_object_or_404(rows.order_by("id")[:1])


def _back(plan: Plan) -> str:
    return reverse("rollout:region", args=[plan.region.code])
