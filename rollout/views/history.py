"""Who changed what: the search, its files, one row, one act, and taking it back."""

import uuid
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pilots.models import Finding
from regions.access import can_change_contact, can_search_history, can_see_people
from regions.history import web_act
from regions.middleware import Request, way_back
from regions.models import Ask, Contact, Region, User, Versioned
from regions.services.undo import CannotUndo
from regions.timeline import past_acts, timeline
from regions.undoing import in_the_way
from rollout.forms.history import HistoryFilter
from rollout.models import Brief, Clarification, Task
from rollout.queries.history import (
    EXPORTED_MOST,
    act_entries,
    acts_of,
    change_rows,
    changes,
    export_header,
    export_rows,
    find_story,
    kinds,
    without_steps,
)
from rollout.queries.takingback import take_back_answer, take_back_stop
from rollout.services.undo import take_back_act

from .files import as_file, wanted_format
from .notes import confirm, warn

PAGE = 25
ROWS_OF_ACT = 50


@require_safe
def history_search(request: Request) -> HttpResponse:
    """The filters stand in the address."""
    can_search_history(request.user).insist()
    return _search_page(request)


def _filter(request: Request) -> HistoryFilter:
    return HistoryFilter(Region.objects.visible_to(request.user), request.GET)


def _search_page(request: Request, status: int = 200) -> HttpResponse:
    user, form = request.user, _filter(request)
    rows = changes(user, form.wanted)
    page, acts = _page_of(request, rows)
    context = {
        "form": form,
        "page": page,
        "acts": past_acts(acts, reader=user) if page.object_list else [],
        "filters": request.GET.urlencode(),
        "most": EXPORTED_MOST if status != 200 else 0,
    }
    return render(request, "rollout/history.html", context, status=status)


def _page_of(request: Request, entries: Any) -> tuple[Page[Any], Any]:
    """A page of acts, and the entries of these."""
    page = Paginator(acts_of(entries), PAGE).get_page(request.GET.get("page"))
    return page, entries.filter(act__in=[one["act"] for one in page.object_list])


@require_safe
def history_export(request: Request) -> HttpResponse:
    """What the search finds, every change a line; too much for a file is refused."""
    user = request.user
    can_search_history(user).insist()
    rows = changes(user, _filter(request).wanted)
    if rows.count() > EXPORTED_MOST:
        return _search_page(request, status=422)
    suffix = wanted_format(request) or "csv"
    return as_file(suffix, _("History"), export_header(), export_rows(rows, user))


@require_safe
def row_history(request: Request, kind: str, pk: int) -> HttpResponse:
    """All that happened to one row that the reader sees."""
    user = request.user
    model: Any = kinds().get(kind)
    if model is None:
        raise Http404
    row = model._default_manager.visible_to(user).filter(pk=pk).first()
    story = find_story(model, pk, row, user)
    if story is None:
        raise Http404
    page, entries = _page_of(request, story.entries)
    context = {
        "story": story,
        "page": page,
        "changes": timeline(entries, user) if page.object_list else [],
        "own_page": _page_of_row(row, user),
    }
    return render(request, "rollout/history_row.html", context)


# The page of a row by its kind, and the part of the row that its address names.
PAGES: dict[type[Versioned], tuple[str, str]] = {
    Region: ("rollout:region", "code"),
    Task: ("rollout:task", "pk"),
    Clarification: ("rollout:clarification", "pk"),
    Finding: ("pilots:finding", "pk"),
    Ask: ("rollout:ask", "pk"),
    Brief: ("rollout:brief", "pk"),
}


def _page_of_row(row: Any, user: User) -> str:
    """Where the row itself is shown, if there is such a page for this person."""
    match row:
        case User() if can_see_people(user):
            return reverse("rollout:person", args=[row.pk])
        case Contact() if can_change_contact(user, row):
            return reverse("rollout:contact-correct", args=[row.pk])
    if type(row) in PAGES:
        name, field = PAGES[type(row)]
        return reverse(name, args=[getattr(row, field)])
    return ""


@require_safe
def act_page(request: Request, act: uuid.UUID) -> HttpResponse:
    """Everything that one act changed, and whether it can be taken back."""
    user = request.user
    entries = act_entries(act, user)
    told = past_acts(entries, reader=user)
    if not told:
        raise Http404
    rows = without_steps(entries).select_related("by", "region")
    page = Paginator(rows, ROWS_OF_ACT).get_page(request.GET.get("page"))
    answer = take_back_answer(act, user)
    context = {
        "act": told[0],
        "page": page,
        "rows": change_rows(page.object_list, user),
        "may_undo": answer,
        "why_not": "" if answer else in_the_way(act, user) or answer.reason,
    }
    return render(request, "rollout/history_act.html", context)


@require_POST
def act_undo(request: Request, act: uuid.UUID) -> HttpResponse:
    """Take back what was done, unless something changed since; itself an act."""
    user = request.user
    if not act_entries(act, user).exists():
        raise Http404
    problem = take_back_stop(act)
    if not problem:
        take_back_answer(act, user).insist()
        try:
            take_back_act(act, act=web_act(user))
        except CannotUndo as refusal:
            problem = str(refusal)
    if problem:
        warn(request, in_the_way(act, user) or problem)
    else:
        confirm(request, _("Taken back. The history keeps both."))
    return redirect(way_back(request, reverse("rollout:act", args=[act])))
