"""One wave: whether it is open, what is missing, and opening it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request
from rollout.access import can_open_wave, can_overrule
from rollout.forms.plans import OverruleForm
from rollout.models import Wave
from rollout.queries.history import row_timeline
from rollout.queries.waves import wave_page
from rollout.services.openings import CannotOpenWave, open_wave, overrule

from .notes import confirm, refuse, warn


@require_safe
def wave(request: Request, pk: int) -> HttpResponse:
    return _page(request, _wave(request, pk))


@require_POST
def wave_open(request: Request, pk: int) -> HttpResponse:
    row = _wave(request, pk)
    can_open_wave(request.user).insist()
    try:
        version = seen_version(request.POST, CannotOpenWave)
        open_wave(row, version=version, act=web_act(request.user))
    except (CannotOpenWave, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("The wave is open. Its plans can be agreed now."))
    return redirect("rollout:wave", pk)


@require_POST
def wave_overrule(request: Request, pk: int) -> HttpResponse:
    """Against what is missing, with a reason that stays."""
    row = _wave(request, pk)
    can_overrule(request.user).insist()
    form = OverruleForm(row, request.POST)
    if form.is_valid():
        try:
            overrule(row, act=web_act(request.user), **form.cleaned_data)
        except (CannotOpenWave, EditedMeanwhile) as refusal:
            # Nothing merges: it was about what was missing then.
            row = _wave(request, pk)
            data = request.POST.copy()
            data["version"] = str(row.version)
            form = OverruleForm(row, data)
            refuse(form, refusal)
        else:
            confirm(request, _("The wave is open. The reason stays on it."))
            return redirect("rollout:wave", pk)
    return _page(request, row, status=422, overrule_form=form)


def _page(request: Request, row: Wave, status: int = 200, **forms: Any) -> HttpResponse:
    context = {
        "page": wave_page(row, request.user),
        "wave": row,
        "may_open": bool(can_open_wave(request.user)),
        "may_overrule": bool(can_overrule(request.user)),
        "overrule_form": OverruleForm(row),
        "changes": row_timeline(row, request.user),
        **forms,
    }
    return render(request, "rollout/wave_page.html", context, status=status)


def _wave(request: Request, pk: int) -> Wave:
    rows = Wave.objects.visible_to(request.user)
    return get_object_or_404(rows.select_related("programme", "opened_by"), pk=pk)
