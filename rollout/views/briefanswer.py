"""Where the link of a brief leads: its CEO answers with one press, without signing in.

A GET shows what is asked, a POST answers. As with questions, the signed token is all that
is needed, and it is told to no other page. Plain HTML and one small style sheet: it opens
at once on a phone far away, and in the viewers of chat programs.
"""

from datetime import datetime
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.enums import Role, Via
from regions.history import Act
from regions.models import User
from regions.queries import on_duty
from rollout.enums import BriefAnswer
from rollout.forms.briefs import BriefAnswerForm
from rollout.links import BRIEF_LINK
from rollout.models import Brief
from rollout.queries.briefs import mailed_brief
from rollout.queries.links import person_behind, still_here
from rollout.services.briefanswers import CannotAnswer, answer_brief
from rollout.services.briefs import CannotBrief, mail_link

from .notes import refuse
from .pause import language_of, private

FRESH, CHANGE = "fresh", "change"


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def brief_answer(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    person = person_behind(BRIEF_LINK, token, at)
    row = mailed_brief(token)
    reader = person or (row.ceo.user if row else None)
    if reader is None:
        return private(_over(request, None, at))
    with translation.override(language_of(request, reader)):
        with timezone.override(reader.zone):
            if person is None or row is None:
                page = _over(request, row, at)
            else:
                show = _answer if request.method == "POST" else _page
                page = show(request, person, row)
        page["Content-Language"] = translation.get_language()
    return private(page)


def _answer(request: HttpRequest, person: User, row: Brief) -> HttpResponse:
    refusal = ratelimit.consume_or_429(request, action="answer", key=str(person.pk))
    if refusal:
        return cast(HttpResponse, refusal)
    form = BriefAnswerForm(row, request.POST)
    if form.is_valid():
        said = BriefAnswer(form.cleaned_data["answer"])
        act = Act(by=person, at=timezone.now(), via=Via.MAIL)
        try:
            row = answer_brief(row, said, form.cleaned_data["sentence"], act=act)
        except CannotAnswer as refused:
            refuse(form, refused)
        else:
            return _shown(request, person, row, form, is_done=True)
    return _shown(request, person, row, form, status=422)


def _page(request: HttpRequest, person: User, row: Brief) -> HttpResponse:
    """A link of the mail has chosen already; who has answered sees what he said."""
    chosen = request.GET.get("answer", "")
    chosen = chosen if chosen in BriefAnswer.values else ""
    is_done = bool(row.answer) and chosen in ("", row.answer)
    is_done = is_done and CHANGE not in request.GET
    form = BriefAnswerForm(row, chosen=chosen)
    return _shown(request, person, row, form, is_done=is_done)


def _shown(
    request: HttpRequest,
    person: User,
    row: Brief,
    form: BriefAnswerForm,
    *,
    is_done: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": person,
        "brief": row,
        "form": form,
        "is_done": is_done,
        "is_over": not row.is_out,
        "helper": _helper(row, timezone.now()),
        "days": BRIEF_LINK.lasts.days,
    }
    return render(request, "mailing/brief.html", context, status=status)


def _helper(row: Brief, at: datetime) -> User | None:
    """Who helps him: the liaison, else whoever wrote."""
    region = row.ceo.region_id
    found = on_duty(at, Role.LIAISON, regions=[region])[Role.LIAISON, region]
    return found[0].user if found else row.writer


def _over(request: HttpRequest, row: Brief | None, at: datetime) -> HttpResponse:
    """Kindly, with a number to call, and a fresh link to the address that is known."""
    is_known = row is not None and row.is_out
    if is_known and row is not None:
        is_known = still_here(at).filter(pk=row.ceo.user_id).exists()
    context: dict[str, Any] = {"brief": row if is_known else None, "sent": False}
    context |= {"days": BRIEF_LINK.lasts.days}
    if row is None or not is_known:
        return render(request, "mailing/brief_over.html", context, status=410)
    context["helper"] = _helper(row, at)
    if request.method != "POST" or FRESH not in request.POST:
        return render(request, "mailing/brief_over.html", context, status=410)
    try:
        mail_link(row, at=at)
    except CannotBrief as refusal:
        context["problem"] = str(refusal)
    context["sent"] = True
    return render(request, "mailing/brief_over.html", context)
