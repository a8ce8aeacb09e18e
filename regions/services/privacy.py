"""The log of who was shown what is private.

Whoever puts private fields on a page calls this with their rows, and nothing else logs.
"""

from collections.abc import Iterable
from datetime import datetime

from regions.models import PrivateView, User, Versioned
from regions.privacy import private_fields


def log_views(rows: Iterable[Versioned], *, by: User, at: datetime) -> None:
    """Somebody is shown the private fields of these rows; what is empty shows nothing.

    One statement, however many they are.
    """
    PrivateView.objects.bulk_create(
        PrivateView(
            by=by,
            region_id=row.history_region_id,  # type: ignore[misc] # none lacks one
            model=row._meta.label_lower,
            object_id=row.pk,
            field=name,
            at=at,
        )
        for row in rows
        for name in sorted(private_fields(row))
        if getattr(row, name)
    )
