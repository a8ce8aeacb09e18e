"""Where the mail about overdue tasks leads: these tasks, to be answered without signing in.

A GET shows them with the choice of the link ready; only a POST acts. The signed token,
bound to the person and to that mail, is all that is needed, as in `pause`.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, cast

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from regions.calendar import today
from regions.enums import Via
from regions.forms.fields import seen_version
from regions.history import Act, EditedMeanwhile
from regions.models import User
from rollout.access import can_work_on
from rollout.enums import BlockReason
from rollout.forms import BlockForm, SignInLinkForm
from rollout.forms.requests import AskDateForm
from rollout.links import TASKS_LINK
from rollout.models import Task
from rollout.queries.links import mailed_tasks as tasks_behind
from rollout.queries.links import person_behind, person_of_late
from rollout.queries.tasklines import own_lines
from rollout.queries.tasks import liaison_for, with_details
from rollout.services.requests import CannotAsk, ask_for_date
from rollout.services.signin import ask_for_link
from rollout.services.tasks import CannotMoveTask, block_task, complete_task

from .notes import confirm, warn
from .pause import language_of, private

CHOICES = ("done", "blocked", "date")


@csrf_exempt
@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def mailed_tasks(request: HttpRequest, token: str) -> HttpResponse:
    at = timezone.now()
    person = person_behind(TASKS_LINK, token, at)
    if person is None:
        return private(_expired(request, token, at))
    person.as_of = at
    with (
        timezone.override(person.zone),
        translation.override(language_of(request, person)),
    ):
        rows = with_details(tasks_behind(person, token, at)).order_by("due_date", "id")
        tasks = [task for task in rows if can_work_on(person, task)]
        if request.method == "POST" and _act(request, person, tasks):
            return private(redirect("rollout:mailed-tasks", token))
        context = _context(request, person, tasks)
        status = 422 if request.method == "POST" else 200
        page = render(request, "mailing/tasks.html", context, status=status)
        page["Content-Language"] = translation.get_language()
    return private(page)


def _context(request: HttpRequest, person: User, tasks: list[Task]) -> dict[str, Any]:
    """The task that the link names comes first, with its choice open; so does one whose
    answer was refused, with what was written."""
    now = today(person, person.moment)
    refused = request.POST.get("task", "")
    chosen = {request.GET.get(choice, ""): choice for choice in CHOICES}
    chosen |= {refused: request.POST.get("act", "")} if refused else {}
    items = []
    for line in own_lines(tasks, now):
        choice = chosen.get(str(line.task.pk), "")
        said = request.POST if str(line.task.pk) == refused else None
        wish = said if choice == "date" else None
        items.append(
            {
                "line": line,
                "chosen": choice,
                "note": said.get("note", "") if said else "",
                "form": AskDateForm(now, wish, auto_id=f"id_{line.task.pk}_%s"),
            }
        )
    return {
        "person": person,
        "items": sorted(items, key=lambda item: not item["chosen"]),
        "reasons": BlockReason.choices,
    }


def _act(request: HttpRequest, person: User, tasks: list[Task]) -> bool:
    """Done, Blocked or another date for one of the tasks; said again, it is as it was.

    False when it was refused.
    """
    by_key = {str(task.pk): task for task in tasks}
    task = by_key.get(request.POST.get("task", ""))
    act_of = ACTS.get(request.POST.get("act", ""))
    if task is None or act_of is None:
        warn(request, _("This task is not in your hands any more."))
        return False
    act = Act(by=person, at=person.moment, via=Via.MAIL)
    try:
        said = act_of(task, request.POST, act)
    except (CannotMoveTask, CannotAsk, EditedMeanwhile) as refusal:
        warn(request, str(refusal))
        return False
    confirm(request, said % {"title": task.title})
    return True


def _complete(task: Task, data: Any, act: Act) -> str:
    complete_task(task, version=seen_version(data, CannotMoveTask), act=act)
    return _("Done: %(title)s")


def _block(task: Task, data: Any, act: Act) -> str:
    form = BlockForm(task, data, at=act.at)
    if not form.is_valid():
        raise CannotMoveTask(_("Choose why it is blocked."))
    assert act.by is not None, "a person follows the link"  # noqa: S101
    said = {**form.cleaned_data, "waits_for": liaison_for(task, act.by)}
    block_task(task, knows_asks=False, act=act, **said)
    return _("Blocked: %(title)s")


def _ask_date(task: Task, data: Any, act: Act) -> str:
    assert act.by is not None, "a person follows the link"  # noqa: S101
    form = AskDateForm(today(act.by, act.at), data)
    if not form.is_valid():
        raise CannotAsk(_("Choose today or a later day, and say why."))
    ask_for_date(task, act=act, **form.cleaned_data)
    return _("Asked for another date: %(title)s")


ACTS: dict[str, Callable[[Task, Any, Act], str]] = {
    "done": _complete,
    "blocked": _block,
    "date": _ask_date,
}


def _expired(request: HttpRequest, token: str, at: datetime) -> HttpResponse:
    """Kindly, and with a way in: a fresh link to the address that we know."""
    person = person_of_late(TASKS_LINK, token, at)
    context = {"person": person, "form": SignInLinkForm(), "is_sent": False}
    if person is not None and "fresh" in request.POST:
        if refusal := ratelimit.consume_or_429(
            request, action="request_login_code", key=person.email
        ):
            return cast(HttpResponse, refusal)
        ask_for_link(person.email, at=at)
        context["is_sent"] = True
    status = 200 if context["is_sent"] else 410
    return render(request, "mailing/tasks_expired.html", context, status=status)
