"""The history of everything that people change."""

from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from regions.administration import LedgerAdmin, name_of
from regions.models import HistoryEntry, Sending, Versioned
from regions.telling import change as change_words


def kinds_of_row() -> dict[str, str]:
    return {
        model._meta.label_lower: str(model._meta.verbose_name)
        for model in apps.get_models()
        if issubclass(model, Versioned)
    }


class KindFilter(admin.SimpleListFilter):
    title = gettext_lazy("kind of row")
    parameter_name = "model"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Any:
        return sorted(kinds_of_row().items(), key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(model=self.value()) if self.value() else queryset


@admin.register(HistoryEntry)
class HistoryEntryAdmin(LedgerAdmin):
    list_display = (
        "at",
        name_of("by", gettext_lazy("by")),
        "kind",
        "object_text",
        "what",
        "reason",
        "via",
    )
    list_filter = (KindFilter, "change", "via")
    search_fields = ("object_text", "by__name", "by__email", "reason")
    date_hierarchy = "at"
    fields = ("at", "by", "via", "kind", "object_text", "region", "what", "reason")
    ordering = ("-id",)
    joined = ("by", "region")

    @admin.display(description=gettext_lazy("kind of row"), ordering="model")
    def kind(self, entry: Any) -> str:
        return kinds_of_row().get(str(entry.model), "")

    @admin.display(description=gettext_lazy("what changed"))
    def what(self, entry: Any) -> str:
        return change_words(entry)


@admin.register(Sending)
class SendingAdmin(LedgerAdmin):
    """Forms that were saved, so that each of them saves once."""

    list_display = ("at", name_of("by", gettext_lazy("by")), "model", "object_id")
    search_fields = ("by__name", "by__email", "model")
    date_hierarchy = "at"
    fields = ("at", "by", "model", "object_id", "key")
    ordering = ("-id",)
    joined = ("by",)
