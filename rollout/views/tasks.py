"""My tasks, one task, and what is done with it in one tap."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pilots.access import can_record_finding
from regions.access import can_see_today
from regions.calendar import today
from regions.enums import Right
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.merging import Clashing, save_merging
from regions.middleware import Request, way_back
from regions.models import Ask, User
from regions.queries import files_on
from regions.services.undo import CannotUndo, undo
from regions.uploads import AttachForm
from regions.wording import clock
from rollout.access import can_ask, can_ask_about, can_work_on
from rollout.enums import UNFINISHED, BlockReason, SkipReason, TaskState
from rollout.forms import BlockForm
from rollout.forms.tasks import CommentForm, DropForm, ItemForm
from rollout.models import Task
from rollout.queries.askpage import waiting_asks
from rollout.queries.clarifications import all_of, confirmation_of
from rollout.queries.history import row_timeline
from rollout.queries.lessons import lesson_lines
from rollout.queries.requests import requests_on
from rollout.queries.tasklines import TaskLine, own_lines
from rollout.queries.taskparts import task_parts
from rollout.queries.tasks import (
    last_act,
    later_of,
    liaison_for,
    may_take_back,
    week_head,
    week_of,
    with_details,
)
from rollout.queries.taught import taught_by
from rollout.services.tasks import (
    CannotMoveTask,
    block_task,
    complete,
    locked_task,
    reopen,
    start,
)

from .notes import both_texts, confirm, refuse, warn

SHOWN_LATER = 100


@require_safe
def my_tasks(request: Request) -> HttpResponse:
    """Overdue, today and the next seven days of this person only."""
    user = request.user
    week = week_of(user, user.moment)
    later = request.GET.get("later") == "1"
    rows = list(later_of(user, user.moment)[:SHOWN_LATER]) if later else []
    context = {
        "week": week,
        "head": week.head,
        "reasons": BlockReason.choices,
        "later": own_lines(rows, today(user, user.moment)) if rows else [],
        # Who leads looks after the tasks of others, too.
        "leads": bool(can_see_today(user) or user.standing.manager_of),
    }
    return render(request, "rollout/task_list.html", context)


@require_safe
def task_page(request: Request, pk: int) -> HttpResponse:
    task = _task(request, pk)
    form = _block_form(request, task, reason=request.GET.get("why"))
    return _page(request, task, form)


@require_POST
def task_attach(request: Request, pk: int) -> HttpResponse:
    """Hang evidence on a task: a photo from the phone, or a file."""
    task = _task(request, pk)
    can_work_on(request.user, task).insist()
    form, act = AttachForm(request), web_act(request.user)
    added = form.keep_on(task, programme=task.plan.programme, act=act)
    if added is None:
        return show_refused(request, task, attach_form=form)
    confirm(request, _("Added: %(name)s") % {"name": added.name})
    return redirect("rollout:task", pk)


def _page(
    request: Request,
    task: Task,
    form: BlockForm,
    status: int = 200,
    **forms: Any,
) -> HttpResponse:
    user = request.user
    questions = all_of(task, user, user.moment)
    context = {
        "line": TaskLine(task, today(task.plan.region, user.moment)),
        "task": task,
        "form": form,
        "may_work": can_work_on(user, task),
        "lessons": lesson_lines(task, user),
        "skip_reasons": SkipReason.choices,
        "taught": taught_by(task, user),
        "may_record": bool(can_record_finding(user)),
        "changes": row_timeline(task, user),
        "files": files_on(task, user),
        "requests": requests_on(task, user),
        "may_wish": can_ask_about(user, task) and task.state in UNFINISHED,
        "questions": questions,
        "confirmation": confirmation_of(task, questions),
        "ask_url": f"{reverse('rollout:region-ask', args=[task.plan.region.code])}?task={task.pk}",
        "may_ask": bool(can_ask(user, task.plan.region_id)),
        "knows_asks": user.standing.may(Right.SEE_TALKS, task.plan.region_id),
        "attach_form": AttachForm(),
        "parts": task_parts(task, user),
        "drop_form": DropForm(initial={"version": task.version}),
        "item_form": ItemForm(auto_id="item_%s"),
        "comment_form": CommentForm(auto_id="comment_%s"),
        **forms,
    }
    return render(request, "rollout/task_page.html", context, status=status)


def show_refused(request: Request, task: Task, **forms: Any) -> HttpResponse:
    """The page again, with a form below it that was not taken."""
    row = _task(request, task.pk)
    return _page(request, row, _block_form(request, row), status=422, **forms)


@require_POST
def task_complete(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, complete, _("Done: %(title)s"))


@require_POST
def task_start(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, start, _("Started: %(title)s"))


@require_POST
def task_reopen(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, reopen, _("Open again: %(title)s"))


@require_POST
def task_block(request: Request, pk: int) -> HttpResponse:
    """Blocked needs a reason; who can help is optional."""
    task = _task(request, pk)
    can_work_on(request.user, task).insist()
    form = _block_form(request, task, request.POST)
    if not form.is_valid():
        return _page(request, task, form, status=422)

    def block(form: BlockForm) -> Task:
        act = web_act(request.user)
        return block_task(task, act=act, **_block_said(form, task, request.user))

    problem, row = "", None
    try:
        if request.htmx:
            row = block(form)
        else:
            save_merging(form, partial(_blocked_anew, request), block)
    except Clashing as conflict:
        return both_texts(request, conflict, back=reverse("rollout:task", args=[pk]))
    except CannotMoveTask as refusal:
        if not request.htmx:
            refuse(form, refusal)
            return _page(request, _task(request, pk), form, status=422)
        problem = str(refusal)
    except EditedMeanwhile as refusal:
        problem = str(refusal)
    return _answer(request, row or pk, _("Blocked: %(title)s"), problem)


def _block_said(form: BlockForm, task: Task, user: User) -> dict[str, Any]:
    """A tap on a reason asks for no helper: then the liaison is told. What waits for an
    ask waits for the CEO, unless somebody else is named."""
    said = {**form.cleaned_data, "knows_asks": "waits_for_ask" in form.fields}
    if "waits_for" not in form.data:
        return {**said, "waits_for": liaison_for(task, user)}
    ask: Ask | None = said.get("waits_for_ask")
    if ask is not None and said["waits_for"] is None:
        said["waits_for"] = ask.ceo.user
    return said


def _block_form(
    request: Request, task: Task, data: Any = None, **more: Any
) -> BlockForm:
    """With the asks of the CEO for who knows them."""
    plan = task.plan
    knows = request.user.standing.may(Right.SEE_TALKS, plan.region_id)
    asks = waiting_asks(plan.region_id, plan.programme_id) if knows else None
    return BlockForm(task, data, asks=asks, at=request.user.moment, **more)


def _blocked_anew(request: Request, row: Task, data: Any) -> BlockForm:
    """The form over what somebody else left; what he finished is no longer blocked."""
    if row.state not in UNFINISHED:
        raise CannotMoveTask(
            _("This task is %(state)s, so this is not possible now.")
            % {"state": row.get_state_display()}
        )
    return _block_form(request, row, data)


@require_POST
def task_undo(request: Request, pk: int) -> HttpResponse:
    """Take back the newest act on this task, unless somebody changed it since."""
    task = _task(request, pk)
    can_work_on(request.user, task).insist()
    entry = last_act(task)
    problem = ""
    try:
        if entry is None:
            raise CannotUndo(_("This cannot be taken back."))
        if not (answer := may_take_back(task, entry, request.user)):
            raise CannotUndo(answer.reason)
        undo(entry.act, act=web_act(request.user))
    except CannotUndo as refusal:
        problem = str(refusal)
    return _answer(request, pk, _("Taken back: %(title)s"), problem)


def _act(
    request: Request, pk: int, act_on: Callable[..., Task], said: str
) -> HttpResponse:
    """The common way of a tap: gate, version, one act, the row or the page again.

    The gate asks about the locked row, so that it is read once.
    """
    user = request.user
    try:
        with locked_task(Task.objects.visible_to(user), pk) as task:
            can_work_on(user, task).insist()
            version = seen_version(request.POST, CannotMoveTask)
            act_on(task, version=version, act=web_act(user))
    except Task.DoesNotExist:
        raise Http404 from None
    except (CannotMoveTask, EditedMeanwhile) as refusal:
        return _answer(request, pk, said, str(refusal))
    return _answer(request, task, said, "")


def _answer(request: Request, row: Task | int, said: str, problem: str) -> HttpResponse:
    """For htmx the row and a sentence; else the page that the tap came from.

    A row as the service left it is not read again.
    """
    task = _task(request, row) if isinstance(row, int) else row
    user = request.user
    text = problem or said % {"title": task.title}
    if request.htmx:
        now = today(user, user.moment)
        # What is finished holds up nobody, and no question about it is open.
        is_done = task.state == TaskState.DONE
        line = TaskLine(task, now) if is_done else own_lines([task], now)[0]
        # A row that is done says so by itself.
        is_new = not (problem or is_done)
        context = {
            "line": line,
            "reasons": BlockReason.choices,
            "head": week_head(user, user.moment),
            "said": text,
            "saved": clock(timezone.localtime(user.moment)) if is_new else "",
            "problem": problem,
        }
        return render(request, "rollout/_task_answer.html", context)
    (warn if problem else confirm)(request, text)
    return redirect(way_back(request, "rollout:my-tasks"))


def _task(request: Request, pk: int) -> Task:
    return get_object_or_404(with_details(Task.objects.visible_to(request.user)), pk=pk)
