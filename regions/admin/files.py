"""Files that people hung on tasks and findings."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from regions.administration import RecordAdmin, name_of
from regions.models import Attachment


@admin.register(Attachment)
class AttachmentAdmin(RecordAdmin):
    """What there is and was. Files are added, read and withdrawn where they hang."""

    list_display = (
        "added_at",
        "name",
        "kind",
        "size",
        name_of("by", gettext_lazy("added by")),
        "region",
        "withdrawn_at",
        "erased_at",
    )
    list_filter = ("kind", ("withdrawn_at", admin.EmptyFieldListFilter))
    search_fields = ("name", "by__name")
    date_hierarchy = "added_at"
    fields = (
        "name", "kind", "size", "by", "programme", "region", "added_at", "withdrawn_at",
        "erased_at",
    )  # fmt: skip
    ordering = ("-added_at", "-id")
    joined = ("by", "region", "programme")
    may_add = False
    may_change = False
