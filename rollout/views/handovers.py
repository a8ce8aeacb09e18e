"""Handing over to somebody else, taking it back, and letting somebody go."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_manage_people, can_see_people
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request
from regions.models import User
from regions.services.undo import CannotUndo
from rollout.forms.people import HandOverForm
from rollout.models import Handover
from rollout.queries.handover import moving_from
from rollout.queries.people import person_page
from rollout.services.handovers import CannotHandOver, hand_over, take_back
from rollout.services.people import CannotLeave, let_go

from .notes import confirm, refuse, warn
from .people import managed


@require_http_methods(["GET", "HEAD", "POST"])
def person_hand_over(request: Request, pk: int) -> HttpResponse:
    """First to whom, then exactly what moves, then the act."""
    giver, user = managed(request, pk), request.user
    people = User.objects.visible_to(user)
    if request.method != "POST":
        asked = request.GET if "taker" in request.GET else None
        form = HandOverForm(people, giver, asked)
        return _hand_over_page(request, giver, form)
    form = HandOverForm(people, giver, request.POST)
    if form.is_valid():
        taker, seen = form.cleaned_data["taker"], request.POST.get("seen", "")
        try:
            hand_over(giver, taker, seen=seen, act=web_act(user))
        except CannotHandOver as refusal:
            refuse(form, refusal)
        else:
            said = {"from": giver.name, "to": taker.name}
            confirm(request, _("Handed over from %(from)s to %(to)s.") % said)
            return redirect("rollout:person", pk)
    return _hand_over_page(request, giver, form, 422)


def _hand_over_page(
    request: Request, giver: User, form: HandOverForm, status: int = 200
) -> HttpResponse:
    taker = form.cleaned_data.get("taker") if _is_checked(form) else None
    context = {
        "person": giver,
        "form": form,
        "taker": taker,
        "moving": moving_from(giver, request.user.moment),
    }
    return render(request, "rollout/person_hand_over.html", context, status=status)


def _is_checked(form: HandOverForm) -> bool:
    return form.is_bound and (form.is_valid() or "taker" in form.cleaned_data)


@require_POST
def hand_over_undo(request: Request, pk: int) -> HttpResponse:
    can_see_people(request.user).insist()
    rows = Handover.objects.visible_to(request.user).select_related("giver", "taker")
    row = get_object_or_404(rows, pk=pk)
    can_manage_people(request.user).insist()
    try:
        take_back(row, act=web_act(request.user))
    except CannotUndo as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("Taken back: everything is as before the hand-over."))
    return redirect("rollout:person", row.giver_id)


@require_http_methods(["GET", "HEAD", "POST"])
def person_leave(request: Request, pk: int) -> HttpResponse:
    """What ends and what stays, then the act."""
    row = managed(request, pk)
    if request.method == "POST":
        try:
            version = seen_version(request.POST, CannotLeave)
            let_go(row, version=version, act=web_act(request.user))
        except (CannotLeave, EditedMeanwhile) as refusal:
            warn(request, str(refusal))
            return redirect("rollout:person-leave", pk)
        confirm(
            request, _("%(name)s left. Nothing of it is lost.") % {"name": row.name}
        )
        return redirect("rollout:person", pk)
    page = person_page(row, request.user, request.user.moment)
    return render(request, "rollout/person_leave.html", {"page": page})
