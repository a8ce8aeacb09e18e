"""The ledger of asks and promises: the list and its files, one ask, and what becomes of it."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from regions.access import can_change_asks, can_see_today
from regions.calendar import today
from regions.enums import AskOf, AskState
from regions.forms import pressed_again
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, asked
from regions.models import Ask, Programme, RegionalCEO
from regions.services.asks import CannotChangeAsk, change, make
from regions.services.sendings import Sent, SentOtherwise, make_once
from regions.wording import capital, ceo_of, sentences
from rollout.forms.asks import (
    AskFilter,
    AskForm,
    LinkForm,
    NewAskForm,
    SettleForm,
    UnlinkForm,
)
from rollout.models import Plan, Task
from rollout.queries.askpage import ask_page, linkable
from rollout.queries.asks import (
    asks,
    ceos_near,
    export_header,
    export_rows,
    lines,
    sides,
)
from rollout.services.asks import (
    CannotLink,
    Settled,
    link_tasks,
    settle_ask,
    unlink_task,
)

from .files import as_file, wanted_format
from .notes import both_texts, confirm, refuse, warn

PAGE = 50


@require_safe
def ask_list(request: Request) -> HttpResponse:
    """The filters stand in the address; with a format the same as a file."""
    user = request.user
    can_see_today(user).insist()
    form = AskFilter(user, request.GET)
    rows, now = asks(user, form.wanted, user.moment), today(user, user.moment)
    if suffix := wanted_format(request):
        found = export_rows(rows, now, user.moment)
        return as_file(suffix, _("Asks"), export_header(), found)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    may_ask = bool(can_change_asks(user))
    context = {
        "page": page,
        "lines": lines(list(page.object_list), now, user.moment),
        "sides": sides(user, user.moment),
        "form": form,
        "filters": request.GET.urlencode(),
        "is_filtered": any(request.GET.values()),
        "may_ask": may_ask,
        "ceos": ceos_near(user) if may_ask else [],
    }
    return render(request, "rollout/ask_list.html", context)


# --- One ask -------------------------------------------------------------------------


@require_safe
def ask(request: Request, pk: int) -> HttpResponse:
    return _page(request, _ask(request, pk))


def _page(
    request: Request,
    row: Ask,
    status: int = 200,
    form: AskForm | None = None,
    link_form: LinkForm | None = None,
) -> HttpResponse:
    context = {
        "page": ask_page(row, request.user, request.user.moment),
        "ask": row,
        "form": form or AskForm(row),
        "link_form": link_form or LinkForm(linkable(row)),
    }
    return render(request, "rollout/ask_page.html", context, status=status)


@require_POST
def ask_settle(request: Request, pk: int) -> HttpResponse:
    """Promised, done, declined or open again, in one tap."""
    row = _changeable(request, pk)
    form = SettleForm(request.POST)
    try:
        if not form.is_valid():
            raise CannotChangeAsk(_("The page is incomplete. Load it again."))
        state, version = form.cleaned_data["state"], form.cleaned_data["version"]
        settled = settle_ask(
            row, AskState(state), version=version, act=web_act(request.user)
        )
    except (CannotChangeAsk, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _said_of(settled))
    return redirect("rollout:ask", pk)


def _said_of(settled: Settled) -> str:
    said = _("%(ask)s: %(state)s.") % {
        "ask": capital(settled.ask.text),
        "state": settled.ask.get_state_display(),
    }
    if not (n := len(settled.freed)):
        return said
    freed = ngettext("%(n)d task can go on.", "%(n)d tasks can go on.", n) % {"n": n}
    return sentences([said, freed])


@require_POST
def ask_change(request: Request, pk: int) -> HttpResponse:
    """Another wording, kind or day."""
    row = _changeable(request, pk)
    form = AskForm(row, request.POST)
    if not form.is_valid():
        return _page(request, row, 422, form=form)

    def save(form: Any) -> Ask:
        return change(row, act=web_act(request.user), **form.cleaned_data)

    try:
        save_merging(form, AskForm, save)
    except Clashing as conflict:
        return both_texts(request, conflict, back=reverse("rollout:ask", args=[pk]))
    except CannotChangeAsk as refusal:
        refuse(form, refusal)
        return _page(request, _ask(request, pk), 422, form=form)
    confirm(request, _("The ask is changed."))
    return redirect("rollout:ask", pk)


@require_POST
def ask_link(request: Request, pk: int) -> HttpResponse:
    """Blocked tasks that wait for it."""
    row = _changeable(request, pk)
    form = LinkForm(linkable(row), request.POST)
    if form.is_valid():
        try:
            linked = link_tasks(
                row, list(form.cleaned_data["task"]), act=web_act(request.user)
            )
        except CannotLink as refusal:
            refuse(form, refusal)
        else:
            n = len(linked)
            said = ngettext(
                "%(n)d task waits for this ask.", "%(n)d tasks wait for this ask.", n
            )
            confirm(request, said % {"n": n})
            return redirect("rollout:ask", pk)
    return _page(request, row, 422, link_form=form)


@require_POST
def ask_unlink(request: Request, pk: int) -> HttpResponse:
    """A task that waits for it no more, though it stays blocked."""
    row = _changeable(request, pk)
    form = UnlinkForm(Task.objects.visible_to(request.user), request.POST)
    if not form.is_valid():
        warn(request, _("The page is incomplete. Load it again."))
        return redirect("rollout:ask", pk)
    task, version = form.cleaned_data["task"], form.cleaned_data["version"]
    try:
        unlink_task(row, task, version=version, act=web_act(request.user))
    except EditedMeanwhile as refusal:
        warn(request, str(refusal))
    else:
        said = _("“%(task)s” waits for this ask no more.")
        confirm(request, said % {"task": task.title})
    return redirect("rollout:ask", pk)


def _changeable(request: Request, pk: int) -> Ask:
    row = _ask(request, pk)
    can_change_asks(request.user, row.history_region_id).insist()
    return row


def _ask(request: Request, pk: int) -> Ask:
    rows = Ask.objects.visible_to(request.user)
    rows = rows.select_related("ceo__region", "ceo__user", "programme")
    return get_object_or_404(rows, pk=pk)


# --- A new one -----------------------------------------------------------------------


@require_safe
def ask_start(request: Request) -> HttpResponse:
    """From the list to the form of the region that was chosen there."""
    can_change_asks(request.user).insist()
    ceos = RegionalCEO.objects.visible_to(request.user).current()
    found = ceos.filter(region__code=asked(request, "region")).first()
    if found is None:
        return redirect("rollout:ask-list")
    return redirect("rollout:ask-new", found.region.code)


@require_http_methods(["GET", "HEAD", "POST"])
def ask_new(request: Request, code: str) -> HttpResponse:
    """Something asked of the CEO of a region, or promised to him."""
    user = request.user
    ceos = RegionalCEO.objects.visible_to(user).current().select_related("region")
    ceo = get_object_or_404(ceos, region__code=code)
    can_change_asks(user, ceo.region_id).insist()
    plans = Plan.objects.visible_to(user).running().filter(region=ceo.region)
    programmes = Programme.objects.visible_to(user).filter(
        pk__in=plans.values("programme")
    )
    programmes = programmes.order_by("name", "id")
    if request.method != "POST":
        of = AskOf.US if asked(request, "of") == AskOf.US else AskOf.CEO
        return _new_page(request, ceo, NewAskForm(programmes, of=of))
    form = NewAskForm(programmes, request.POST)
    if (row := _made(request, ceo, form)) is None:
        return _new_page(request, ceo, form, 422)
    confirm(request, _("Kept. Blocked tasks that wait for it can be named here."))
    return redirect("rollout:ask", row.pk)


def _made(request: Request, ceo: RegionalCEO, form: NewAskForm) -> Ask | None:
    """What the form asks for, made once; nothing where the form says what is wrong."""
    if not form.is_valid():
        return None
    data, act = form.cleaned_data, web_act(request.user)
    sent = Sent.of(data["key"], request.POST.lists())
    try:
        row, _is_new = make_once(
            sent, lambda: make(ceo, data["programme"], form.new, act=act), act=act
        )
    except SentOtherwise as refusal:
        pressed_again(form, refusal)
    except CannotChangeAsk as refusal:
        refuse(form, refusal)
    else:
        return row
    return None


def _new_page(
    request: Request, ceo: RegionalCEO, form: NewAskForm, status: int = 200
) -> HttpResponse:
    context = {"region": ceo.region, "who": ceo_of(ceo.region), "form": form}
    return render(request, "rollout/ask_new.html", context, status=status)
