"""A region gets another CEO: what will happen, then the act."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from regions.access import can_change_ceo
from regions.calendar import today
from regions.forms import pressed_again
from regions.history import web_act
from regions.middleware import Request
from regions.models import Region, RegionalCEO, User
from regions.services.ceos import CannotChangeCEO
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.forms.stances import SuccessionForm
from rollout.queries.succession import succession_of
from rollout.services.ceos import change_ceo, leave_post_open

from .notes import confirm, refuse


@require_http_methods(["GET", "HEAD", "POST"])
def ceo_change(request: Request, code: str) -> HttpResponse:
    user = request.user
    region = get_object_or_404(Region.objects.visible_to(user), code=code)
    can_change_ceo(user).insist()
    what = succession_of(region)
    people = User.objects.visible_to(user)
    data = request.POST if request.method == "POST" else None
    day = today(region, user.moment)
    form = SuccessionForm(region, people, what.current, day, data)
    if form.is_bound and form.is_valid() and (ceo := _saved(request, region, form)):
        confirm(request, _said(ceo))
        return redirect("rollout:region", code)
    context = {"form": form, "region": region, "what": what}
    status = 422 if form.is_bound else 200
    return render(request, "rollout/ceo_change.html", context, status=status)


def _saved(
    request: Request, region: Region, form: SuccessionForm
) -> RegionalCEO | None:
    """Who leads now, or who left; none when the form says why not."""
    act, data = web_act(request.user), form.cleaned_data
    sent = Sent.of(data["key"], request.POST.lists())
    who, day, seen = form.successor, data["from_date"], data["seen"]

    def make() -> RegionalCEO:
        if who is None:
            return leave_post_open(region, to_date=day, seen=seen, act=act)
        return change_ceo(region, who, from_date=day, seen=seen, act=act)

    try:
        row, _is_new = make_once(sent, make, act=act)
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except CannotChangeCEO as refusal:
        refuse(form, refusal)
    else:
        return row
    return None


def _said(ceo: RegionalCEO) -> str:
    said = {"name": ceo.user.name, "region": ceo.region.name}
    if ceo.to_date is not None:
        text = _("%(name)s leads %(region)s no more. What is open waits.")
    else:
        text = _("%(name)s leads %(region)s now. What was open passed on to him.")
    return text % said
