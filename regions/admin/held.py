"""Rows with a first and a last day: roles, and the CEOs of a region."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.administration import person

ENDS_AFTER_START = gettext_lazy("It cannot end before it starts.")


class HeldFilter(admin.SimpleListFilter):
    """Of dated rows those that hold now, or those that have ended."""

    title = gettext_lazy("time")
    parameter_name = "held"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return [("now", _("now")), ("ended", _("ended"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        day = person(request).moment.date()
        if self.value() == "now":
            return queryset.filter(Q(to_date=None) | Q(to_date__gt=day))
        return (
            queryset.filter(to_date__lte=day) if self.value() == "ended" else queryset
        )
