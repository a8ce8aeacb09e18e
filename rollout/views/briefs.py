"""Briefs to CEOs: the list, a new one, its texts, how it will look, and sending it."""

from typing import Any

from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import can_see_today
from regions.enums import AskOf
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.queries import Engagement, asks_of, corrections
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.wording import capital, ceo_of, moment
from rollout.access import can_brief
from rollout.forms.briefs import BriefForm, NewBriefForm
from rollout.models import Brief
from rollout.previews import brief_preview as preview_of
from rollout.queries.briefs import briefs
from rollout.queries.history import row_timeline
from rollout.queries.proposals import proposed_ask
from rollout.services.briefs import (
    CannotBrief,
    draft_brief,
    edit_brief,
    paper_of,
    send_brief,
    why_not,
    withdraw_brief,
    writer_of,
)
from rollout.services.seldom import next_mail_from

from . import notes
from .calls import engagement_or_404
from .previews import FRAME_POLICY

PAGE = 50


@require_safe
def brief_list(request: Request) -> HttpResponse:
    """All that one sees, the drafts on top; new ones begin on the page of a region."""
    can_see_today(request.user).insist()
    rows = briefs(Brief.objects.visible_to(request.user))
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    return render(request, "rollout/brief_list.html", {"page": page})


@require_http_methods(["GET", "HEAD", "POST"])
def region_brief(request: Request, code: str) -> HttpResponse:
    """Which one thing is asked of this CEO; a post makes the draft."""
    one = engagement_or_404(request, code, corrections())
    can_brief(request.user, one.region.pk).insist()
    asks = list(asks_of(one.ceo, one.rhythm.programme).waiting().filter(of=AskOf.CEO))
    data = request.POST if request.method == "POST" else None
    form = NewBriefForm(asks, proposed_ask(one), one.day, data)
    earlier = briefs(Brief.objects.visible_to(request.user).filter(ceo=one.ceo))
    draft = next((row for row in earlier if _is_draft_for(row, one)), None)
    if form.is_bound and draft is not None:
        return redirect("rollout:brief", draft.pk)
    if form.is_valid() and (made := _make(request, one, form)) is not None:
        return redirect("rollout:brief", made.pk)
    context = {
        "region": one.region,
        "who": ceo_of(one.region),
        "form": form,
        "earlier": earlier,
        "draft": draft,
        "until": _until(one, request),
    }
    status = 422 if form.is_bound else 200
    return render(request, "rollout/brief_new.html", context, status=status)


def _is_draft_for(row: Brief, one: Engagement) -> bool:
    return row.is_draft and row.programme_id == one.rhythm.programme_id


def _make(request: Request, one: Engagement, form: NewBriefForm) -> Brief | None:
    act, corrected = web_act(request.user), corrections()
    sent = Sent.of(form.cleaned_data["key"], request.POST.lists())
    try:
        row, _is_new = make_once(
            sent,
            lambda: draft_brief(one.rhythm, form.wanted, corrected, act=act),
            act=act,
        )
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except CannotBrief as refusal:
        notes.refuse(form, refusal)
    else:
        return row
    return None


def _until(one: Engagement, request: Request) -> str:
    """Until when the next mail to this CEO has to wait; nothing when it may go."""
    until = next_mail_from(one.person, request.user.moment)
    return moment(until.astimezone(one.region.zone)) if until else ""


@require_http_methods(["GET", "HEAD", "POST"])
def brief(request: Request, pk: int) -> HttpResponse:
    """The texts of a draft; of one that was sent, what it said and what came of it."""
    row = _row(request, pk)
    may_write = can_brief(request.user, row.ceo.region_id)
    if request.method != "POST":
        return _page(request, row, BriefForm(row), may_write=bool(may_write))
    may_write.insist()
    form = BriefForm(row, request.POST)

    def save(form: BriefForm) -> Brief:
        version, act = form.cleaned_data["version"], web_act(request.user)
        return edit_brief(row, form.values, version=version, act=act)

    if form.is_valid():
        try:
            save_merging(form, BriefForm, save)
        except Clashing as conflict:
            back = reverse("rollout:brief", args=[pk])
            return notes.both_texts(request, conflict, back=back)
        except CannotBrief as refusal:
            notes.refuse(form, refusal)
        else:
            wants_look = request.POST.get("then") == "look"
            return redirect(
                "rollout:brief-preview" if wants_look else "rollout:brief", pk
            )
    return _page(request, row, form, may_write=True, status=422)


