"""What belongs to any row: its files, its history, and who was shown what is private."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import (
    Count,
    Q,
    QuerySet,
)

from regions.access import can_withdraw_file
from regions.models import (
    Attachment,
    HistoryEntry,
    PrivateView,
    Region,
    User,
    Versioned,
)
from regions.telling import field_label


@dataclass(frozen=True)
class Viewing:
    """Somebody opened a page with private texts: of which field, how many, and when."""

    who: str
    at: datetime
    field: str
    count: int


def viewings(region: Region, user: User, most: int) -> list[Viewing]:
    """Who was shown private texts of a region, the last ones first. One query."""
    rows = (
        PrivateView.objects.visible_to(user)
        .filter(region=region)
        .values_list("by__name", "at", "model", "field")
        .annotate(count=Count("id"))
        .order_by("-at", "by", "model", "field")[:most]
    )
    return [
        Viewing(who, at, field_label(model, field), count)
        for who, at, model, field, count in rows
    ]


@dataclass(frozen=True)
class FileLine:
    file: Attachment
    may_withdraw: bool


@dataclass(frozen=True)
class FileList:
    """The files on one row, in the order they came."""

    standing: list[FileLine]
    gone: list[Attachment]


def files_on(row: Versioned, user: User) -> FileList:
    """Those of a row that the reader sees. One query."""
    files = list(Attachment.objects.of(row).select_related("by").order_by("id"))
    return FileList(
        [
            FileLine(one, bool(can_withdraw_file(user, one)))
            for one in files
            if one.is_standing
        ],
        [one for one in files if not one.is_standing],
    )


def history_of(row: Versioned, user: User) -> QuerySet[HistoryEntry]:
    """What changed on a row and on the files that hang on it."""
    files = Attachment.objects.of(row).values("pk")
    of_files = Q(model=Attachment._meta.label_lower, object_id__in=files)
    of_row = Q(model=row._meta.label_lower, object_id=row.pk)
    return HistoryEntry.objects.told_to(user).filter(of_row | of_files)
