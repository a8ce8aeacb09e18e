"""What was mailed: all of it for headquarters, one's own for everybody else."""

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from regions.middleware import Request
from rollout.access import can_see_ledger
from rollout.enums import MailState
from rollout.models import Mail

PAGE = 50


@require_safe
def mail_list(request: Request) -> HttpResponse:
    rows = Mail.objects.visible_to(request.user).select_related("recipient")
    state = request.GET.get("state", "")
    if state in MailState.values:
        rows = rows.filter(state=state)
    page = Paginator(rows.order_by("-planned_at", "-id"), PAGE).get_page(
        request.GET.get("page")
    )
    context = {
        "page": page,
        "state": state,
        "states": MailState.choices,
        "is_ledger": bool(can_see_ledger(request.user)),
    }
    return render(request, "rollout/mail_list.html", context)


@require_safe
def mail_page(request: Request, pk: int) -> HttpResponse:
    rows = Mail.objects.visible_to(request.user).select_related("recipient")
    return render(
        request, "rollout/mail_page.html", {"mail": get_object_or_404(rows, pk=pk)}
    )
