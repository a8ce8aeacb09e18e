"""The call sheet, who calls, and the log under it: new, corrected, withdrawn."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import (
    can_change_contact,
    can_log_contact,
    can_read_notes,
    can_set_caller,
)
from regions.calendar import Corrections
from regions.forms import ContactForm, pressed_again
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Contact, Rhythm
from regions.queries import Engagement, corrections, engagements
from regions.services.callers import (
    CannotSetCaller,
    hand_over_talks,
    take_talks_back,
)
from regions.services.contacts import (
    CannotLogContact,
    NewAsk,
    correct_contact,
    log_contact,
    withdraw_contact,
)
from regions.services.privacy import log_views
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.wording import (
    ceo_of,
    listed,
    local_time,
    next_talk,
    since_last_talk,
    time_asked,
    until_go_live,
)
from rollout.forms import ActForm
from rollout.queries.calls import calls_due, own_first, talk_with
from rollout.queries.callsheet import CallSheet, call_sheet_of, sheet_facts
from rollout.queries.history import row_timeline
from rollout.queries.mails import failed_about
from rollout.queries.talktimes import respect_of, talks_with

from .notes import both_texts, confirm, refuse, warn


@require_http_methods(["GET", "HEAD", "POST"])
def call_sheet(request: Request, code: str) -> HttpResponse:
    """One A4 page to talk from, and the log. Posting logs the talk."""
    corrected, at = corrections(), request.user.moment
    one = _engagement(request, code, corrected)
    sheet = call_sheet_of(one, sheet_facts([one], at))
    may_log = can_log_contact(request.user, one.region)
    if request.method != "POST":
        form = ContactForm.for_new(request.GET.get("outcome", ""))
        return _sheet_page(request, sheet, form, may_log=bool(may_log))
    may_log.insist()
    form = ContactForm(request.POST)
    if form.is_valid():
        new_ask = (
            None if sheet.ask else NewAsk(sheet.proposal.kind, sheet.proposal.text)
        )
        log = form.to_log(at, ask=sheet.ask, new_ask=new_ask)
        sent = Sent.of(log.key, request.POST.lists())
        act, programme = web_act(request.user), one.rhythm.programme
        try:
            contact, _is_new = make_once(
                sent, lambda: log_contact(one.ceo, programme, log, act=act), act=act
            )
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotLogContact as refusal:
            refuse(form, refusal)
        else:
            return _after_log(request, one, contact, corrected)
    return _sheet_page(request, sheet, form, may_log=True, status=422)


def _engagement(request: Request, code: str, corrected: Corrections) -> Engagement:
    """The current CEO of a region that this person may talk to; anything else is 404."""
    rhythms = Rhythm.objects.visible_to(request.user).filter(ceo__region__code=code)
    found = engagements(rhythms, request.user.moment, corrected)
    if not found:
        raise Http404
    return found[-1]


def _sheet_page(
    request: Request,
    sheet: CallSheet,
    form: ContactForm,
    *,
    may_log: bool,
    status: int = 200,
) -> HttpResponse:
    one = sheet.engagement
    context: dict[str, Any] = {
        "sheet": sheet,
        "who": ceo_of(one.region),
        "facts": [since_last_talk(one.state), until_go_live(one.state)]
        if one.state
        else [],
        "there": local_time(one.region, request.user.moment),
        "form": form,
        "may_log": may_log,
        "failed_mails": failed_about(one.region, request.user, request.user.moment),
        "swap": _swap(request, one),
        "time_asked": time_asked(
            respect_of(one, talks_with([one]), request.user.moment)
        ),
    }
    return render(request, "rollout/call_sheet.html", context, status=status)


def _swap(request: Request, one: Engagement) -> dict[str, Any] | None:
    """What the CIO can do about who calls; a link of a mail puts it at the top."""
    if not can_set_caller(request.user):
        return None
    talk = talk_with(one, request.user.moment)
    if talk is None:
        return None
    hands_over = talk.can_go_to_liaison(request.user)
    if not hands_over and not talk.can_come_back(request.user):
        return None
    return {
        "hands_over": hands_over,
        "version": one.rhythm.version,
        "liaisons": listed(liaison.name for liaison in talk.liaisons),
        "is_first": "hand-over" in request.GET,
    }


def _after_log(
    request: Request, one: Engagement, contact: Contact, corrected: Corrections
) -> HttpResponse:
    """Back to Today, or on to the next call of one's own."""
    rows = Rhythm.objects.visible_to(request.user)
    same = rows.filter(pk=one.rhythm.pk)
    now = engagements(same, request.user.moment, corrected)[0]
    then = next_talk(now.state) if now.state else ""
    confirm(
        request,
        _("Logged: %(ceo)s, %(outcome)s. %(then)s")
        % {
            "ceo": ceo_of(one.region),
            "outcome": contact.get_outcome_display(),
            "then": then,
        },
        link=(
            reverse("rollout:contact-correct", args=[contact.pk]),
            _("Correct or withdraw"),
        ),
    )
    wants_next = request.POST.get("then") == "next"
    if wants_next and (code := _next_code(request, one, corrected)):
        return redirect("rollout:call-sheet", code)
    return redirect("rollout:today")


