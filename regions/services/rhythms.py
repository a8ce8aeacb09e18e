"""How often a CEO is talked to, set for one rhythm or for many in one act."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction

from regions import history
from regions.history import Act
from regions.models import Rhythm


@transaction.atomic
def set_rhythm(
    rhythm: Rhythm, values: Mapping[str, Any], *, version: int, act: Act
) -> Rhythm:
    """Raises EditedMeanwhile."""
    row = history.lock(Rhythm.objects.select_related("ceo"), rhythm.pk, version)
    history.change(row, values, act)
    return row


@transaction.atomic
def set_rhythms(
    pks: Iterable[int], values: Mapping[str, Any], *, act: Act
) -> list[Rhythm]:
    """The same for many; those that say it already stay untouched and are left out."""
    rows = Rhythm.objects.filter(pk__in=list(pks)).select_related(
        "ceo__region", "ceo__user"
    )
    locked = rows.select_for_update(of=("self",)).order_by("id")
    return history.change_all([(row, values) for row in locked], act)
