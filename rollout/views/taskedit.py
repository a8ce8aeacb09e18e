"""What a task says, changed on a page of its own; a new task; a task that is dropped."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from regions.forms import pressed_again
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request
from regions.models import Region
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.access import can_add_tasks, can_edit_task, can_work_on
from rollout.forms.tasks import DropForm, NewTaskForm, TaskForm, form_for
from rollout.models import Plan, Task
from rollout.queries.tasks import with_details
from rollout.services.taskedit import CannotEditTask, add_task, edit_task
from rollout.services.tasks import CannotMoveTask, drop_task

from .notes import both_texts, confirm, refuse, warn


@require_http_methods(["GET", "HEAD", "POST"])
def task_edit(request: Request, pk: int) -> HttpResponse:
    """The person in charge says how much is left; who leads the region all the rest."""
    user = request.user
    task = get_object_or_404(with_details(Task.objects.visible_to(user)), pk=pk)
    can_work_on(user, task).insist()
    if request.method != "POST":
        return _edit_page(request, task, form_for(task, user))
    form = form_for(task, user, request.POST)
    if form.is_valid():
        try:
            _save(request, task, form)
        except CannotEditTask as refusal:
            refuse(form, refusal)
        except Clashing as conflict:
            back = reverse("rollout:task-edit", args=[pk])
            return both_texts(request, conflict, back=back)
        else:
            confirm(request, _("Saved."))
            return redirect("rollout:task", pk)
    return _edit_page(request, task, form, 422)


def _save(request: Request, task: Task, form: Any) -> None:
    def save(form: Any) -> Task:
        data = form.cleaned_data
        return edit_task(
            task,
            form.values,
            version=data["version"],
            reason=data.get("reason", ""),
            after=data.get("after"),
            act=web_act(request.user),
        )

    save_merging(form, lambda row, data: form_for(row, request.user, data), save)


def _edit_page(
    request: Request, task: Task, form: Any, status: int = 200
) -> HttpResponse:
    context = {"form": form, "task": task, "is_whole": isinstance(form, TaskForm)}
    return render(request, "rollout/task_edit.html", context, status=status)


@require_POST
def task_drop(request: Request, pk: int) -> HttpResponse:
    """Not done at all, and why."""
    user = request.user
    task = get_object_or_404(with_details(Task.objects.visible_to(user)), pk=pk)
    can_edit_task(user, task).insist()
    form = DropForm(request.POST)
    try:
        if not form.is_valid():
            raise CannotMoveTask(_("Say why it is dropped."))
        drop_task(task, act=web_act(user), **form.cleaned_data)
    except (CannotMoveTask, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, _("Dropped: %(title)s") % {"title": task.title})
    return redirect("rollout:task", pk)


@require_http_methods(["GET", "HEAD", "POST"])
def task_new(request: Request, code: str) -> HttpResponse:
    """One more task for a region, sent once."""
    user = request.user
    region = get_object_or_404(Region.objects.visible_to(user), code=code)
    can_add_tasks(user, region.pk).insist()
    plans = Plan.objects.visible_to(user).running().filter(region=region)
    plans = plans.select_related("wave", "programme").order_by("id")
    if request.method != "POST":
        return _new_page(request, region, NewTaskForm(region, plans, at=user.moment))
    form = NewTaskForm(region, plans, request.POST, at=user.moment)
    if form.is_valid():
        data = form.cleaned_data
        act, sent = web_act(user), Sent.of(data["key"], request.POST.lists())
        try:
            task, _is_new = make_once(
                sent, lambda: add_task(data["plan"], form.values, act=act), act=act
            )
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotEditTask as refusal:
            refuse(form, refusal)
        else:
            confirm(request, _("Added: %(name)s") % {"name": task.title})
            return redirect("rollout:task", task.pk)
    return _new_page(request, region, form, 422)


def _new_page(
    request: Request, region: Region, form: NewTaskForm, status: int = 200
) -> HttpResponse:
    context = {"form": form, "region": region}
    return render(request, "rollout/task_new.html", context, status=status)
