"""Clarifications: the list and its files, one question, asking, answering and settling."""

from collections.abc import Callable
from typing import Any

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

from regions.forms import pressed_again
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Region, User
from regions.queries import files_on
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.uploads import AttachForm
from rollout.access import can_ask, can_change_question, can_confirm, can_reply
from rollout.forms.clarifications import (
    AskAgainForm,
    AskForm,
    ClarificationFilter,
    ReplyForm,
)
from rollout.models import Clarification, Plan, Task
from rollout.queries.clarifications import (
    clarifications,
    export_header,
    export_rows,
    line_of,
    lines,
    people_asked,
    with_people,
)
from rollout.queries.history import row_timeline
from rollout.queries.tasks import region_tasks
from rollout.services.clarifications import (
    About,
    CannotAsk,
    CannotReply,
    CannotSettle,
    ask,
    ask_again,
    confirm,
    reply,
    withdraw,
)

from . import notes
from .files import as_file, wanted_format

PAGE = 50


@require_safe
def clarification_list(request: Request) -> HttpResponse:
    """The filters stand in the address; with a format the same as a file."""
    user = request.user
    form = ClarificationFilter(
        Region.objects.visible_to(user), people_asked(user), request.GET
    )
    rows = clarifications(user, form.wanted)
    if suffix := wanted_format(request):
        title = _("Clarifications")
        lines_ = export_rows(rows, user.moment)
        return as_file(suffix, title, export_header(), lines_)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "lines": lines(page.object_list, user.moment),
        "form": form,
        "filters": request.GET.urlencode(),
        "is_filtered": any(request.GET.values()),
    }
    return render(request, "rollout/clarification_list.html", context)


@require_safe
def clarification(request: Request, pk: int) -> HttpResponse:
    return _page(request, _row(request, pk))


def _page(
    request: Request, row: Clarification, status: int = 200, **forms: Any
) -> HttpResponse:
    user = request.user
    context = {
        "row": row,
        "line": line_of(row, user.moment),
        "may_reply": bool(can_reply(user, row)) and row.state != "withdrawn",
        "may_confirm": bool(can_confirm(user, row))
        and row.state in ("answered", "declined"),
        "may_change": can_change_question(user, row) and row.state != "withdrawn",
        "sees_region": _sees(user, row.region_id),
        "reply_form": ReplyForm(row),
        "again_form": AskAgainForm(row),
        "changes": row_timeline(row, user),
        "files": files_on(row, user),
        "attach_form": AttachForm(),
        **forms,
    }
    return render(request, "rollout/clarification_page.html", context, status=status)


def _sees(user: User, region_id: int) -> bool:
    """Who is asked need not know the region otherwise."""
    return user.standing.sees_all or region_id in user.standing.region_ids


@require_http_methods(["GET", "HEAD", "POST"])
def region_ask(request: Request, code: str) -> HttpResponse:
    """A question about a region, perhaps about one of its tasks."""
    user = request.user
    plan = get_object_or_404(
        Plan.objects.visible_to(user).select_related("region", "programme")
        .order_by("id").filter(region__code=code)[:1]
    )  # fmt: skip
    can_ask(user, plan.region_id).insist()
    tasks = region_tasks(plan.region)
    if request.method != "POST":
        form = AskForm(plan.region, user, tasks, task=request.GET.get("task"))
        return _ask_page(request, plan, form)
    return _ask(request, plan, AskForm(plan.region, user, tasks, request.POST))


def _ask(request: Request, plan: Plan, form: AskForm) -> HttpResponse:
    """Keep what was sent, once; or the form again with what is wrong."""
    if not form.is_valid():
        return _ask_page(request, plan, form, 422)
    data, act = form.cleaned_data, web_act(request.user)
    task: Task | None = data["task"]
    programme = task.plan.programme if task else plan.programme
    about = About(plan.region, programme, task)
    sent = Sent.of(data["key"], request.POST.lists())
    try:
        row, _is_new = make_once(
            sent, lambda: ask(about, form.asked, of=form.of, act=act), act=act
        )
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except CannotAsk as refusal:
        notes.refuse(form, refusal)
    else:
        to = {"name": row.asked_of.name}
        notes.confirm(request, _("The question to %(name)s is on its way.") % to)
        return redirect("rollout:clarification", row.pk)
    return _ask_page(request, plan, form, 422)


