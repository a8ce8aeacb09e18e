"""The call sheet, who calls, and the log under it with its draft."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.access import can_log_contact, can_read_notes, can_set_caller
from regions.calendar import Corrections
from regions.forms import pressed_again
from regions.forms.contacts import ContactForm, draft_of
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request
from regions.models import Contact, ContactDraft, Rhythm, User
from regions.queries import Engagement, corrections, engagements
from regions.services.callers import (
    CannotSetCaller,
    hand_over_talks,
    take_talks_back,
)
from regions.services.checkins import CannotBook
from regions.services.contacts import CannotLogContact
from regions.services.drafts import drop_draft, keep_draft
from regions.services.privacy import log_views
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.wording import (
    ceo_of,
    clock,
    listed,
    local_time,
    moment,
    next_talk,
    since_last_talk,
    time_asked,
    until_go_live,
)
from rollout.enums import SkipReason
from rollout.forms.talks import ask_of, preset_of
from rollout.queries.calls import as_it_is, calls_due, own_first, talk_with
from rollout.queries.callsheet import CallSheet, call_sheet_of
from rollout.queries.lessons import open_lessons
from rollout.queries.mails import failed_about
from rollout.queries.sheetfacts import sheet_facts
from rollout.queries.talktimes import respect_of, talks_with
from rollout.services.talks import log_talk

from .notes import confirm, refuse, warn

# Lessons of his region's plan that nobody answered: so many are worth a word.
MOST_LESSONS = 3


@require_http_methods(["GET", "HEAD", "POST"])
def call_sheet(request: Request, code: str) -> HttpResponse:
    """One A4 page to talk from, and the log. Posting logs the talk."""
    corrected, at = corrections(), request.user.moment
    one = engagement_or_404(request, code, corrected)
    sheet = call_sheet_of(one, sheet_facts([one], at))
    may_log = can_log_contact(request.user, one.region)
    if request.method != "POST":
        return _empty_page(request, sheet, may_log=bool(may_log))
    may_log.insist()
    form = ContactForm.for_new(preset_of(sheet), request.POST)
    if form.is_valid():
        try:
            contact = _log(request, sheet, form)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except (CannotLogContact, CannotBook) as refusal:
            refuse(form, refusal)
        else:
            return _after_log(request, one, contact, corrected)
    return _sheet_page(request, sheet, form, may_log=True, status=422)


def _log(request: Request, sheet: CallSheet, form: ContactForm) -> Contact:
    """Raises SentOtherwise, CannotLogContact and CannotBook."""
    one, act = sheet.engagement, web_act(request.user)
    ask, new_ask = ask_of(form, sheet)
    log = form.to_log(request.user.moment, ask=ask, new_ask=new_ask)
    contact, _is_new = make_once(
        Sent.of(log.key, request.POST.lists()),
        lambda: log_talk(
            one.ceo, one.rhythm.programme, log, next_slot=form.next_slot, act=act
        ),
        act=act,
    )
    return contact


@require_POST
def call_draft(request: Request, code: str) -> HttpResponse:
    """Keeps the form as it is by now, or throws that away. Answers when it was kept."""
    one = engagement_or_404(request, code, corrections())
    can_log_contact(request.user, one.region).insist()
    programme, at = one.rhythm.programme, request.user.moment
    if "discard" in request.POST:
        drop_draft(one.ceo, programme, by=request.user)
        return redirect("rollout:call-sheet", code)
    data = draft_of(request.POST)
    keep_draft(one.ceo, programme, data, by=request.user, at=at)
    said = _draft_line(at, at)
    return HttpResponse(said, content_type="text/plain; charset=utf-8")


def engagement_or_404(
    request: Request, code: str, corrected: Corrections
) -> Engagement:
    """The current CEO of a region that this person sees; anything else is 404."""
    rhythms = Rhythm.objects.visible_to(request.user).filter(ceo__region__code=code)
    found = engagements(rhythms, request.user.moment, corrected)
    if not found:
        raise Http404
    return found[-1]


def _draft_line(saved_at: datetime, at: datetime) -> str:
    """By the clock of the reader; with the day when it is not this one."""
    saved = timezone.localtime(saved_at)
    is_today = saved.date() == timezone.localtime(at).date()
    return _("Draft of %(time)s") % {
        "time": clock(saved) if is_today else moment(saved)
    }


def _empty_page(request: Request, sheet: CallSheet, *, may_log: bool) -> HttpResponse:
    """What was begun before is there again."""
    one = sheet.engagement
    drafts = ContactDraft.objects.visible_to(request.user)
    draft = drafts.filter(ceo=one.ceo, programme=one.rhythm.programme).first()
    preset = preset_of(
        sheet,
        outcome=request.GET.get("outcome", ""),
        channel=request.GET.get("channel", ""),
    )
    form = ContactForm.for_new(preset, draft=draft.data if draft else None)
    return _sheet_page(request, sheet, form, may_log=may_log, draft=draft)


def _sheet_page(
    request: Request,
    sheet: CallSheet,
    form: ContactForm,
    *,
    may_log: bool,
    draft: ContactDraft | None = None,
    status: int = 200,
) -> HttpResponse:
    one, user = sheet.engagement, request.user
    careful_with = ""
    if can_read_notes(user, one.region.pk):
        careful_with = one.ceo.careful_with
        log_views([one.ceo], by=user, at=user.moment)
    lessons = open_lessons(sheet.plan, user, MOST_LESSONS) if sheet.plan else []
    taught = [line.finding.title + line.finding.recommendation for line in lessons]
    context: dict[str, Any] = {
        "sheet": sheet,
        "lessons": lessons,
        "skip_reasons": SkipReason.choices,
        "who": ceo_of(one.region),
        "facts": [since_last_talk(one.state), until_go_live(one.state)]
        if one.state
        else [],
        "there": local_time(one.region, user.moment),
        "careful_with": careful_with,
        "is_long": sheet.is_long(careful_with, *taught),
        # A page that is full without them leaves them to the screen.
        "prints_lessons": not sheet.is_long(careful_with),
        "then_due": one.then_due_date,
        "form": form,
        "draft_line": _draft_line(draft.saved_at, user.moment) if draft else "",
        "last_key": _last_key(one, user),
        "may_log": may_log,
        "failed_mails": failed_about(one.region, user, user.moment),
        "swap": _swap(request, one),
        "time_asked": time_asked(
            respect_of(one, talks_with([one]), request.user.moment)
        ),
    }
    return render(request, "rollout/call_sheet.html", context, status=status)


def _last_key(one: Engagement, user: User) -> str:
    """Of the form that somebody logged last with this CEO: so his browser knows whether
    what it keeps has arrived."""
    rows = Contact.objects.visible_to(user).filter(ceo=one.ceo, by=user)
    return str(rows.order_by("-id").values_list("key", flat=True).first() or "")


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
    now = as_it_is(one, request.user.moment, corrected)
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
    one = engagement_or_404(request, code, corrections())
    if not _set_caller(request, one, hand_over_talks):
        return redirect("rollout:call-sheet", code)
    said = _("The liaison calls the %(ceo)s.") % {"ceo": ceo_of(one.region)}
    confirm(request, said)
    return redirect("rollout:today")


@require_POST
def call_take_back(request: Request, code: str) -> HttpResponse:
    """The CIO calls after all, and goes on with the sheet."""
    one = engagement_or_404(request, code, corrections())
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
    try:
        version = seen_version(request.POST, CannotSetCaller)
        service(one.rhythm, version=version, act=web_act(request.user))
    except (CannotSetCaller, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return False
    return True
