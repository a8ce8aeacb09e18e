"""Acts on the rows that were ticked in a list: shown first, then done by a button.

An act tells of each row what will happen to it, or why nothing will. The page with these
sentences writes nothing. Its button does exactly them: they are told anew inside the
transaction, and when they are no longer the same the page is shown again. All services of
one press run in this transaction, so all of it happens, with its history, or nothing.
"""

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.db import transaction
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from regions.access import Answer
from regions.history import Act
from regions.models import User

from .requests import admin_act, person

if TYPE_CHECKING:
    from django.contrib.admin import ModelAdmin
    from django_stubs_ext import StrOrPromise

    AnyAdmin = ModelAdmin[Any]

MOST_ROWS = 100
# The mark of the sentences that the reader has seen; with it the button was pressed.
SEEN = "seen"
REASON, REASON_LENGTH = "reason", 200


@dataclass(frozen=True)
class Told:
    """What an act will do to a row, or why it leaves it alone."""

    row: Model
    said: str
    is_refused: bool = False


@dataclass(frozen=True)
class RowsAct:
    """Something that headquarters does to the rows it has ticked."""

    name: str
    label: "StrOrPromise"
    # Stands above the rows: what holds for all of them.
    about: "StrOrPromise"
    may: Callable[[User], Answer]
    # A fixed number of queries, however many rows.
    tell: Callable[[QuerySet[Any], datetime], Iterable[Told]]
    do: Callable[[Any, Act], object]
    done: Callable[[int], str]
    # What the service raises when it will not; told to the user as it stands.
    refusals: tuple[type[Exception], ...]
    needs_reason: bool = False

    def take(
        self, model_admin: "AnyAdmin", request: HttpRequest, rows: QuerySet[Any]
    ) -> HttpResponse | None:
        """As Django calls it, with those of the ticked rows that the reader may see."""
        self.may(person(request)).insist()
        if rows.count() > MOST_ROWS:
            said = _("Choose at most %(n)d rows at a time.") % {"n": MOST_ROWS}
            model_admin.message_user(request, said, messages.WARNING)
            return None
        if SEEN not in request.POST:
            return self._page(model_admin, request, self._told(request, rows))
        try:
            with transaction.atomic():
                return self._press(model_admin, request, rows)
        except self.refusals as refusal:
            said = _("Nothing was done. %(why)s") % {"why": refusal}
            model_admin.message_user(request, said, messages.ERROR)
            return redirect(request.get_full_path())

    def _told(self, request: HttpRequest, rows: QuerySet[Any]) -> list[Told]:
        return list(self.tell(rows.order_by("pk"), person(request).moment))

    def _press(
        self, model_admin: "AnyAdmin", request: HttpRequest, rows: QuerySet[Any]
    ) -> HttpResponse:
        told = self._told(request, rows.select_for_update(of=("self",)))
        if request.POST[SEEN] != mark_of(told):
            fault = _("This has changed in the meantime. Look at it again.")
            return self._page(model_admin, request, told, fault=fault)
        reason = request.POST.get(REASON, "").strip()[:REASON_LENGTH]
        if self.needs_reason and not reason:
            return self._page(model_admin, request, told, fault=_("Say why."))
        act = replace(admin_act(request), reason=reason)
        chosen = [one.row for one in told if not one.is_refused]
        for row in chosen:
            self.do(row, act)
        model_admin.message_user(request, self.done(len(chosen)), messages.SUCCESS)
        return redirect(request.get_full_path())

    def _page(
        self,
        model_admin: "AnyAdmin",
        request: HttpRequest,
        told: list[Told],
        *,
        fault: str = "",
    ) -> TemplateResponse:
        context = {
            **model_admin.admin_site.each_context(request),
            "title": str(self.label),
            "subtitle": None,
            "act": self,
            "told": told,
            "count": sum(not one.is_refused for one in told),
            "seen": mark_of(told),
            "fault": fault,
            "reason": request.POST.get(REASON, ""),
            "reason_length": REASON_LENGTH,
            "checkbox": ACTION_CHECKBOX_NAME,
            "back": request.get_full_path(),
            "opts": model_admin.opts,
            "module_name": str(capfirst(model_admin.opts.verbose_name_plural)),
        }
        status = 409 if fault else 200
        return TemplateResponse(request, "admin/rows_act.html", context, status=status)


def mark_of(told: Iterable[Told]) -> str:
    """The same for the same sentences about the same rows, in the same language."""
    lines = [f"{one.row.pk} {one.is_refused} {one.said}" for one in told]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
