"""What was mailed: all of it for headquarters, one's own for everybody else."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from regions.middleware import Request
from regions.models import Region
from rollout.access import can_manage_mail, can_see_ledger
from rollout.forms import LedgerFilter
from rollout.models import Mail
from rollout.queries.mails import ledger, told_by
from rollout.services.ledger import (
    CANCELLABLE,
    RESENDABLE,
    CannotCancelMail,
    CannotResendMail,
    cancel_mail,
    resend_mail,
)

from .notes import confirm, warn

PAGE = 50


@require_safe
def mail_list(request: Request) -> HttpResponse:
    """The filters stand in the address."""
    user = request.user
    is_ledger = bool(can_see_ledger(user))
    form = LedgerFilter(
        Region.objects.visible_to(user), request.GET, is_ledger=is_ledger
    )
    rows = ledger(user, form.wanted, user.moment)
    context = {
        "page": Paginator(rows, PAGE).get_page(request.GET.get("page")),
        "form": form,
        "is_ledger": is_ledger,
        "may_manage": bool(can_manage_mail(user)),
    }
    return render(request, "rollout/mail_list.html", context)


@require_safe
def mail_page(request: Request, pk: int) -> HttpResponse:
    mail = _mail(request, pk)
    may_manage = bool(can_manage_mail(request.user))
    context = {
        "mail": mail,
        "events": mail.events.select_related("by").order_by("id"),
        "duties": told_by(mail),
        "may_resend": may_manage and mail.state in RESENDABLE,
        "may_cancel": may_manage and mail.state in CANCELLABLE,
    }
    return render(request, "rollout/mail_page.html", context)


@require_POST
def mail_resend(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, resend_mail, _("It goes out once more in a moment."))


@require_POST
def mail_cancel(request: Request, pk: int) -> HttpResponse:
    return _act(request, pk, cancel_mail, _("Cancelled: this mail is not sent."))


def _act(request: Request, pk: int, service: Any, said: str) -> HttpResponse:
    mail = _mail(request, pk)
    can_manage_mail(request.user).insist()
    try:
        service(mail, by=request.user, at=request.user.moment)
    except (CannotResendMail, CannotCancelMail) as refusal:
        warn(request, str(refusal))
    else:
        confirm(request, said)
    return redirect("rollout:mail", pk)


def _mail(request: Request, pk: int) -> Mail:
    rows = Mail.objects.visible_to(request.user).select_related("recipient")
    return get_object_or_404(rows, pk=pk)
