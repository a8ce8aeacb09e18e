"""Asking for another date or owner of a task, and answering it: two short pages."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.calendar import today
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request
from rollout.access import can_ask_about, can_settle, can_withdraw
from rollout.enums import RequestKind
from rollout.forms.requests import AskDateForm, NotMineForm, SettleForm
from rollout.models import Task, TaskRequest
from rollout.queries.requests import request_line, with_people
from rollout.services.requests import (
    CannotAsk,
    CannotSettle,
    ask_for_date,
    ask_for_owner,
    decline,
    grant_date,
    grant_owner,
    withdraw,
)

from .notes import confirm, refuse, warn


@require_http_methods(["GET", "HEAD", "POST"])
def task_ask_date(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    day = today(request.user, request.user.moment)
    form = AskDateForm(day, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_for_date(task, act=web_act(request.user), **form.cleaned_data)
        except CannotAsk as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("Asked. The day stays until somebody answers."))
            return redirect("rollout:my-tasks")
    return _asking(request, task, form, _("Needs another date"))


@require_http_methods(["GET", "HEAD", "POST"])
def task_not_mine(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    # It may be sent without a word.
    form = NotMineForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            ask_for_owner(task, act=web_act(request.user), **form.cleaned_data)
        except CannotAsk as refusal:
            refuse(form, refusal)
        else:
            text = _("Out of your week until another owner is named: %(title)s")
            confirm(request, text % {"title": task.title})
            return redirect("rollout:my-tasks")
    return _asking(request, task, form, _("Not mine"))


@require_http_methods(["GET", "HEAD", "POST"])
def task_request(request: Request, pk: int) -> HttpResponse:
    """What is asked, and the answer to it: granted with a day or an owner, or declined."""
    one, at = _request(request, pk), request.user.moment
    if request.method != "POST":
        return _page(request, one, SettleForm(one, at=at))
    can_settle(request.user, one).insist()
    form = SettleForm(one, request.POST, at=at)
    if form.is_valid():
        try:
            _settle(request, one, form)
        except (CannotSettle, EditedMeanwhile) as refusal:
            # A judgement merges nothing: it is asked again below what was asked since.
            one = _request(request, pk)
            said = {**request.POST.dict(), "version": one.version}
            form = SettleForm(one, said, at=at)
            refuse(form, refusal)
        else:
            confirm(request, _("Answered."))
            return redirect("rollout:task", one.task_id)
    return _page(request, one, form, 422)


def _settle(request: Request, one: TaskRequest, form: SettleForm) -> None:
    act = web_act(request.user)
    said = {key: form.cleaned_data[key] for key in ("answer", "version")}
    if "decline" in request.POST:
        decline(one, act=act, **said)
    elif one.kind == RequestKind.DATE:
        grant_date(one, to=form.cleaned_data["to"], act=act, **said)
    else:
        grant_owner(one, to=form.cleaned_data["to"], act=act, **said)


@require_POST
def request_withdraw(request: Request, pk: int) -> HttpResponse:
    one = _request(request, pk)
    can_withdraw(request.user, one).insist()
    try:
        withdraw(
            one,
            version=seen_version(request.POST, CannotSettle),
            act=web_act(request.user),
        )
    except (CannotSettle, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("Taken back: %(title)s") % {"title": one.task.title})
    return redirect("rollout:my-tasks")


def _asking(
    request: Request, task: Task, form: AskDateForm | NotMineForm, head: str
) -> HttpResponse:
    context = {"task": task, "form": form, "head": head}
    status = 422 if form.errors else 200
    return render(request, "rollout/task_ask.html", context, status=status)


def _page(
    request: Request, one: TaskRequest, form: SettleForm, status: int = 200
) -> HttpResponse:
    context = {"line": request_line(one, request.user), "form": form}
    return render(request, "rollout/request_page.html", context, status=status)


def _task(request: Request, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).select_related("plan__region")
    task = get_object_or_404(rows, pk=pk)
    can_ask_about(request.user, task).insist()
    return task


def _request(request: Request, pk: int) -> TaskRequest:
    rows = with_people(TaskRequest.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)
