"""What a task taught, recorded in a minute."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from pilots.access import can_record_finding
from pilots.enums import Area, TaskKind
from pilots.forms import FindingForm
from pilots.models import Finding
from pilots.queries import similar_findings
from pilots.services.findings import CannotMoveFinding
from regions.forms import pressed_again
from regions.history import web_act
from regions.middleware import Request
from regions.services.sendings import Sent, SentOtherwise, make_once
from rollout.models import Task
from rollout.queries.tasks import with_details
from rollout.services.taught import record_from_task

from .notes import confirm


@require_http_methods(["GET", "HEAD", "POST"])
def task_finding(request: Request, pk: int) -> HttpResponse:
    """The form of a new finding, with what the task says already."""
    user = request.user
    task = get_object_or_404(with_details(Task.objects.visible_to(user)), pk=pk)
    can_record_finding(user).insist()
    programme = task.plan.programme
    if request.method != "POST":
        form = FindingForm(programme, user, step=task.step, initial=_known(task))
        return _page(request, task, form)
    if "look" in request.POST:
        form = FindingForm(programme, user, step=task.step, initial=request.POST.dict())
        title = request.POST.get("title", "").replace("\x00", "")
        similar = similar_findings(programme, user, title)
        return _page(request, task, form, similar=similar, looked=True)
    form = FindingForm(programme, user, request.POST, step=task.step)
    if form.is_valid():
        values, act = form.cleaned_data, web_act(user)
        sent = Sent.of(values.pop("key"), request.POST.lists())
        values["wave_name"] = "" if values["pilot"] else task.plan.wave.name

        def record() -> Finding:
            return record_from_task(task, act=act, **values)

        try:
            make_once(sent, record, act=act)
        except SentOtherwise as refusal:
            pressed_again(form, refusal)
        except CannotMoveFinding as refusal:
            form.add_error("title", str(refusal))
        else:
            confirm(request, _("Recorded. Headquarters reviews it next."))
            return redirect("rollout:task", pk)
    return _page(request, task, form, status=422)


def _known(task: Task) -> dict[str, Any]:
    """What need not be said again: the step, the pilot, and what the task is about."""
    pilot = task.plan.programme.pilots.filter(name=task.plan.wave.name).first()
    return {
        "step": task.step_id,
        "pilot": pilot.pk if pilot else None,
        "area": Area.DATA if task.kind == TaskKind.DATA else Area.UNSORTED,
        "trigger": f"task-{task.kind}",
    }


def _page(
    request: Request, task: Task, form: FindingForm, status: int = 200, **more: Any
) -> HttpResponse:
    context = {"task": task, "form": form, **more}
    return render(request, "pilots/finding_add.html", context, status=status)
