"""Lessons at the point of use: one tap each; and the page of what is seen together with it."""

from collections.abc import Callable

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from pilots.models import Finding
from pilots.queries import lessons_for
from regions.forms.fields import seen_version
from regions.history import EditedMeanwhile, web_act
from regions.middleware import Request, way_back
from rollout.access import can_see_effect, can_work_on
from rollout.effect import FEWEST_REGIONS, RESAMPLES
from rollout.enums import SkipReason
from rollout.forms.lessons import LessonForm, OutcomeForm
from rollout.models import LessonUse, Task
from rollout.queries.effect import effect_page, effects, export_header, export_rows
from rollout.queries.lessons import lesson_line
from rollout.queries.tasks import with_details
from rollout.services.lessons import (
    CannotAnswerLesson,
    answer_lesson,
    take_back,
    tell_outcome,
)

from .files import as_file, wanted_format
from .notes import confirm, warn
from .shell import current_programme


@require_POST
def lesson_answer(request: Request, pk: int, finding: int) -> HttpResponse:
    """Used, adapted, or skipped with a reason."""
    user = request.user
    tasks = with_details(Task.objects.visible_to(user))
    task: Task = get_object_or_404(tasks, pk=pk)
    can_work_on(user, task).insist()
    # Who sees the task sees its lessons.
    lesson = next((one for one in lessons_for(task.step) if one.pk == finding), None)
    if lesson is None:
        raise Http404
    form = LessonForm(request.POST)

    def answer() -> None:
        if not form.is_valid():
            raise CannotAnswerLesson(_("The page is incomplete. Load it again."))
        answer_lesson(task, lesson, act=web_act(user), **form.cleaned_data)

    return _done(request, task, lesson, answer, _("Noted: %(title)s"))


@require_POST
def lesson_outcome(request: Request, pk: int) -> HttpResponse:
    """What came of it."""
    use = _use(request, pk)
    form = OutcomeForm(request.POST)

    def tell() -> None:
        if not form.is_valid():
            raise CannotAnswerLesson(_("The page is incomplete. Load it again."))
        tell_outcome(use, act=web_act(request.user), **form.cleaned_data)

    return _done(request, use.task, use.finding, tell, _("Noted: %(title)s"))


@require_POST
def lesson_undo(request: Request, pk: int) -> HttpResponse:
    """The outcome, or else the answer."""
    use = _use(request, pk)

    def undo() -> None:
        version = seen_version(request.POST, CannotAnswerLesson)
        take_back(use, version=version, act=web_act(request.user))

    return _done(request, use.task, use.finding, undo, _("Taken back: %(title)s"))


def _done(
    request: Request, task: Task, lesson: Finding, act: Callable[[], None], said: str
) -> HttpResponse:
    """For htmx the row and a sentence; else the page that the tap came from."""
    problem = ""
    try:
        act()
    except (CannotAnswerLesson, EditedMeanwhile) as refusal:
        problem = str(refusal)
    text = problem or said % {"title": lesson.title}
    if request.htmx:
        context = {
            "line": lesson_line(task, lesson, request.user),
            "skip_reasons": SkipReason.choices,
            "then": request.POST.get("then", ""),
            "said": text,
            "problem": problem,
        }
        return render(request, "rollout/_lesson_answer.html", context)
    (warn if problem else confirm)(request, text)
    page = f"{reverse('rollout:task', args=[task.pk])}#lessons"
    return redirect(way_back(request, page))


def _use(request: Request, pk: int) -> LessonUse:
    rows = LessonUse.objects.visible_to(request.user)
    rows = rows.select_related("task__plan__region", "finding__pilot")
    use: LessonUse = get_object_or_404(rows, pk=pk)
    can_work_on(request.user, use.task).insist()
    return use


@require_safe
def effect(request: Request) -> HttpResponse:
    """Per procedure: slips where its lessons were used, and where not."""
    user = request.user
    can_see_effect(user).insist()
    programme = current_programme(request)
    suffix = wanted_format(request)
    if suffix and programme:
        rows = export_rows(effects(programme, user, user.moment))
        return as_file(suffix, _("Effect of the lessons"), export_header(), rows)
    page = effect_page(programme, user, user.moment) if programme else None
    context = {"page": page, "fewest": FEWEST_REGIONS, "draws": RESAMPLES}
    return render(request, "rollout/effect.html", context)
