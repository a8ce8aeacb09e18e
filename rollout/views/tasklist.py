"""All tasks that somebody sees: the list, its files, and one row changed in its place."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from regions.history import web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, way_back
from rollout.access import can_edit_task, can_edit_tasks
from rollout.forms.tasklist import BulkForm, RowForm, TaskFilter
from rollout.models import Task
from rollout.queries.tasklist import (
    EXPORTED_MOST,
    columns,
    export_header,
    export_rows,
    row_of,
    tasks,
)
from rollout.queries.tasks import with_details
from rollout.services.taskedit import CannotEditTask, change_row
from rollout.services.tasks import CannotMoveTask

from .files import as_file, wanted_format
from .notes import both_texts, confirm, refuse

PAGE = 50


@require_safe
def task_list(request: Request) -> HttpResponse:
    """Filters and order stand in the address."""
    return _list(request)


def _list(request: Request, status: int = 200) -> HttpResponse:
    user = request.user
    form = TaskFilter(user, request.GET)
    wanted = form.wanted
    rows = tasks(user, wanted, user.moment)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    lines = [row_of(task, user, user.moment) for task in page.object_list]
    context = {
        "form": form,
        "page": page,
        "lines": lines,
        "columns": columns(wanted.get("sort", "due")),
        "filters": request.GET.urlencode(),
        "bulk_form": BulkForm(user) if can_edit_tasks(user) else None,
        "kept": form.kept,
        "most": EXPORTED_MOST if status != 200 else 0,
    }
    return render(request, "rollout/task_table.html", context, status=status)


@require_safe
def task_export(request: Request) -> HttpResponse:
    """What the list shows, all pages of it; too much for a file is refused."""
    user = request.user
    rows = tasks(user, TaskFilter(user, request.GET).wanted, user.moment)
    if rows.count() > EXPORTED_MOST:
        return _list(request, status=422)
    suffix = wanted_format(request) or "csv"
    return as_file(suffix, _("Tasks"), export_header(), export_rows(rows, user))


# --- One row -------------------------------------------------------------------------


@require_http_methods(["GET", "HEAD", "POST"])
def task_row(request: Request, pk: int) -> HttpResponse:
    """Owner, day and state: a page, or with htmx the row itself."""
    task = _task(request, pk)
    can_edit_task(request.user, task).insist()
    if request.method == "POST":
        return _change_row(request, task, RowForm(task, request.user, request.POST))
    if request.htmx and request.GET.get("shown"):
        return _line(request, task, "")
    return _form(request, task, RowForm(task, request.user))


def _change_row(request: Request, task: Task, form: Any) -> HttpResponse:
    if form.is_valid():
        try:
            _save(request, task, form)
        except (CannotEditTask, CannotMoveTask) as refusal:
            refuse(form, refusal)
        except Clashing as conflict:
            if not request.htmx:
                back = reverse("rollout:task-row", args=[task.pk])
                return both_texts(request, conflict, back=back)
            form = _told_both(conflict)
        else:
            said = _("Saved: %(title)s") % {"title": task.title}
            if request.htmx:
                return _line(request, _task(request, task.pk), said)
            confirm(request, said)
            return redirect(way_back(request, reverse("rollout:task-list")))
    return _form(request, task, form, status=200 if request.htmx else 422)


def _save(request: Request, task: Task, form: RowForm) -> None:
    def save(form: Any) -> Task:
        return change_row(task, act=web_act(request.user), **form.cleaned_data)

    save_merging(form, lambda row, data: RowForm(row, request.user, data), save)


def _told_both(conflict: Clashing) -> Any:
    """In the row there is no room for two texts: sent again, one's own replaces theirs."""
    for one in conflict.clashes:
        said = _("It now says “%(theirs)s”. You wrote “%(yours)s”.")
        both = {"theirs": one.theirs, "yours": one.mine}
        conflict.form.add_error(one.field.name, said % both)
    conflict.form.add_error(None, str(conflict))
    return conflict.form


def _form(request: Request, task: Task, form: Any, status: int = 200) -> HttpResponse:
    then = request.POST.get("then") or request.GET.get("then", "")
    context = {"form": form, "task": task, "then": then}
    name = "_task_line_form" if request.htmx else "task_row"
    return render(request, f"rollout/{name}.html", context, status=status)


def _line(request: Request, task: Task, said: str) -> HttpResponse:
    row = row_of(task, request.user, request.user.moment)
    return render(request, "rollout/_task_line.html", {"row": row, "said": said})


def _task(request: Request, pk: int) -> Task:
    return get_object_or_404(with_details(Task.objects.visible_to(request.user)), pk=pk)
