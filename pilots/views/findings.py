"""Findings, and the way of each into the playbook."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from pilots.access import (
    can_add_source,
    can_decide_finding,
    can_edit_finding,
    can_record_finding,
    can_see_step,
)
from pilots.enums import FINDING_MOVES, FindingState
from pilots.forms import (
    AdoptForm,
    EditFindingForm,
    FindingForm,
    MergeForm,
    RejectForm,
    VersionForm,
)
from pilots.models import Finding
from pilots.queries import (
    files_of,
    finding_counts,
    findings_of,
    lines_of,
    similar_findings,
    ways_of,
)
from pilots.services import findings
from regions.forms import pressed_again
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, asked
from regions.models import Programme, User
from regions.queries import history_of
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.timeline import timeline
from regions.uploads import AttachForm

PAGE = 25


def _programme(request: Request) -> Programme:
    return get_object_or_404(
        Programme.objects.visible_to(request.user).running_first()[:1]
    )


@require_safe
def finding_list(request: Request) -> HttpResponse:
    programme = _programme(request)
    state = request.GET.get("state", "")
    words = asked(request, "q")
    known = state if state in FindingState.values else ""
    rows = findings_of(programme, request.user, known, words)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines_of(page.object_list, request.user),
        "counts": finding_counts(programme, request.user),
        "state": known,
        "words": words,
        "may_record": bool(can_record_finding(request.user)),
    }
    return render(request, "pilots/finding_list.html", context)


@require_safe
def finding_similar(request: Request) -> HttpResponse:
    """What is there already, while the title of a new one is typed."""
    can_record_finding(request.user).insist()
    found = similar_findings(_programme(request), request.user, asked(request, "title"))
    return render(request, "pilots/_similar.html", {"similar": found})


@require_http_methods(["GET", "HEAD", "POST"])
def finding_add(request: Request) -> HttpResponse:
    can_record_finding(request.user).insist()
    programme = _programme(request)
    if request.method != "POST":
        form = FindingForm(programme, request.user, initial=request.GET.dict())
        return _add_page(request, form)
    if "look" in request.POST:
        # Without a script: show similar ones, and keep what was typed.
        form = FindingForm(programme, request.user, initial=request.POST.dict())
        title = request.POST.get("title", "").replace("\x00", "")
        similar = similar_findings(programme, request.user, title)
        return _add_page(request, form, similar=similar, looked=True)
    form = FindingForm(programme, request.user, request.POST)
    if form.is_valid():
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
    return _add_page(request, form, status=422)


def _add_page(
    request: Request, form: FindingForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"form": form, **more}
    return render(request, "pilots/finding_add.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
def finding_edit(request: Request, pk: int) -> HttpResponse:
    finding, user = _finding(request, pk), request.user
    can_edit_finding(user, finding).insist()
    if request.method != "POST":
        return _edit_page(request, finding, EditFindingForm(finding, user))

    def save(form: Any) -> Finding:
        version = form.cleaned_data["version"]
        act = web_act(user)
        return findings.edit_finding(finding, form.values, version=version, act=act)

    form = EditFindingForm(finding, user, request.POST)
    if form.is_valid():
        try:
            save_merging(form, lambda row, data: EditFindingForm(row, user, data), save)
        except findings.CannotMoveFinding as refusal:
            form.add_error(None, str(refusal))
        except Clashing as conflict:
            back = reverse("pilots:finding-edit", args=[pk])
            context = {"conflict": conflict, "back": back}
            return render(request, "conflict.html", context, status=409)
        else:
            messages.success(request, _("Saved."))
            return redirect("pilots:finding", pk)
    return _edit_page(request, finding, form, 422)


def _edit_page(
    request: Request, finding: Finding, form: EditFindingForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "finding": finding}
    return render(request, "pilots/finding_edit.html", context, status=status)


@require_safe
def finding_page(request: Request, pk: int) -> HttpResponse:
    return _page(request, _finding(request, pk))


def _page(
    request: Request, finding: Finding, status: int = 200, **forms: Any
) -> HttpResponse:
    moves = FINDING_MOVES[FindingState(finding.state)]
    user, may_decide = request.user, can_decide_finding(request.user, finding)
    context = {
        "finding": finding,
        "knows_step": can_see_step(user, finding.step),
        "way": ways_of([finding], user)[finding.pk],
        "similar": _similar(user, finding) if may_decide else [],
        "merged": finding.merged.order_by("id"),
        "may_edit": can_edit_finding(user, finding),
        "merge_form": MergeForm(finding),
        "may_decide": may_decide,
        "moves": {state.value for state in moves},
        "version_form": VersionForm(finding),
        "adopt_form": AdoptForm(finding),
        "reject_form": RejectForm(finding),
        "changes": timeline(history_of(finding, request.user), request.user, 20),
        "files": files_of(finding, request.user),
        "may_attach": bool(can_add_source(request.user, finding)),
        "attach_form": AttachForm(),
        **forms,
    }
    return render(request, "pilots/finding_page.html", context, status=status)


def _similar(user: User, finding: Finding) -> list[Finding]:
    if finding.state == FindingState.MERGED:
        return []
    return similar_findings(
        finding.programme, user, finding.title, leave_out=finding.pk
    )


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
def finding_merge(request: Request, pk: int) -> HttpResponse:
    said = _("Merged. This one leads to the one that is kept.")
    return _decide(
        request, pk, MergeForm, findings.merge_finding, said, name="merge_form"
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
        "programme", "step__procedure", "pilot", "author", "owner", "merged_into"
    )
    return get_object_or_404(rows, pk=pk)
