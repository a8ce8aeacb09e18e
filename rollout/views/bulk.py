"""One change to many tasks: what it would do, then the act itself and its undo."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from regions.forms.fields import ticked
from regions.history import web_act
from regions.middleware import Request, of_this_site, way_back
from rollout.forms.tasklist import BulkForm, TaskFilter
from rollout.queries.bulk import MOST_TASKS, preview_of
from rollout.queries.tasklist import tasks
from rollout.services.bulktasks import CannotChangeTasks, change_tasks

from .notes import confirm, refuse

LIST = "rollout:task-list"


@require_http_methods(["GET", "HEAD", "POST"])
def task_bulk(request: Request) -> HttpResponse:
    """A GET shows what would change; the POST repeats it with what was seen."""
    user = request.user
    sent = request.POST if request.method == "POST" else request.GET
    form = BulkForm(user, sent)
    pks = _pks(request, form, sent)
    if form.is_valid() and not pks:
        form.add_error(None, _("Tick at least one task."))
    if form.errors or request.method != "POST":
        status = 422 if request.method == "POST" else 200
        return _page(request, form, pks, status, shows=not form.errors)
    act = web_act(user)
    try:
        count = change_tasks(
            pks, form.wanted, reader=user, seen=sent.get("seen", ""), act=act
        )
    except CannotChangeTasks as refusal:
        refuse(form, refusal)
        return _page(request, form, pks, 422, shows=True)
    said = ngettext("%(n)d task changed.", "%(n)d tasks changed.", count)
    undo = (reverse("rollout:act", args=[act.id]), _("See it or take it back"))
    confirm(request, said % {"n": count}, link=undo)
    return redirect(way_back(request, reverse(LIST)))


def _pks(request: Request, form: BulkForm, sent: Any) -> list[int]:
    """The ticked ones, or all that fit the filters; one more than may be changed at once
    tells that they are too many."""
    if not form["whole"].value():
        return ticked(sent.getlist("task"))[: MOST_TASKS + 1]
    user = request.user
    rows = tasks(user, TaskFilter(user, sent).wanted, user.moment)
    return list(rows.values_list("pk", flat=True)[: MOST_TASKS + 1])


def _page(
    request: Request, form: BulkForm, pks: list[int], status: int, *, shows: bool
) -> HttpResponse:
    """What is shown is what the button does, and nothing else: the tasks by number."""
    sent = request.POST if request.method == "POST" else request.GET
    too_many = len(pks) > MOST_TASKS
    context = {
        "form": form,
        "pks": pks,
        # Asked anew as it was asked: by the filters, however many fit.
        "whole": bool(form["whole"].value()),
        "kept": TaskFilter(request.user, sent).kept,
        "preview": preview_of(pks, form.wanted, request.user)
        if shows and not too_many
        else None,
        "most": MOST_TASKS if too_many else 0,
        "then": of_this_site(request, sent.get("then", ""), reverse(LIST)),
    }
    return render(request, "rollout/task_bulk.html", context, status=status)
