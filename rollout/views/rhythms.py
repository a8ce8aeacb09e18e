"""How often CEOs are talked to: of one, and of all in a wave at once."""

from functools import partial
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from regions.access import can_set_caller, can_set_rhythm
from regions.history import web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Rhythm
from regions.services.rhythms import set_rhythm
from regions.wording import ceo_of
from rollout.forms.rhythms import RhythmForm
from rollout.models import Wave
from rollout.queries.rhythms import RhythmPreview, rhythm_preview, usual_rhythm
from rollout.services.rhythms import CannotSetRhythm, set_wave_rhythm

from .notes import both_texts, confirm, refuse

LIST = "rollout:check-in-list"


@require_http_methods(["GET", "HEAD", "POST"])
def rhythm_edit(request: Request, pk: int) -> HttpResponse:
    """The rhythm of one CEO."""
    user = request.user
    rows = Rhythm.objects.visible_to(user).running().select_related("ceo__region")
    rhythm = get_object_or_404(rows, pk=pk)
    can_set_rhythm(user).insist()
    make: Any = partial(RhythmForm, sets_caller=bool(can_set_caller(user)))

    def save(form: Any) -> Rhythm:
        version = form.cleaned_data["version"]
        return set_rhythm(rhythm, form.values, version=version, act=web_act(user))

    form = make(rhythm, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_merging(form, make, save)
        except Clashing as conflict:
            return both_texts(request, conflict, back=reverse(LIST))
        said = _("The rhythm of the %(ceo)s is set.")
        confirm(request, said % {"ceo": ceo_of(rhythm.ceo.region)})
        return redirect(LIST)
    context = {"form": form, "who": ceo_of(rhythm.ceo.region), "rhythm": rhythm}
    status = 422 if form.is_bound else 200
    return render(request, "rollout/rhythm_edit.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def wave_rhythm(request: Request, pk: int) -> HttpResponse:
    """One rhythm for all CEOs of a wave: what it brings first, then the act."""
    user = request.user
    rows = Wave.objects.visible_to(user).select_related("programme")
    wave = get_object_or_404(rows.filter(programme__closed_at=None), pk=pk)
    can_set_rhythm(user).insist()
    form = RhythmForm(
        usual_rhythm(wave),
        request.POST if request.method == "POST" else None,
        sets_caller=bool(can_set_caller(user)),
        is_wave=True,
    )
    if not form.is_bound:
        return _wave_page(request, wave, form)
    if not form.is_valid():
        return _wave_page(request, wave, form, status=422)
    seen = request.POST.get("told", "")
    preview = rhythm_preview(wave, form.values, user.moment)
    if not seen:
        return _wave_page(request, wave, form, preview=preview)
    act = web_act(user)
    try:
        count = set_wave_rhythm(wave, form.values, seen=seen, act=act)
    except CannotSetRhythm as refusal:
        refuse(form, refusal)
        return _wave_page(request, wave, form, preview=preview, status=422)
    said = ngettext(
        "The rhythm of %(n)d CEO is set.", "The rhythm of %(n)d CEOs is set.", count
    )
    undo = (reverse("rollout:act", args=[act.id]), _("See it or take it back"))
    confirm(request, said % {"n": count}, link=undo)
    return redirect(LIST)


def _wave_page(
    request: Request,
    wave: Wave,
    form: RhythmForm,
    *,
    preview: RhythmPreview | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {"wave": wave, "form": form, "preview": preview}
    return render(request, "rollout/wave_rhythm.html", context, status=status)
