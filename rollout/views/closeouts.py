"""Asking everybody who took part in a pilot, and where the link of that mail leads.

The link is all that is needed, as on the page of a question (`views/answers.py`): one
question on each screen, each saved when it is left, until the link is over.
"""

from datetime import datetime
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from pilots.access import can_keep_pilots
from pilots.models import Pilot
from regions.forms import pressed_again
from regions.history import web_act
from regions.middleware import Request
from regions.models import User
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.enums import CloseOutQuestion
from rollout.forms.closeouts import AskAllForm, SaidForm
from rollout.links import CLOSE_OUT_LINK
from rollout.models import CloseOut
from rollout.queries.closeouts import close_out_behind, rounds_of, took_part
from rollout.queries.links import person_behind
from rollout.services.closeouts import (
    CannotAnswer,
    CannotAskAll,
    Said,
    answer,
    replies_of,
    start_close_out,
    text_of,
)

from .notes import confirm, refuse
from .pause import language_of, private

QUESTIONS = list(CloseOutQuestion)


@require_http_methods(["GET", "HEAD", "POST"])
def close_out(request: Request, pk: int) -> HttpResponse:
    """The rounds so far, and the next one."""
    user = request.user
    rows = Pilot.objects.visible_to(user).select_related("programme")
    pilot = get_object_or_404(rows, pk=pk)
    can_keep_pilots(user).insist()
    people = took_part(pilot, user)
    if request.method != "POST":
        return _rounds(request, pilot, AskAllForm(people))
    form = AskAllForm(people, request.POST)
    if form.is_valid():
        act, asked = web_act(user), list(form.cleaned_data["people"])
        sent = Sent.of(form.cleaned_data["key"], request.POST.lists())
        try:
            make_once(sent, lambda: start_close_out(pilot, asked, act=act), act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotAskAll as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("The questions are on their way."))
            return redirect("rollout:close-out", pk)
    return _rounds(request, pilot, form, 422)


def _rounds(
    request: Request, pilot: Pilot, form: AskAllForm, status: int = 200
) -> HttpResponse:
    context = {
        "pilot": pilot,
        "form": form,
        "rounds": rounds_of(pilot, request.user),
        "questions": QUESTIONS,
        "days": CLOSE_OUT_LINK.lasts.days,
    }
    return render(request, "rollout/close_out.html", context, status=status)


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def close_out_answer(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    person = person_behind(CLOSE_OUT_LINK, token, at)
    row = close_out_behind(token, at)
    if person is None or row is None:
        return private(render(request, "mailing/close_out_over.html", status=410))
    language, zone = language_of(request, person), person.zone
    with translation.override(language), timezone.override(zone):
        page = _screen(request, person, row, at)
        page["Content-Language"] = language
    return private(page)


def _screen(
    request: HttpRequest, person: User, row: CloseOut, at: datetime
) -> HttpResponse:
    """The question that the address asks for; after the last one thanks."""
    sent = request.GET.get("q", "1")
    number = int(sent) if sent in {"1", "2", "3", "4", "5", "6"} else 1
    if number > len(QUESTIONS):
        return _page(request, row, "mailing/close_out_thanks.html", person=person)
    question = QUESTIONS[number - 1]
    if request.method != "POST":
        return _question(request, person, row, _form(row, person, question), question)
    refusal = ratelimit.consume_or_429(request, action="answer", key=str(person.pk))
    if refusal:
        return cast(HttpResponse, refusal)
    form = SaidForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            said = Said(question, data["text"], is_named=data["is_named"])
            answer(row, person, said, at=at)
        except CannotAnswer as refused:
            refuse(form, refused)
        else:
            return redirect(f"{request.path}?q={number + 1}")
    return _question(request, person, row, form, question, status=422)


def _form(row: CloseOut, person: User, question: CloseOutQuestion) -> SaidForm:
    reply = replies_of(row, person).get(question)
    if reply is None:
        return SaidForm()
    is_named = reply.finding.author_id is not None
    return SaidForm(initial={"text": text_of(reply.finding), "is_named": is_named})


def _question(
    request: HttpRequest,
    person: User,
    row: CloseOut,
    form: SaidForm,
    question: CloseOutQuestion,
    status: int = 200,
) -> HttpResponse:
    number = QUESTIONS.index(question) + 1
    return _page(
        request,
        row,
        "mailing/close_out_question.html",
        status=status,
        person=person,
        form=form,
        question=question.label,
        number=number,
        before=number - 1,
        after=number + 1,
    )


def _page(
    request: HttpRequest, row: CloseOut, template: str, status: int = 200, **more: Any
) -> HttpResponse:
    context = {
        "close_out": row,
        "count": len(QUESTIONS),
        "questions": list(enumerate((one.label for one in QUESTIONS), start=1)),
        "days": CLOSE_OUT_LINK.lasts.days,
        **more,
    }
    return render(request, template, context, status=status)
