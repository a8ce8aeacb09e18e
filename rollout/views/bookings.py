"""Booking a talk with a CEO: a day and a time that suit both sides, moving it, leaving it out."""

from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_log_contact
from regions.calendar import Corrections
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import CheckIn, Rhythm, User
from regions.queries import Engagement, corrections, engagements
from regions.services.checkins import CannotBook
from regions.wording import ceo_of, clock, local_time, moment, since_last_talk
from rollout.forms.bookings import SLOT, BookForm, LeaveOutForm
from rollout.meetings import Hours, proposals
from rollout.placing.talks import times
from rollout.queries.calls import callers_of
from rollout.queries.talks import Booked
from rollout.services.bookings import (
    book_check_in,
    cancel_check_in,
    move_check_in,
)

from .notes import both_texts, confirm, refuse, warn


@require_http_methods(["GET", "HEAD", "POST"])
def book(request: Request, code: str) -> HttpResponse:
    """The talk that is planned with a region's CEO: a new one, or moved."""
    corrected = corrections()
    one = _engagement(request, code, corrected)
    can_log_contact(request.user, one.region).insist()
    if request.method != "POST":
        return _page(request, one, corrected, _form(one, _first_day(one)))
    form = _form(one, _first_day(one), request.POST)
    if form.is_valid():
        try:
            row = save_merging(form, BookForm.for_row, _saver(request, one))
        except Clashing as conflict:
            return both_texts(request, conflict, back=_back(one))
        except CannotBook as refusal:
            refuse(form, refusal)
        else:
            row.ceo, row.programme = one.ceo, one.rhythm.programme
            confirm(request, _said(row, request.user))
            return redirect("rollout:region", code)
    return _page(request, one, corrected, form, status=422)


@require_POST
def cancel(request: Request, code: str) -> HttpResponse:
    """The planned talk is left out, with the reason."""
    one = _engagement(request, code, corrections())
    can_log_contact(request.user, one.region).insist()
    form = LeaveOutForm(request.POST)
    try:
        if not form.is_valid() or one.booked is None:
            raise CannotBook(_("This talk is not planned any more."))
        act = web_act(request.user)
        cancel_check_in(one.booked, act=act, **form.cleaned_data)
    except (CannotBook, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return redirect("rollout:talk-book", code)
    said = _("The talk with the %(ceo)s is left out. Whoever was invited is told.")
    confirm(request, said % {"ceo": ceo_of(one.region)})
    return redirect("rollout:region", code)


def _engagement(request: Request, code: str, corrected: Corrections) -> Engagement:
    """The current CEO of a region that this person may talk to; anything else is 404."""
    rows = Rhythm.objects.visible_to(request.user).running()
    found = engagements(
        rows.filter(ceo__region__code=code), request.user.moment, corrected
    )
    if not found:
        raise Http404
    return found[-1]


def _form(one: Engagement, day: date, data: Any = None) -> BookForm:
    if one.booked is not None:
        return BookForm.for_row(one.booked, data)
    return BookForm.for_new(day, data)


def _first_day(one: Engagement) -> date:
    """No sooner than the talk is due."""
    return max(one.day, one.state.next_due_date) if one.state else one.day


def _saver(request: Request, one: Engagement) -> Any:
    def save(form: BookForm) -> CheckIn:
        act = web_act(request.user)
        if one.booked is None:
            return book_check_in(one.ceo, one.rhythm.programme, form.slot, act=act)
        # Shown before there was one, a form has no version: then both are put together.
        version = form.cleaned_data["version"] or 0
        return move_check_in(one.booked, form.slot, version=version, act=act)

    return save


def _said(row: CheckIn, reader: User) -> str:
    said = {"when": " · ".join(times(Booked(row, ()), reader))}
    if row.at_time is None:
        return _("Booked: %(when)s. Without a time nobody is invited.") % said
    return _("Booked: %(when)s. The invitations go out now.") % said


def _page(
    request: Request,
    one: Engagement,
    corrected: Corrections,
    form: BookForm,
    *,
    status: int = 200,
) -> HttpResponse:
    at, booked = request.user.moment, one.booked
    callers = callers_of([one], at)[one.rhythm.pk]
    caller = request.user if request.user in callers or not callers else callers[0]
    if booked is not None:
        booked.ceo, booked.programme = one.ceo, one.rhythm.programme
    context = {
        "one": one,
        "who": ceo_of(one.region),
        "facts": since_last_talk(one.state) if one.state else "",
        "there": local_time(one.region, at),
        "here": clock(at.astimezone(caller.zone)),
        "caller": caller,
        "is_other": caller != request.user,
        "booked": booked,
        "booked_for": times(Booked(booked, callers), request.user) if booked else [],
        "proposals": [
            _proposal(begins, one, caller)
            for begins in proposals(
                Hours.of_region(one.region, corrected),
                Hours.of_person(caller, corrected),
                first=_first_day(one),
                at=at,
                minutes=booked.minutes if booked else 15,
            )
        ],
        "form": form,
        "leave_out": LeaveOutForm(initial={"version": booked.version})
        if booked
        else None,
        "back": _back(one),
    }
    return render(request, "rollout/talk_book.html", context, status=status)


def _proposal(begins: datetime, one: Engagement, caller: User) -> dict[str, str]:
    """One tap: what is sent, when it is there, and when it is for whoever calls."""
    there, here = begins.astimezone(one.region.zone), begins.astimezone(caller.zone)
    is_same = there.utcoffset() == here.utcoffset()
    is_day = there.date() == here.date()
    return {
        "value": there.strftime(SLOT),
        "there": moment(there),
        "here": "" if is_same else clock(here) if is_day else moment(here),
    }


def _back(one: Engagement) -> str:
    return reverse("rollout:region", args=[one.region.code])
