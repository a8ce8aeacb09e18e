"""Putting a call off one's own list, and back."""

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_log_contact, can_put_back
from regions.history import web_act
from regions.middleware import Request, way_back
from regions.models import Rhythm, Snooze
from regions.services.snoozes import CannotPutOff, put_back, put_off
from regions.wording import ceo_of, day
from rollout.dashboard import today_page
from rollout.forms.checkins import PutOffForm

from .notes import confirm, refuse

TODAY = "rollout:today"


@require_http_methods(["GET", "HEAD", "POST"])
def call_put_off(request: Request, pk: int) -> HttpResponse:
    """A page, or with htmx the call itself, which then says until when and why."""
    user = request.user
    rhythm = _rhythm(request, pk)
    can_log_contact(user, rhythm.ceo.region).insist()
    form = PutOffForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            row = put_off(rhythm, of=user, act=web_act(user), **form.cleaned_data)
        except CannotPutOff as refusal:
            refuse(form, refusal)
        else:
            said = _("Put off until %(day)s: the %(ceo)s.") % {
                "day": day(row.until_date),
                "ceo": ceo_of(rhythm.ceo.region),
            }
            return _answer(request, rhythm, said)
    if request.htmx and form.is_bound:
        return _row(request, rhythm, form=form)
    context = {
        "form": form,
        "who": ceo_of(rhythm.ceo.region),
        "then": way_back(request, reverse(TODAY)),
    }
    status = 422 if form.is_bound else 200
    return render(request, "rollout/call_put_off.html", context, status=status)


@require_POST
def call_put_back(request: Request, pk: int) -> HttpResponse:
    """On the list again, as it was."""
    rows = Snooze.objects.visible_to(request.user).select_related("rhythm__programme")
    snooze = get_object_or_404(rows, pk=pk)
    can_put_back(request.user, snooze).insist()
    put_back(snooze, act=web_act(request.user))
    rhythm = _rhythm(request, snooze.rhythm_id)
    said = _("Back on the list: the %(ceo)s.") % {"ceo": ceo_of(rhythm.ceo.region)}
    return _answer(request, rhythm, said)


def _rhythm(request: Request, pk: int) -> Rhythm:
    rows = Rhythm.objects.visible_to(request.user).running()
    return get_object_or_404(rows.select_related("ceo__region", "programme"), pk=pk)


def _answer(request: Request, rhythm: Rhythm, said: str) -> HttpResponse:
    if request.htmx:
        return _row(request, rhythm, said=said)
    confirm(request, said)
    return redirect(way_back(request, reverse(TODAY)))


def _row(
    request: Request,
    rhythm: Rhythm,
    *,
    form: PutOffForm | None = None,
    said: str = "",
) -> HttpResponse:
    """The call as it now is on Today, with the sentence that counts the calls."""
    page = today_page(rhythm.programme, request.user, at=request.user.moment)
    calls = [*page.calls, *page.put_off]
    call = next((one for one in calls if one.rhythm_id == rhythm.pk), None)
    if call is None:
        raise Http404
    context = {"call": call, "page": page, "put_off_form": form, "said": said}
    return render(request, "rollout/_call_answer.html", context)
