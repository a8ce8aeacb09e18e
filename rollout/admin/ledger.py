"""What people had to be told, the mails that told them (sent again or not), and hand-overs."""

from django.contrib import admin
from django.utils.translation import gettext_lazy

from regions.administration import LedgerAdmin, LedgerInline, name_of
from rollout.models import (
    Breaker,
    Duty,
    Handover,
    Heartbeat,
    Mail,
    MailEvent,
    TaskRequest,
)

from .acts import CANCEL, RESEND

RECIPIENT = name_of("recipient", gettext_lazy("recipient"))


class EventInline(LedgerInline):
    """What happened to a mail; on its product page it is sent again or cancelled."""

    model = MailEvent
    fields = ("at", "state", "answer", "by")
    joined = ("by",)
    ordering = ("id",)


@admin.register(Mail)
class MailAdmin(LedgerAdmin):
    """Links stand in the texts as placeholders; here they are never signed."""

    inlines = (EventInline,)
    acts = (RESEND, CANCEL)
    list_display = ("planned_at", RECIPIENT, "subject", "state", "sent_at", "attempts")
    list_filter = ("state", "cap")
    search_fields = ("recipient__name", "recipient__email", "subject", "slot")
    date_hierarchy = "planned_at"
    fields = (
        "recipient", "slot", "number", "cap", "state", "planned_at", "next_try_at", "attempts",
        "may_have_arrived", "doubts", "sent_at", "answer", "language", "thread", "message_id", "dated_at", "sender_name", "reply_to",
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


@admin.register(MailEvent)
class MailEventAdmin(LedgerAdmin):
    list_display = ("at", "mail", "state", "answer", name_of("by", gettext_lazy("by")))
    list_filter = ("state",)
    search_fields = ("mail__subject", "mail__recipient__email", "answer")
    date_hierarchy = "at"
    fields = ("mail", "at", "state", "answer", "by")
    ordering = ("-id",)
    joined = ("mail", "by")


@admin.register(Heartbeat)
class HeartbeatAdmin(LedgerAdmin):
    list_display = ("job", "at")
    search_fields = ("job",)
    fields = ("job", "at")
    ordering = ("job",)


@admin.register(Breaker)
class BreakerAdmin(LedgerAdmin):
    list_display = ("server", "since_at", "retry_at", "answer")
    search_fields = ("server", "answer")
    fields = ("server", "since_at", "retry_at", "answer")
    ordering = ("server",)


@admin.register(Handover)
class HandoverAdmin(LedgerAdmin):
    """On the page of either person it is taken back."""

    list_display = (
        "at",
        name_of("giver", gettext_lazy("from")),
        name_of("taker", gettext_lazy("to")),
        name_of("by", gettext_lazy("by")),
        "undone_at",
    )
    search_fields = ("giver__name", "giver__email", "taker__name", "taker__email")
    date_hierarchy = "at"
    fields = ("giver", "taker", "by", "at", "undone_at")
    ordering = ("-at", "-id")
    joined = ("giver", "taker", "by")


@admin.register(TaskRequest)
class TaskRequestAdmin(LedgerAdmin):
    """What owners asked; it is answered on a page of its own."""

    list_display = (
        "at",
        name_of("by", gettext_lazy("by")),
        "task",
        "kind",
        "wished_date",
        "state",
    )
    list_filter = ("state", "kind")
    search_fields = ("task__title", "by__name", "by__email", "reason")
    date_hierarchy = "at"
    fields = (
        "task", "kind", "wished_date", "reason", "by", "at", "state", "settled_by",
        "settled_at", "answer",
    )  # fmt: skip
    ordering = ("-at", "-id")
    joined = ("task", "by")
