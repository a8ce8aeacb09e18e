"""The checklist of a task, and what is said about it. Each answer is the page of the task."""

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from regions.history import web_act
from regions.middleware import Request
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.access import (
    can_comment,
    can_edit_task,
    can_withdraw_comment,
    can_work_on,
)
from rollout.forms.tasks import CommentForm, ItemForm, TickForm
from rollout.models import ChecklistItem, Task, TaskComment
from rollout.services.taskparts import (
    add_item,
    comment_on,
    remove_item,
    tick_item,
    withdraw_comment,
)

from .notes import confirm, warn
from .tasks import show_refused


@require_POST
def checklist_add(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    can_work_on(request.user, task).insist()
    form = ItemForm(request.POST, auto_id="item_%s")
    if not form.is_valid():
        return show_refused(request, task, item_form=form)
    data, act = form.cleaned_data, web_act(request.user)
    sent = Sent.of(data["key"], request.POST.lists())
    try:
        make_once(sent, lambda: add_item(task, data["title"], act=act), act=act)
    except SentOtherwise as refusal:
        warn(request, str(refusal))
    return _back(task, "checklist")


@require_POST
def checklist_tick(request: Request, pk: int) -> HttpResponse:
    item = _item(request, pk)
    can_work_on(request.user, item.task).insist()
    form = TickForm(request.POST)
    if form.is_valid():
        is_done = form.cleaned_data["done"] == "1"
        tick_item(item, is_done=is_done, act=web_act(request.user))
    else:
        warn(request, _("The page is incomplete. Load it again."))
    return _back(item.task, "checklist")


@require_POST
def checklist_remove(request: Request, pk: int) -> HttpResponse:
    item = _item(request, pk)
    can_edit_task(request.user, item.task).insist()
    remove_item(item, act=web_act(request.user))
    confirm(request, _("Taken off the list: %(name)s") % {"name": item.title})
    return _back(item.task, "checklist")


@require_POST
def task_comment(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    user = request.user
    can_comment(user, task).insist()
    form = CommentForm(request.POST, auto_id="comment_%s")
    if not form.is_valid():
        return show_refused(request, task, comment_form=form)
    data, act = form.cleaned_data, web_act(user)
    sent = Sent.of(data["key"], request.POST.lists())
    try:
        make_once(
            sent, lambda: comment_on(task, data["text"], by=user, act=act), act=act
        )
    except SentOtherwise as refusal:
        warn(request, str(refusal))
    return _back(task, "comments")


@require_POST
def comment_withdraw(request: Request, pk: int) -> HttpResponse:
    rows = TaskComment.objects.visible_to(request.user)
    comment: TaskComment = get_object_or_404(rows, pk=pk)
    can_withdraw_comment(request.user, comment).insist()
    withdraw_comment(comment, act=web_act(request.user))
    return _back(comment.task, "comments")


def _task(request: Request, pk: int) -> Task:
    rows = Task.objects.visible_to(request.user).select_related("plan")
    return get_object_or_404(rows, pk=pk)


def _item(request: Request, pk: int) -> ChecklistItem:
    rows = ChecklistItem.objects.visible_to(request.user)
    item: ChecklistItem = get_object_or_404(rows, pk=pk)
    return item


def _back(task: Task, part: str) -> HttpResponse:
    """To the part of the page that was worked on."""
    answer = redirect("rollout:task", task.pk)
    answer.headers["Location"] += f"#{part}"
    return answer
