"""Carrying a published version of the playbook into plans: the preview, the act, its undo."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from pilots.models import Procedure
from regions.forms.fields import ticked
from regions.history import web_act
from regions.middleware import Request
from regions.services.undo import CannotUndo
from rollout.access import can_push_change
from rollout.models import Push
from rollout.queries.pushing import newest_of, push_preview, pushes_of
from rollout.queries.pushwords import plan_lines
from rollout.services.pushing import CannotPush, push_change, take_pushes_back

from .notes import confirm, warn

# Before the number of a plan: the field with what its preview showed.
SEEN = "seen-"


@require_http_methods(["GET", "HEAD", "POST"])
def push(request: Request, pk: int) -> HttpResponse:
    """A GET shows what would change; the POST names what was seen of the chosen plans."""
    user = request.user
    rows = Procedure.objects.visible_to(user).published().select_related("programme")
    procedure = get_object_or_404(rows, pk=pk)
    can_push_change(user).insist()
    if request.method != "POST":
        return _page(request, procedure)
    seen = _seen(request.POST)
    try:
        made = push_change(procedure, seen, reader=user, act=web_act(user))
    except CannotPush as refusal:
        return _page(request, procedure, seen, refusal)
    said = ngettext("Carried into %(n)d plan.", "Carried into %(n)d plans.", len(seen))
    address = reverse("rollout:push", args=[pk])
    undo = (f"{address}#push-{made.pk}", _("See it or take it back"))
    confirm(request, said % {"n": len(seen)}, link=undo)
    return redirect("rollout:push", pk)


def _seen(sent: Any) -> dict[int, str]:
    """What was shown of each chosen plan; "all" chooses every plan that was shown."""
    names = [name for name in sent if name.startswith(SEEN)]
    numbers = ticked(name.removeprefix(SEEN) for name in names)
    shown = {pk: sent.get(f"{SEEN}{pk}", "") for pk in numbers}
    if "all" in sent:
        return shown
    return {pk: shown.get(pk, "") for pk in ticked(sent.getlist("plan"))}


def _page(
    request: Request,
    procedure: Procedure,
    seen: dict[int, str] | None = None,
    refusal: CannotPush | None = None,
) -> HttpResponse:
    """After a refusal what was ticked stays ticked, and what changed since is named."""
    user = request.user
    preview = push_preview(procedure, user, user.moment)
    context = {
        "procedure": procedure,
        "newest": newest_of(procedure),
        "plans": [plan_lines(one) for one in preview.changes],
        "staying": len(preview.staying),
        "reasons": preview.reasons,
        "pushes": pushes_of(procedure, user),
        "ticked": seen or {},
        "problem": str(refusal or ""),
        "changed": refusal.changed if refusal else frozenset(),
    }
    status = 422 if refusal else 200
    return render(request, "rollout/push_page.html", context, status=status)


@require_POST
def push_undo(request: Request, pk: int) -> HttpResponse:
    """All regions of it that were not taken back yet."""
    row = get_object_or_404(Push.objects.visible_to(request.user), pk=pk)
    can_push_change(request.user).insist()
    try:
        count = take_pushes_back(row, act=web_act(request.user))
    except CannotUndo as refusal:
        warn(request, str(refusal))
    else:
        said = ngettext(
            "Taken back in %(n)d plan.", "Taken back in %(n)d plans.", count
        )
        confirm(request, said % {"n": count})
    return redirect("rollout:push", row.procedure_id)
