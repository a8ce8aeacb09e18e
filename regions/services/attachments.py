"""Hanging a file on a row, withdrawing it, and erasing it for good when its time is over.

A file is on the disk before its row is kept, and off it after its row lets go. What is
left over by a process that dies in between is swept up a day later.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.db.models import Q, Sum
from django.utils.translation import gettext as _

from regions import history
from regions.enums import Via
from regions.files.kinds import CannotTake, clean_name, kind_of
from regions.files.limits import MOST_BYTES, MOST_FILES, MOST_TOTAL_BYTES
from regions.files.pictures import pictured
from regions.history import Act
from regions.models import Attachment, Programme, Versioned
from regions.models.attachments import AttachmentStorage, random_name
from regions.queries import ended_programmes

BATCH = 100
# A file without a row may belong to an upload that is just being kept.
SWEPT_AFTER = timedelta(days=1)

__all__ = ["CannotTake", "Sent", "add_file", "erase_due", "sweep", "withdraw_file"]


@dataclass(frozen=True)
class Sent:
    """What a browser sent: the name as it was there, and the bytes."""

    name: str
    data: bytes


def add_file(
    row: Versioned, sent: Sent, *, programme: Programme, act: Act
) -> Attachment:
    """Keep a file on a row. The same file twice is one. Raises CannotTake."""
    if not sent.data:
        raise CannotTake(_("The file is empty."))
    if len(sent.data) > MOST_BYTES:
        raise CannotTake(too_large())
    kind = kind_of(sent.data, sent.name)
    digest = hashlib.sha256(sent.data).hexdigest()
    # Before the row is locked, as decoding may take seconds.
    shown = pictured(sent.data, kind)
    with transaction.atomic(), _kept_or_removed() as save:
        history.lock(type(row)._default_manager.all(), row.pk)
        standing = Attachment.objects.of(row).standing()
        if known := standing.filter(digest=digest).first():
            return known
        total = standing.aggregate(sum=Sum("size"))["sum"] or 0
        _check_room(standing.count() + 1, total + len(shown.kept))
        new = Attachment(
            programme=programme,
            region_id=row.history_region_id,
            model=row._meta.label_lower,
            object_id=row.pk,
            name=clean_name(sent.name, kind),
            kind=kind,
            size=len(shown.kept),
            digest=digest,
            file=save(shown.kept),
            preview=save(shown.preview),
            by=act.by,
            added_at=act.at,
        )
        return history.create(new, act)


def too_large() -> str:
    return _("The file is larger than %(n)d MB.") % {"n": MOST_BYTES // 1_000_000}


def _check_room(files: int, total: int) -> None:
    if files > MOST_FILES:
        said = _("There are %(n)d files here already. Withdraw one first.")
        raise CannotTake(said % {"n": MOST_FILES})
    if total > MOST_TOTAL_BYTES:
        said = _("All files here may be %(n)d MB together. Withdraw one first.")
        raise CannotTake(said % {"n": MOST_TOTAL_BYTES // 1_000_000})


@contextmanager
def _kept_or_removed() -> Iterator["Save"]:
    """What was written goes again, unless the block ends well."""
    save = Save()
    try:
        yield save
    except BaseException:
        _remove(save.names)
        raise


class Save:
    """Writes bytes under a random name and remembers it; no bytes have no name."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def __call__(self, data: bytes) -> str:
        if not data:
            return ""
        # Remembered first: a disk that is full leaves half a file.
        name = random_name()
        self.names.append(name)
        return AttachmentStorage().save(name, ContentFile(data))


def _remove(names: list[str]) -> None:
    storage = AttachmentStorage()
    for name in names:
        storage.delete(name)


@transaction.atomic
def withdraw_file(attachment: Attachment, *, version: int, act: Act) -> Attachment:
    """Take a file back: it is served no more, and erased after a time."""
    row = history.lock(Attachment.objects.all(), attachment.pk, version)
    if row.is_standing:
        history.change(row, {"withdrawn_at": act.at}, act)
    return row


def erase_due(*, at: datetime) -> int:
    """Erase for good what was withdrawn, or whose programme ended, long enough ago."""
    withdrawn = at - timedelta(days=settings.KEEP_WITHDRAWN_DAYS)
    ended = ended_programmes(at.date() - timedelta(days=settings.KEEP_ENDED_DAYS))
    due = Attachment.objects.filter(erased_at=None).filter(
        Q(withdrawn_at__lte=withdrawn) | Q(programme__in=ended)
    )
    count = 0
    while batch := list(due.order_by("id").values_list("pk", flat=True)[:BATCH]):
        count += _erase(batch, Act(by=None, at=at, via=Via.JOB))
    return count


@transaction.atomic
def _erase(keys: list[int], act: Act) -> int:
    rows = Attachment.objects.filter(pk__in=keys, erased_at=None).select_for_update()
    pairs, names = [], []
    for row in rows.order_by("id"):
        names += [name for name in (row.file.name, row.preview.name) if name]
        pairs.append((row, {"file": "", "preview": "", "erased_at": act.at}))
    erased = history.change_all(pairs, act)
    transaction.on_commit(partial(_remove, names))
    return len(erased)


def sweep(*, at: datetime) -> int:
    """Remove files that no row names; there are some only where a process died."""
    storage = AttachmentStorage()
    count = 0
    folders = storage.listdir("")[0] if storage.exists("") else []
    for folder in folders:
        names = {f"{folder}/{name}" for name in storage.listdir(folder)[1]}
        for name in names - _named(names):
            if storage.get_modified_time(name) <= at - SWEPT_AFTER:
                storage.delete(name)
                count += 1
    return count


def _named(names: set[str]) -> set[str]:
    rows = Attachment.objects.filter(Q(file__in=names) | Q(preview__in=names))
    return {name for pair in rows.values_list("file", "preview") for name in pair}
