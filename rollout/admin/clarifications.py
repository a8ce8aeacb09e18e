"""Questions to named people; they are asked, answered and settled on their own page."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, name_of
from rollout.models import Clarification


@admin.register(Clarification)
class ClarificationAdmin(RecordAdmin):
    list_display = (
        "question",
        "region",
        name_of("asked_of", gettext_lazy("asked of")),
        "asked_at",
        "due_date",
        "state",
    )
    export_fields = (
        "region", "programme", "task", "question", "proposal", "asked_by", "asked_of",
        "asked_at", "due_date", "state", "answer", "answered_by", "answered_at", "confirmed_by",
        "confirmed_at",
    )  # fmt: skip
    list_filter = ("state", "programme")
    search_fields = (
        "question", "region__name", "region__code", "asked_of__name", "asked_of__email",
    )  # fmt: skip
    date_hierarchy = "asked_at"
    fields = export_fields
    ordering = ("-asked_at", "-id")
    joined = (
        "region", "programme", "task__plan__region", "asked_by", "asked_of", "answered_by",
        "confirmed_by",
    )  # fmt: skip
    may_add = False
    may_change = False
