"""A pilot on one screen, and what headquarters says of it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pilots import queries
from pilots.access import can_keep_pilots
from pilots.forms import CriterionForm, NewCriterionForm, PilotForm
from pilots.models import Pilot, SuccessCriterion
from pilots.services import pilots
from pilots.services.pilots import CannotKeepPilot
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.timeline import timeline


@require_safe
def pilot_page(request: Request, pk: int) -> HttpResponse:
    pilot, user = _pilot(request, pk), request.user
    context = {
        "page": queries.pilot_page(pilot, user),
        "pilot": pilot,
        "may_keep": bool(can_keep_pilots(user)),
        "changes": timeline(queries.pilot_history(pilot, user), user, 20),
    }
    return render(request, "pilots/pilot_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def pilot_edit(request: Request, pk: int) -> HttpResponse:
    pilot = _pilot(request, pk)
    can_keep_pilots(request.user).insist()
    head = _("Change the pilot")
    return _edit(request, pilot, pilot, PilotForm, pilots.edit_pilot, head)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_add(request: Request, pk: int) -> HttpResponse:
    pilot = _pilot(request, pk)
    can_keep_pilots(request.user).insist()
    if request.method != "POST":
        return _form_page(request, pilot, NewCriterionForm(), _("Add a criterion"))
    form = NewCriterionForm(request.POST)
    if form.is_valid():
        act = web_act(request.user)
        sent = Sent.of(form.cleaned_data["key"], request.POST.lists())
        try:
            make_once(
                sent, lambda: pilots.add_criterion(pilot, form.values, act=act), act=act
            )
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotKeepPilot as refusal:
            form.add_error("metric", str(refusal))
        else:
            messages.success(request, _("Added."))
            return redirect("pilots:pilot", pk)
    return _form_page(request, pilot, form, _("Add a criterion"), status=422)


@require_http_methods(["GET", "HEAD", "POST"])
def criterion_edit(request: Request, pk: int) -> HttpResponse:
    row = _criterion(request, pk)
    can_keep_pilots(request.user).insist()
    head = _("Change the criterion")
    return _edit(request, row, row.pilot, CriterionForm, pilots.edit_criterion, head)


@require_POST
def criterion_remove(request: Request, pk: int) -> HttpResponse:
    row = _criterion(request, pk)
    can_keep_pilots(request.user).insist()
    try:
        version = seen_version(request.POST, CannotKeepPilot)
        pilots.remove_criterion(row, version=version, act=web_act(request.user))
    except (CannotKeepPilot, EditedMeanwhile) as refusal:
        messages.error(request, str(refusal))
        return redirect("pilots:criterion-edit", pk)
    messages.success(request, _("Removed."))
    return redirect("pilots:pilot", row.pilot_id)


def _edit(
    request: Request,
    row: Any,
    pilot: Pilot,
    form_class: Any,
    service: Callable[..., Any],
    head: str,
) -> HttpResponse:
    """The common way of a form over a row that is there."""
    if request.method != "POST":
        return _form_page(request, pilot, form_class(row), head, row=row)

    def save(form: Any) -> Any:
        version, act = form.cleaned_data["version"], web_act(request.user)
        return service(row, form.values, version=version, act=act)

    form = form_class(row, request.POST)
    if form.is_valid():
        try:
            save_merging(form, form_class, save)
        except CannotKeepPilot as refusal:
            form.add_error(None, str(refusal))
        except Clashing as conflict:
            back = reverse("pilots:pilot", args=[pilot.pk])
            context = {"conflict": conflict, "back": back}
            return render(request, "conflict.html", context, status=409)
        else:
            messages.success(request, _("Saved."))
            return redirect("pilots:pilot", pilot.pk)
    return _form_page(request, pilot, form, head, row=row, status=422)


def _form_page(
    request: Request,
    pilot: Pilot,
    form: Any,
    head: str,
    *,
    row: Any = None,
    status: int = 200,
) -> HttpResponse:
    criterion = row if isinstance(row, SuccessCriterion) else None
    context = {"pilot": pilot, "form": form, "head": head, "criterion": criterion}
    return render(request, "pilots/pilot_form.html", context, status=status)


def _pilot(request: Request, pk: int) -> Pilot:
    rows = Pilot.objects.visible_to(request.user).select_related("programme")
    return get_object_or_404(rows, pk=pk)


def _criterion(request: Request, pk: int) -> SuccessCriterion:
    rows = SuccessCriterion.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("pilot__programme"), pk=pk)
