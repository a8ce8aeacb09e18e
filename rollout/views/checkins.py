"""The page of check-ins, and what is done there: moving many talks, leaving one out."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import can_log_contact, can_see_today, can_set_rhythm
from regions.forms.fields import ticked
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request, of_this_site, way_back
from regions.models import CheckIn
from regions.services.checkins import CannotBook
from regions.wording import ceo_of
from rollout.enums import CheckInsShown
from rollout.forms.bookings import LeaveOutForm
from rollout.forms.checkins import CheckInFilter, ShiftForm
from rollout.queries.checkins import (
    Overview,
    first_call,
    fits,
    in_order,
    is_shown,
    lines_of,
    overview,
)
from rollout.queries.shifting import MOST_TALKS, planned_in_week, shift_preview
from rollout.queries.talkload import caller_lines, stage_lines
from rollout.services.bookings import cancel_check_in
from rollout.services.shifting import CannotShift, shift_check_ins

from .notes import confirm, refuse, warn
from .shell import current_programme

PAGE = 25
LIST = "rollout:check-in-list"


@require_safe
def check_in_list(request: Request) -> HttpResponse:
    """Filters stand in the address; nonsense filters nothing."""
    user = request.user
    can_see_today(user).insist()
    programme = current_programme(request)
    if programme is None or programme.closed_at is not None:
        return render(request, "rollout/today_empty.html", {"closed": programme})
    whole = overview(programme, user, user.moment)
    form = CheckInFilter(whole.all_waves, whole.callers, request.GET)
    context = {
        "programme": programme,
        "whole": whole,
        "form": form,
        "may_set": bool(can_set_rhythm(user)),
        **_filtered(request, whole, form.wanted),
    }
    return render(request, "rollout/check_in_list.html", context)


def _filtered(request: Request, whole: Overview, wanted: dict[str, Any]) -> Any:
    user, at = request.user, request.user.moment
    talks = [one for one in whole.talks if fits(one, whole.waves, user, wanted)]
    shown = [one for one in talks if is_shown(one, wanted.get("show", ""))]
    page = Paginator(in_order(shown), PAGE).get_page(request.GET.get("page"))
    lists = [("", _("All")), *((one.value, one.label) for one in CheckInsShown)]
    lines = lines_of(list(page.object_list), whole.waves, user, at)
    may_move = any(can_log_contact(user, one.engagement.region) for one in talks)
    return {
        "page": page,
        "lines": lines,
        "lists": [
            (name, label, sum(is_shown(one, name) for one in talks))
            for name, label in lists
        ],
        "show": wanted.get("show", ""),
        "stages": stage_lines(talks),
        "callers": caller_lines(talks),
        "start": first_call(talks, user),
        "shift_form": ShiftForm() if may_move else None,
    }


@require_http_methods(["GET", "HEAD", "POST"])
def check_in_move(request: Request) -> HttpResponse:
    """A GET shows where each talk lands; the POST does just that."""
    user = request.user
    can_see_today(user).insist()
    sent = request.POST if request.method == "POST" else request.GET
    form = ShiftForm(sent)
    pks = _pks(request, form, sent)
    if form.is_valid() and not pks:
        form.add_error(None, _("Tick a booked talk, or name a week that has some."))
    if form.errors or request.method != "POST":
        return _move_page(request, form, pks)
    act = web_act(user)
    try:
        count = shift_check_ins(
            pks, form.wanted, reader=user, seen=sent.get("seen", ""), act=act
        )
    except CannotShift as refusal:
        refuse(form, refusal)
        return _move_page(request, form, pks)
    said = ngettext("%(n)d talk moved.", "%(n)d talks moved.", count)
    undo = (reverse("rollout:act", args=[act.id]), _("See it or take it back"))
    confirm(request, said % {"n": count}, link=undo)
    return redirect(way_back(request, reverse(LIST)))


def _pks(request: Request, form: ShiftForm, sent: Any) -> list[int]:
    """The ticked ones; where nothing is ticked, all of the week that is named."""
    chosen = ticked(sent.getlist("check_in"))[: MOST_TALKS + 1]
    if chosen or not form.is_valid() or form.cleaned_data["week"] is None:
        return chosen
    programme = current_programme(request)
    rows = planned_in_week(request.user, programme, form.cleaned_data["week"])
    return list(rows.values_list("pk", flat=True)[: MOST_TALKS + 1])


def _move_page(request: Request, form: ShiftForm, pks: list[int]) -> HttpResponse:
    user = request.user
    sent = request.POST if request.method == "POST" else request.GET
    # Refused as a whole it is shown anew; at fault in a field it cannot be shown.
    shows = bool(pks) and form.is_bound and hasattr(form, "cleaned_data")
    shows = shows and not any(name in form.errors for name in form.fields)
    context = {
        "form": form,
        "pks": pks,
        "preview": shift_preview(pks, form.wanted, user, user.moment)
        if shows and len(pks) <= MOST_TALKS
        else None,
        "programme": sent.get("programme", ""),
        "then": of_this_site(request, sent.get("then", ""), reverse(LIST)),
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "rollout/check_in_move.html", context, status=status)


@require_POST
def check_in_leave_out(request: Request, pk: int) -> HttpResponse:
    """A booked talk is not held, with the reason."""
    rows = CheckIn.objects.visible_to(request.user).select_related("ceo__region")
    check_in = get_object_or_404(rows, pk=pk)
    can_log_contact(request.user, check_in.ceo.region).insist()
    form = LeaveOutForm(request.POST)
    act = web_act(request.user)
    try:
        if not form.is_valid():
            raise CannotBook(_("Say why the talk is left out."))
        cancel_check_in(check_in, act=act, **form.cleaned_data)
    except (CannotBook, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        said = _("Left out: the talk with the %(ceo)s.")
        undo = (reverse("rollout:act", args=[act.id]), _("See it or take it back"))
        confirm(request, said % {"ceo": ceo_of(check_in.ceo.region)}, link=undo)
    return redirect(way_back(request, reverse(LIST)))
