"""Briefs to CEOs; they are written, sent and withdrawn on their own pages."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, name_of
from rollout.models import Brief


@admin.register(Brief)
class BriefAdmin(RecordAdmin):
    list_display = (
        "need",
        "ceo",
        name_of("writer", gettext_lazy("from")),
        "state",
        "answer",
        "sent_at",
    )
    export_fields = (
        "ceo", "programme", "ask", "due_date", "language", "benefit", "source", "standing",
        "need", "why_you", "we_take_off", "made_by", "state", "reviewed_by", "writer", "sent_at",
        "call_date", "answer", "sentence", "answered_at",
    )  # fmt: skip
    list_filter = ("state", "answer", "programme")
    search_fields = (
        "need",
        "ceo__region__name",
        "ceo__region__code",
        "ceo__user__name",
    )
    date_hierarchy = "sent_at"
    fields = export_fields
    ordering = ("-sent_at", "-id")
    joined = (
        "ceo__region",
        "ceo__user",
        "programme",
        "ask",
        "made_by",
        "reviewed_by",
        "writer",
    )
    may_add = False
    may_change = False