def _next_code(request: Request, one: Engagement, corrected: Corrections) -> str | None:
    """The region to call next, leaving out the one just called."""
    rows = Rhythm.objects.visible_to(request.user).running()
    rows = rows.filter(programme=one.rhythm.programme)
    calls = own_first(calls_due(rows, request.user.moment, corrected), request.user)
    codes = [
        call.engagement.region.code
        for call in calls
        if not call.put_off_by(request.user)
    ]
    return next((code for code in codes if code != one.region.code), None)


@require_POST
def call_hand_over(request: Request, code: str) -> HttpResponse:
    """The liaison calls from now on; whoever did not want to call is done with it."""
    one = _engagement(request, code, corrections())
    if not _set_caller(request, one, hand_over_talks):
        return redirect("rollout:call-sheet", code)
    said = _("The liaison calls the %(ceo)s.") % {"ceo": ceo_of(one.region)}
    confirm(request, said)
    return redirect("rollout:today")


@require_POST
def call_take_back(request: Request, code: str) -> HttpResponse:
    """The CIO calls after all, and goes on with the sheet."""
    one = _engagement(request, code, corrections())
    is_first = one.state is not None and one.state.is_first_talk
    if _set_caller(request, one, partial(take_talks_back, is_first_talk=is_first)):
        said = (
            _("You call the %(ceo)s for the first talk.")
            if is_first
            else _("You call the %(ceo)s.")
        )
        confirm(request, said % {"ceo": ceo_of(one.region)})
    return redirect("rollout:call-sheet", code)


def _set_caller(
    request: Request, one: Engagement, service: Callable[..., Rhythm]
) -> bool:
    """The common way of both: gate, version, one service call. False when refused."""
    can_set_caller(request.user).insist()
    form = ActForm(request.POST)
    try:
        if not form.is_valid():
            raise CannotSetCaller(_("The page is incomplete. Load it again."))
        version = form.cleaned_data["version"]
        service(one.rhythm, version=version, act=web_act(request.user))
    except (CannotSetCaller, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return False
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def contact_correct(request: Request, pk: int) -> HttpResponse:
    """Change what was logged; the rhythm and the ask follow."""
    contact = _contact(request, pk)
    can_change_contact(request.user, contact).insist()
    region = contact.ceo.region
    reads = can_read_notes(request.user, region.pk)

    def form_over(row: Contact, data: Any = None) -> ContactForm:
        return ContactForm.for_contact(row, data, reads_private=reads)

    def correct(form: ContactForm) -> Contact:
        return correct_contact(
            contact,
            form.to_log(contact.held_at, ask=contact.ask),
            version=form.cleaned_data["version"] or 0,
            act=web_act(request.user),
        )

    form = form_over(contact, request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        try:
            save_merging(form, form_over, correct)
        except Clashing as conflict:
            _log_reading(request, contact)
            back = reverse("rollout:region", args=[region.code])
            return both_texts(request, conflict, back=back)
        except CannotLogContact as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The log is corrected."))
            return redirect("rollout:region", region.code)
    if not form.is_bound:
        _log_reading(request, contact)
    context = {
        "form": form,
        "contact": contact,
        "who": ceo_of(region),
        "changes": row_timeline(contact, request.user),
    }
    status = 422 if form.is_bound else 200
    return render(request, "rollout/contact_correct.html", context, status=status)


def _log_reading(request: Request, contact: Contact) -> None:
    """The page shows the note of the talk to whoever may read it."""
    if can_read_notes(request.user, contact.ceo.region_id):
        log_views([contact], by=request.user, at=request.user.moment)


@require_POST
def contact_withdraw(request: Request, pk: int) -> HttpResponse:
    contact = _contact(request, pk)
    can_change_contact(request.user, contact).insist()
    form = ActForm(request.POST)
    try:
        if not form.is_valid():
            raise CannotLogContact(_("The page is incomplete. Load it again."))
        withdraw_contact(contact, act=web_act(request.user), **form.cleaned_data)
    except (CannotLogContact, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return redirect("rollout:contact-correct", pk)
    else:
        confirm(request, _("The log is withdrawn; the call is back on the list."))
    return redirect("rollout:region", contact.ceo.region.code)


def _contact(request: Request, pk: int) -> Contact:
    rows = Contact.objects.visible_to(request.user).select_related(
        "ceo__region", "check_in", "ask"
    )
    return get_object_or_404(rows, pk=pk)
