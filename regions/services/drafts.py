"""Drafts of logs: kept while somebody writes, forgotten once the talk is logged."""

import uuid
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from regions.models import Contact, ContactDraft, Programme, RegionalCEO, User

# As long as the keys of forms that were sent.
KEPT = timedelta(days=30)


@transaction.atomic
def keep_draft(
    ceo: RegionalCEO,
    programme: Programme,
    data: dict[str, Any],
    *,
    by: User,
    at: datetime,
) -> bool:
    """The newest state replaces the one before. False where the talk is logged already:
    what was on its way while somebody pressed Save comes too late."""
    if _is_logged(data, ceo):
        return False
    ContactDraft.objects.update_or_create(
        user=by, ceo=ceo, programme=programme, defaults={"data": data, "saved_at": at}
    )
    return True


def drop_draft(ceo: RegionalCEO, programme: Programme, *, by: User) -> None:
    ContactDraft.objects.filter(user=by, ceo=ceo, programme=programme).delete()


def forget_old(*, at: datetime) -> int:
    """Forget what nobody went on with."""
    return ContactDraft.objects.filter(saved_at__lt=at - KEPT).delete()[0]


def _is_logged(data: dict[str, Any], ceo: RegionalCEO) -> bool:
    with suppress(ValueError):
        key = uuid.UUID(data.get("key", ""))
        return Contact.objects.filter(key=key, ceo=ceo).exists()
    return False