def _page(
    request: Request, row: Brief, form: BriefForm, *, may_write: bool, status: int = 200
) -> HttpResponse:
    context = {
        "row": row,
        "form": form,
        "who": capital(ceo_of(row.ceo.region)),
        "may_write": may_write,
        "changes": row_timeline(row, request.user),
    }
    return render(request, "rollout/brief_page.html", context, status=status)


@require_safe
def brief_preview(request: Request, pk: int) -> HttpResponse:
    """The mail and its page as they will go out; here it is sent."""
    row = _row(request, pk)
    can_brief(request.user, row.ceo.region_id).insist()
    at = request.user.moment
    writer = row.writer or writer_of(row, at)
    until = next_mail_from(row.ceo.user, at) if row.is_draft else None
    context: dict[str, Any] = {
        "row": row,
        "who": capital(ceo_of(row.ceo.region)),
        "writer": writer,
        "preview": preview_of(row, writer, nonce="") if writer else None,
        "until": moment(until.astimezone(row.ceo.region.zone)) if until else "",
        "stop": why_not(row) if row.is_draft else "",
    }
    return render(request, "rollout/brief_preview.html", context)


@require_safe
@xframe_options_sameorigin
@csp(FRAME_POLICY)  # type: ignore[arg-type] # django-csp knows Django's own requests only
def brief_html(request: Request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    can_brief(request.user, row.ceo.region_id).insist()
    writer = row.writer or writer_of(row, request.user.moment)
    if writer is None:
        raise Http404
    nonce = str(request.csp_nonce)  # type: ignore[attr-defined] # set by its middleware
    return HttpResponse(preview_of(row, writer, nonce).html)


@require_safe
def brief_pdf(request: Request, pk: int) -> HttpResponse:
    """The page as it went out, or as it would now."""
    row = _row(request, pk)
    can_brief(request.user, row.ceo.region_id).insist()
    at = request.user.moment
    writer = row.writer or writer_of(row, at)
    if writer is None or (row.paper is None and not row.need):
        raise Http404
    paper = bytes(row.paper) if row.paper else paper_of(row, writer, at)
    answer = HttpResponse(paper, content_type="application/pdf")
    answer["Content-Disposition"] = 'inline; filename="brief.pdf"'
    return answer


@require_POST
def brief_send(request: Request, pk: int) -> HttpResponse:
    """Whoever sends it has looked at it: the version is that of the preview."""
    row = _row(request, pk)
    can_brief(request.user, row.ceo.region_id).insist()
    try:
        version, act = seen_version(request.POST, CannotBrief), web_act(request.user)
        mail = send_brief(row, corrections(), version=version, act=act)
    except (CannotBrief, EditedMeanwhile) as refusal:
        notes.warn(request, str(refusal))
        return redirect("rollout:brief-preview", pk)
    when = moment(mail.planned_at.astimezone(row.ceo.region.zone))
    said = (
        _("It is on its way to the %(ceo)s.")
        if mail.planned_at <= act.at
        else _("It goes to the %(ceo)s on %(when)s, his time.")
    )
    notes.confirm(request, said % {"ceo": ceo_of(row.ceo.region), "when": when})
    return redirect("rollout:brief", pk)


@require_POST
def brief_withdraw(request: Request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    can_brief(request.user, row.ceo.region_id).insist()
    try:
        version, act = seen_version(request.POST, CannotBrief), web_act(request.user)
        withdraw_brief(row, version=version, act=act)
    except (CannotBrief, EditedMeanwhile) as refusal:
        notes.warn(request, str(refusal))
        return redirect("rollout:brief", pk)
    notes.confirm(request, _("Withdrawn. Nothing is asked by it any more."))
    return redirect("rollout:region-brief", row.ceo.region.code)


def _row(request: Request, pk: int) -> Brief:
    rows = briefs(Brief.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)
