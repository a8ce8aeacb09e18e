"""One form that is sent twice makes one row: double clicks, reloads, retries."""

import hashlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar, cast

from django.apps import apps
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regions.history import Act
from regions.models import Sending

Row = TypeVar("Row", bound=models.Model)
# What differs from one sending to the next although the person sent the same.
NOT_CONTENT = {"csrfmiddlewaretoken"}
# Longer than a page stays open, or a phone without signal.
KEPT = timedelta(days=30)


class SentOtherwise(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The form made a row already: of other content, for somebody else, or gone since."""


@dataclass(frozen=True)
class Sent:
    """The key that a form carries, and the digest of all that was sent with it."""

    key: uuid.UUID
    digest: str

    @classmethod
    def of(cls, key: uuid.UUID, fields: Iterable[tuple[str, list[str]]]) -> "Sent":
        content = sorted(
            (name, texts) for name, texts in fields if name not in NOT_CONTENT
        )
        told = repr(content).encode("utf-8", "backslashreplace")
        return cls(key, hashlib.sha256(told).hexdigest())


@transaction.atomic
def make_once(sent: Sent, make: Callable[[], Row], *, act: Act) -> tuple[Row, bool]:
    """The row that this form makes, and whether it was made just now.

    Raises SentOtherwise.
    """
    sending, is_new = claim(sent, act)
    if is_new:
        row = make()
        settle(sending, row)
        return row, True
    known = row_of(sending)
    if known is None or (sending.by, sending.digest) != (act.by, sent.digest):
        raise SentOtherwise(
            _("This form was saved before. Press again to add what it says now.")
        )
    return cast(Row, known), False


def claim(sent: Sent, act: Act) -> tuple[Sending, bool]:
    """The first thing in a transaction that saves; whether nobody sent the form before."""
    values: dict[str, Any] = {"digest": sent.digest, "by": act.by, "at": act.at}
    return Sending.objects.get_or_create(key=sent.key, defaults=values)


def settle(sending: Sending, row: models.Model) -> None:
    sending.model, sending.object_id = row._meta.label_lower, row.pk
    sending.save(update_fields=["model", "object_id"])


def row_of(sending: Sending) -> models.Model | None:
    """What the form made, if it is still there."""
    rows = apps.get_model(sending.model)._default_manager
    row: models.Model | None = rows.filter(pk=sending.object_id).first()
    return row


def forget_old(*, at: datetime) -> int:
    """Forget which forms were sent long ago; what they made stays."""
    return Sending.objects.filter(at__lt=at - KEPT).delete()[0]
