"""Every text field of every model, found by looking: where markers and markup are put."""

from collections.abc import Iterator

from django.apps import apps
from django.db import models

OURS = ("regions", "pilots", "rollout")
# What machines read and a form or a constraint checks: nothing else can stand there.
MACHINE = {
    "regions.Attachment.digest", "regions.Attachment.model",
    "regions.HistoryEntry.field", "regions.HistoryEntry.model",
    "regions.Holiday.country", "regions.Holiday.subdivision",
    "regions.PrivateView.field", "regions.PrivateView.model",
    "regions.Programme.code",
    "regions.Region.code", "regions.Region.country", "regions.Region.subdivision",
    "regions.Region.time_zone", "regions.Region.working_days",
    "regions.User.country", "regions.User.email", "regions.User.password",
    "regions.User.subdivision", "regions.User.time_zone", "regions.User.working_days",
    "rollout.Brief.language", "rollout.CloseOutReply.mark", "rollout.Duty.model", "rollout.Duty.occurrence",
    "rollout.Mail.key_mark", "rollout.Mail.language", "rollout.Mail.message_id", "rollout.Mail.reply_to",
    "rollout.Mail.slot", "rollout.Mail.thread",
}  # fmt: skip


def our_models() -> Iterator[type[models.Model]]:
    return (model for model in apps.get_models() if model._meta.app_label in OURS)


def is_text(field: models.Field) -> bool:
    return isinstance(field, (models.CharField, models.TextField)) and not field.choices


def text_fields(model: type[models.Model]) -> list[models.Field]:
    """Those in which people, files or mail servers can put any words."""
    return [
        field
        for field in model._meta.local_concrete_fields
        if is_text(field) and f"{model._meta.label}.{field.name}" not in MACHINE
    ]
