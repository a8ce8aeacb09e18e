"""The versions of a procedure: reading one, and writing and publishing the next."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pilots.access import can_keep_playbook
from pilots.forms import NewProcedureForm, NewStepForm, StepForm
from pilots.models import Procedure, Step
from pilots.queries import version_page
from pilots.services import playbook
from pilots.services.playbook import CannotKeepPlaybook
from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Programme
from regions.services.sendings import Sent, SentOtherwise, make_once


@require_safe
def version(request: Request, pk: int) -> HttpResponse:
    procedure, user = _procedure(request, pk), request.user
    may_keep = bool(can_keep_playbook(user))
    context = {
        "page": version_page(procedure, user),
        "procedure": procedure,
        "may_keep": may_keep,
        "writes": may_keep and procedure.is_draft,
    }
    return render(request, "pilots/version_page.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def procedure_add(request: Request) -> HttpResponse:
    """A procedure that the playbook does not have yet."""
    can_keep_playbook(request.user).insist()
    programme = get_object_or_404(
        Programme.objects.visible_to(request.user).running_first()[:1]
    )
    form = NewProcedureForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        act, name = web_act(request.user), form.cleaned_data["name"]
        made = _make_once(
            request,
            form,
            "name",
            lambda: playbook.begin_procedure(programme, name, act=act),
        )
        if made is not None:
            return redirect("pilots:version", made.pk)
    context = {"form": form, "programme": programme}
    status = 422 if form.is_bound else 200
    return render(request, "pilots/procedure_add.html", context, status=status)


@require_POST
def draft_open(request: Request, pk: int) -> HttpResponse:
    procedure = _procedure(request, pk)
    can_keep_playbook(request.user).insist()
    try:
        draft = playbook.open_draft(procedure, act=web_act(request.user))
    except CannotKeepPlaybook as refusal:
        messages.error(request, str(refusal))
        return redirect("pilots:version", pk)
    messages.success(
        request, _("Draft of version %(number)d.") % {"number": draft.number}
    )
    return redirect("pilots:version", draft.pk)


@require_POST
def draft_discard(request: Request, pk: int) -> HttpResponse:
    draft = _procedure(request, pk)
    can_keep_playbook(request.user).insist()

    def discard(seen: int) -> None:
        playbook.discard_draft(draft, version=seen, act=web_act(request.user))

    if not _act(request, discard):
        return redirect("pilots:version", pk)
    messages.success(request, _("The draft is given up."))
    return redirect("pilots:playbook")


@require_http_methods(["GET", "HEAD", "POST"])
def publish(request: Request, pk: int) -> HttpResponse:
    """First what it changes, then the button."""
    draft, user = _procedure(request, pk), request.user
    can_keep_playbook(user).insist()
    if request.method != "POST":
        if not draft.is_draft:
            return redirect("pilots:version", pk)
        page = version_page(draft, user)
        context = {"page": page, "procedure": draft}
        return render(request, "pilots/version_publish.html", context)

    def go(seen: int) -> None:
        playbook.publish(draft, version=seen, act=web_act(user))

    if _act(request, go):
        said = _("Version %(number)d is published. Plans are made from it now.")
        messages.success(request, said % {"number": draft.number})
    return redirect("pilots:version", pk)


# --- Steps of a draft ----------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def step_add(request: Request, pk: int) -> HttpResponse:
    draft = _procedure(request, pk)
    can_keep_playbook(request.user).insist()
    form = NewStepForm(draft, request.POST if request.method == "POST" else None)
    if form.is_valid():
        act, after = web_act(request.user), form.cleaned_data["after"]
        made = _make_once(
            request,
            form,
            "title",
            lambda: playbook.add_step(draft, form.values, act=act, after=after),
        )
        if made is not None:
            messages.success(request, _("Added."))
            return redirect("pilots:version", pk)
    return _step_page(request, draft, form, 422 if form.is_bound else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def step_edit(request: Request, pk: int) -> HttpResponse:
    step = _step(request, pk)
    can_keep_playbook(request.user).insist()
    if request.method != "POST":
        return _step_page(request, step.procedure, StepForm(step), step=step)

    def save(form: Any) -> Step:
        return playbook.edit_step(
            step,
            form.values,
            version=form.cleaned_data["version"],
            act=web_act(request.user),
            after=form.cleaned_data["after"],
        )

    form = StepForm(step, request.POST)
    if form.is_valid():
        try:
            save_merging(form, StepForm, save)
        except CannotKeepPlaybook as refusal:
            form.add_error(None, str(refusal))
        except Clashing as conflict:
            back = reverse("pilots:version", args=[step.procedure_id])
            context = {"conflict": conflict, "back": back}
            return render(request, "conflict.html", context, status=409)
        else:
            messages.success(request, _("Saved."))
            return redirect("pilots:version", step.procedure_id)
    return _step_page(request, step.procedure, form, 422, step=step)


@require_POST
def step_remove(request: Request, pk: int) -> HttpResponse:
    step = _step(request, pk)
    can_keep_playbook(request.user).insist()

    def remove(seen: int) -> None:
        playbook.remove_step(step, version=seen, act=web_act(request.user))

    if _act(request, remove):
        messages.success(request, _("Removed."))
    return redirect("pilots:version", step.procedure_id)


@require_POST
def step_move(request: Request, pk: int) -> HttpResponse:
    """One place up or down."""
    step = _step(request, pk)
    can_keep_playbook(request.user).insist()
    up = request.POST.get("to") == "up"

    def move(seen: int) -> None:
        playbook.move_step(step, up=up, version=seen, act=web_act(request.user))

    _act(request, move)
    address = reverse("pilots:version", args=[step.procedure_id])
    return redirect(f"{address}#step-{step.pk}")


def _step_page(
    request: Request,
    draft: Procedure,
    form: Any,
    status: int = 200,
    *,
    step: Step | None = None,
) -> HttpResponse:
    context = {"procedure": draft, "form": form, "step": step}
    return render(request, "pilots/step_form.html", context, status=status)


# --- Common --------------------------------------------------------------------------


def _act(request: Request, act: Callable[[int], None]) -> bool:
    """An act of one button on the version that the page was shown with."""
    try:
        act(seen_version(request.POST, CannotKeepPlaybook))
    except (CannotKeepPlaybook, EditedMeanwhile) as refusal:
        messages.error(request, str(refusal))
        return False
    return True


def _make_once(
    request: Request, form: Any, field: str, make: Callable[[], Any]
) -> Any | None:
    """What was made, however often the form is sent; None where it is refused."""
    sent = Sent.of(form.cleaned_data["key"], request.POST.lists())
    try:
        return make_once(sent, make, act=web_act(request.user))[0]
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except CannotKeepPlaybook as refusal:
        form.add_error(field, str(refusal))
    return None


def _procedure(request: Request, pk: int) -> Procedure:
    rows = Procedure.objects.visible_to(request.user).select_related("programme")
    return get_object_or_404(rows, pk=pk)


def _step(request: Request, pk: int) -> Step:
    rows = Step.objects.visible_to(request.user).select_related("procedure__programme")
    return get_object_or_404(rows, pk=pk)
