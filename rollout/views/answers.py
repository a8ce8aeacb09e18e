"""Where the link of a question leads: whoever is asked answers, without signing in.

A GET shows the questions of the mail; a POST answers one of them. The signed token is all
that is needed, and it is told to no other page: such a page sends no origin, so the watch
on forms from elsewhere would refuse its own button.
"""

from datetime import datetime
from typing import cast

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.enums import Via
from regions.history import Act
from regions.models import User
from rollout.enums import Reply
from rollout.forms.clarifications import ReplyForm
from rollout.links import ANSWERS_LINK
from rollout.models import Clarification
from rollout.queries.links import mailed_questions, person_behind, still_here
from rollout.services.clarifications import CannotAsk, CannotReply, mail_links, reply

from .notes import refuse
from .pause import language_of, private

FRESH = "fresh"


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def answers(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    person = person_behind(ANSWERS_LINK, token, at)
    rows = list(mailed_questions(token))
    if person is None or not rows:
        return private(_over(request, rows, at))
    language, zone = language_of(request, person), person.zone
    with translation.override(language), timezone.override(zone):
        is_answer = request.method == "POST"
        show = _answer if is_answer else _page
        page = show(request, person, rows)
        page["Content-Language"] = language
    return private(page)


def _answer(
    request: HttpRequest, person: User, rows: list[Clarification]
) -> HttpResponse:
    refusal = ratelimit.consume_or_429(request, action="answer", key=str(person.pk))
    if refusal:
        return cast(HttpResponse, refusal)
    asked = request.POST.get("question")
    row = next((one for one in rows if str(one.pk) == asked), None)
    if row is None:
        return _page(request, person, rows, status=422)
    form = ReplyForm(row, request.POST)
    if form.is_valid():
        act = Act(by=person, at=timezone.now(), via=Via.MAIL)
        try:
            reply(row, form.chosen, form.cleaned_data["text"], act=act)
        except CannotReply as refused:
            refuse(form, refused)
        else:
            row.refresh_from_db()
            return _page(request, person, rows, answered=row)
    return _page(request, person, rows, faulty=form, status=422)


def _page(
    request: HttpRequest,
    person: User,
    rows: list[Clarification],
    *,
    answered: Clarification | None = None,
    faulty: ReplyForm | None = None,
    status: int = 200,
) -> HttpResponse:
    context = {
        "person": person,
        "questions": [(row, _form(request, row, faulty)) for row in rows],
        "answered": answered,
        "days": ANSWERS_LINK.lasts.days,
    }
    return render(request, "mailing/answers.html", context, status=status)


def _form(
    request: HttpRequest, row: Clarification, faulty: ReplyForm | None
) -> ReplyForm:
    """The one that was refused, or a fresh one; a link in the mail has chosen already."""
    if faulty is not None and faulty.row == row:
        return faulty
    chosen = [one for one in Reply.values if request.GET.get(one) == str(row.pk)]
    return ReplyForm(row, said=chosen[0] if chosen else "")


def _over(
    request: HttpRequest, rows: list[Clarification], at: datetime
) -> HttpResponse:
    """Kindly, and with a fresh link to the address that is known, if that is wanted."""
    person = still_here(at).filter(pk__in={row.asked_of_id for row in rows}).first()
    open_ = [row for row in rows if row.is_open] if person else []
    context = {"questions": open_, "days": ANSWERS_LINK.lasts.days, "sent": False}
    if not open_ or request.method != "POST" or FRESH not in request.POST:
        return render(request, "mailing/answers_over.html", context, status=410)
    try:
        mail_links(open_, at=at)
    except CannotAsk as refusal:
        context["problem"] = str(refusal)
    context["sent"] = True
    return render(request, "mailing/answers_over.html", context)
