"""What people had to be told, and the mails that told them; only to read."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from regions.administration import LedgerAdmin, name_of
from rollout.models import Duty, Mail

RECIPIENT = name_of("recipient", gettext_lazy("recipient"))


@admin.register(Mail)
class MailAdmin(LedgerAdmin):
    """Links stand in the texts as placeholders; here they are never signed."""

    list_display = ("planned_at", RECIPIENT, "subject", "state", "sent_at", "attempts")
    list_filter = ("state",)
    search_fields = ("recipient__name", "recipient__email", "subject", "slot")
    date_hierarchy = "planned_at"
    fields = (
        "recipient", "slot", "number", "state", "planned_at", "next_try_at", "attempts",
        "sent_at", "answer", "language", "message_id", "dated_at", "sender_name", "reply_to",
        "subject", "body_text",
    )  # fmt: skip
    ordering = ("-planned_at", "-id")
    joined = ("recipient",)


@admin.register(Duty)
class DutyAdmin(LedgerAdmin):
    list_display = ("created_at", RECIPIENT, "kind", "state", "mail")
    list_filter = ("state", "kind")
    search_fields = ("recipient__name", "recipient__email", "occurrence")
    date_hierarchy = "created_at"
    fields = ("recipient", "kind", "occurrence", "state", "created_at", "mail")
    ordering = ("-created_at", "-id")
    joined = ("recipient", "mail")