def _ask_page(
    request: Request, plan: Plan, form: AskForm, status: int = 200
) -> HttpResponse:
    context = {"region": plan.region, "form": form}
    return render(request, "rollout/clarification_ask.html", context, status=status)


@require_POST
def clarification_reply(request: Request, pk: int) -> HttpResponse:
    """Whoever is asked and may sign in answers here, too."""
    row = _row(request, pk)
    can_reply(request.user, row).insist()
    form = ReplyForm(row, request.POST)
    if form.is_valid():
        try:
            reply(
                row, form.chosen, form.cleaned_data["text"], act=web_act(request.user)
            )
        except CannotReply as refusal:
            notes.refuse(form, refusal)
        else:
            notes.confirm(request, _("Thank you. Your answer is kept."))
            return redirect("rollout:clarification", pk)
    return _page(request, row, 422, reply_form=form)


@require_POST
def clarification_again(request: Request, pk: int) -> HttpResponse:
    """Correct the question and ask it anew; it is mailed at once."""
    row = _row(request, pk)
    can_change_question(request.user, row).insist()
    form = AskAgainForm(row, request.POST)
    if not form.is_valid():
        return _page(request, row, 422, again_form=form)

    def save(form: AskAgainForm) -> Clarification:
        version, act = form.cleaned_data["version"], web_act(request.user)
        return ask_again(row, form.asked, version=version, act=act)

    try:
        save_merging(form, AskAgainForm, save)
    except Clashing as conflict:
        back = reverse("rollout:clarification", args=[pk])
        return notes.both_texts(request, conflict, back=back)
    except CannotAsk as refusal:
        notes.refuse(form, refusal)
        return _page(request, _row(request, pk), 422, again_form=form)
    to = {"name": row.asked_of.name}
    notes.confirm(request, _("The question to %(name)s is on its way.") % to)
    return redirect("rollout:clarification", pk)


@require_POST
def clarification_confirm(request: Request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    can_confirm(request.user, row).insist()
    return _settle(request, row, confirm, _("Confirmed. This holds from now on."))


@require_POST
def clarification_withdraw(request: Request, pk: int) -> HttpResponse:
    row = _row(request, pk)
    can_change_question(request.user, row).insist()
    return _settle(request, row, withdraw, _("Withdrawn. Nobody is reminded any more."))


def _settle(
    request: Request,
    row: Clarification,
    service: Callable[..., Clarification],
    said: str,
) -> HttpResponse:
    try:
        version = seen_version(request.POST, CannotSettle)
        service(row, version=version, act=web_act(request.user))
    except (CannotSettle, EditedMeanwhile) as refusal:
        notes.warn(request, str(refusal))
    else:
        notes.confirm(request, said)
    return redirect("rollout:clarification", row.pk)


@require_POST
def clarification_attach(request: Request, pk: int) -> HttpResponse:
    """Hang a file on a question: what it is about, or what proves the answer."""
    row = _row(request, pk)
    can_change_question(request.user, row).insist()
    form = AttachForm(request)
    added = form.keep_on(row, programme=row.programme, act=web_act(request.user))
    if added is None:
        return _page(request, row, 422, attach_form=form)
    notes.confirm(request, _("Added: %(name)s") % {"name": added.name})
    return redirect("rollout:clarification", pk)


def _row(request: Request, pk: int) -> Clarification:
    rows = with_people(Clarification.objects.visible_to(request.user))
    return get_object_or_404(rows, pk=pk)
