"""The playbook, and a finding's way into it."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pilots.access import can_add_source, can_decide_finding, can_record_finding
from pilots.enums import FINDING_MOVES, FindingState
from pilots.forms import AdoptForm, FindingForm, RejectForm, VersionForm
from pilots.models import Finding
from pilots.queries import finding_counts, findings_of, procedures_of
from pilots.services import findings
from regions.forms import pressed_again
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request, asked
from regions.models import Programme
from regions.queries import files_on, history_of
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.timeline import timeline
from regions.uploads import AttachForm

PAGE = 25


def _programme(request: Request) -> Programme:
    return get_object_or_404(
        Programme.objects.visible_to(request.user).running_first()[:1]
    )


@require_safe
def playbook(request: Request) -> HttpResponse:
    programme = Programme.objects.visible_to(request.user).running_first().first()
    context = {
        "programme": programme,
        "procedures": procedures_of(programme) if programme else [],
        "counts": finding_counts(programme, request.user) if programme else [],
        "may_record": bool(programme and can_record_finding(request.user)),
    }
    return render(request, "pilots/playbook.html", context)


@require_safe
def finding_list(request: Request) -> HttpResponse:
    programme = _programme(request)
    state = request.GET.get("state", "")
    words = asked(request, "q")
    known = state if state in FindingState.values else ""
    rows = findings_of(programme, request.user, known, words)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "counts": finding_counts(programme, request.user),
        "state": known,
        "words": words,
        "may_record": bool(can_record_finding(request.user)),
    }
    return render(request, "pilots/finding_list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_add(request: Request) -> HttpResponse:
    can_record_finding(request.user).insist()
    programme = _programme(request)
    form = FindingForm(programme, request.POST or None, initial=request.GET.dict())
    if request.method == "POST" and form.is_valid():
        values, act = form.cleaned_data, web_act(request.user)
        sent = Sent.of(values.pop("key"), request.POST.lists())

        def record() -> Finding:
            return findings.record_finding(programme=programme, act=act, **values)

        try:
            finding, _is_new = make_once(sent, record, act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except findings.CannotMoveFinding as refusal:
            form.add_error("title", str(refusal))
        else:
            messages.success(request, _("Recorded. Headquarters reviews it next."))
            return redirect("pilots:finding", finding.pk)
    status = 422 if form.is_bound else 200
    return render(request, "pilots/finding_add.html", {"form": form}, status=status)


@require_safe
def finding_page(request: Request, pk: int) -> HttpResponse:
    return _page(request, _finding(request, pk))


def _page(
    request: Request, finding: Finding, status: int = 200, **forms: Any
) -> HttpResponse:
    moves = FINDING_MOVES[FindingState(finding.state)]
    context = {
        "finding": finding,
        "may_decide": can_decide_finding(request.user, finding),
        "moves": {state.value for state in moves},
        "version_form": VersionForm(finding),
        "adopt_form": AdoptForm(finding),
        "reject_form": RejectForm(finding),
        "changes": timeline(history_of(finding, request.user), request.user, 20),
        "files": files_on(finding, request.user),
        "may_attach": bool(can_add_source(request.user, finding)),
        "attach_form": AttachForm(),
        **forms,
    }
    return render(request, "pilots/finding_page.html", context, status=status)


@require_POST
def finding_attach(request: Request, pk: int) -> HttpResponse:
    """Hang a source on a finding."""
    finding = _finding(request, pk)
    can_add_source(request.user, finding).insist()
    form, act = AttachForm(request), web_act(request.user)
    added = form.keep_on(finding, programme=finding.programme, act=act)
    if added is None:
        return _page(request, finding, status=422, attach_form=form)
    messages.success(request, _("Added: %(name)s") % {"name": added.name})
    return redirect("pilots:finding", pk)


@require_POST
def finding_review(request: Request, pk: int) -> HttpResponse:
    return _decide(request, pk, VersionForm, findings.review_finding, _("Reviewed."))


@require_POST
def finding_adopt(request: Request, pk: int) -> HttpResponse:
    said = _("Adopted. It now stands on every task of its step.")
    return _decide(
        request, pk, AdoptForm, findings.adopt_finding, said, name="adopt_form"
    )


@require_POST
def finding_reject(request: Request, pk: int) -> HttpResponse:
    said = _("Rejected.")
    return _decide(
        request, pk, RejectForm, findings.reject_finding, said, name="reject_form"
    )


@require_POST
def finding_retire(request: Request, pk: int) -> HttpResponse:
    said = _("Retired. It left the tasks.")
    return _decide(request, pk, VersionForm, findings.retire_finding, said)


@require_POST
def finding_reopen(request: Request, pk: int) -> HttpResponse:
    said = _("Proposed again.")
    return _decide(request, pk, VersionForm, findings.reopen_finding, said)


def _decide(
    request: Request,
    pk: int,
    form_class: type[VersionForm],
    service: Callable[..., Finding],
    said: str,
    name: str = "version_form",
) -> HttpResponse:
    """The common way of a decision: gate, form, one service call, the page again."""
    finding = _finding(request, pk)
    can_decide_finding(request.user, finding).insist()
    form = form_class(finding, request.POST)
    if form.is_valid():
        try:
            service(finding, act=web_act(request.user), **form.cleaned_data)
        except (findings.CannotMoveFinding, EditedMeanwhile) as refusal:
            # Nothing merges: it was about what the finding said. Pressed again below what
            # it says now, it is about that.
            finding = _finding(request, pk)
            data = request.POST.copy()
            data["version"] = str(finding.version)
            form = form_class(finding, data)
            form.add_error(None, str(refusal))
        else:
            messages.success(request, said)
            return redirect("pilots:finding", pk)
    return _page(request, _finding(request, pk), status=422, **{name: form})


def _finding(request: Request, pk: int) -> Finding:
    rows = Finding.objects.visible_to(request.user).select_related(
        "programme", "step__procedure", "pilot", "author"
    )
    return get_object_or_404(rows, pk=pk)
