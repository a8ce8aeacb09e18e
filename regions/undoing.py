"""Which acts somebody may take back, and what stands in the way; pages ask before they offer.

The act itself is `regions.services.undo`, which looks again with the rows locked.
"""

import uuid
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from regions.access import ALLOWED, Answer, can_undo, denied
from regions.enums import Change
from regions.models import HistoryEntry, User, Versioned
from regions.telling import hide_from, name_of
from regions.wording import moment

# More rows are not taken back by a tap: it would hold them all locked meanwhile.
MOST_ROWS = 500


@dataclass
class Touched:
    """A row that an act changed: which of its fields, and in which region it is."""

    region_id: int | None
    fields: set[str]


# The rows of an act, by kind and number.
Rows = dict[tuple[str, int], Touched]


def undo_answers(acts: Collection[uuid.UUID], user: User) -> dict[uuid.UUID, Answer]:
    """For each act whether somebody may take it back now, with the reason when not."""
    stops = {act: denied(reason) for act, reason in undo_stops(acts).items()}
    touched = _touched([act for act in acts if act not in stops])
    seen = _rows_of(touched.values(), user)
    may = {act: _may_undo(rows, seen, user) for act, rows in touched.items()}
    return stops | may


def undo_stops(
    acts: Collection[uuid.UUID], *, with_rows: bool = False
) -> dict[uuid.UUID, str]:
    """Why nobody can take these back: something changed since, or they made rows, which
    stands in the way of all acts but those that are undone `with_rows`."""
    if not acts:
        return {}
    later = HistoryEntry.objects.filter(
        model=OuterRef("model"), object_id=OuterRef("object_id"), id__gt=OuterRef("id")
    ).exclude(act=OuterRef("act"))
    entries = HistoryEntry.objects.filter(act__in=acts).annotate(later=Exists(later))
    stopping = Q(later=True) if with_rows else Q(later=True) | ~Q(change=Change.CHANGED)
    pairs = set(entries.filter(stopping).values_list("act", "change").distinct())
    since = _("Somebody changed this since, so it cannot be taken back.")
    made = _("What was made or deleted is not taken back from the history.")
    changed = {act: since for act, _change in pairs}
    if with_rows:
        return changed
    return changed | {act: made for act, kind in pairs if kind != Change.CHANGED}


def _touched(acts: Collection[uuid.UUID]) -> dict[uuid.UUID, Rows]:
    found: dict[uuid.UUID, Rows] = {act: {} for act in acts}
    if not acts:
        return found
    entries = HistoryEntry.objects.filter(act__in=acts).order_by("id")
    columns = entries.values_list("act", "model", "object_id", "region", "field")
    for act, model, number, region_id, name in columns:
        row = found[act].setdefault((model, number), Touched(region_id, set()))
        row.fields.add(name)
    return found


def _rows_of(acts: Iterable[Rows], user: User) -> dict[tuple[str, int], Versioned]:
    """Of all the rows those that somebody sees; one query for each kind."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for rows in acts:
        if len(rows) <= MOST_ROWS:
            for model, number in rows:
                wanted[model].add(number)
    found: dict[tuple[str, int], Versioned] = {}
    for label, numbers in wanted.items():
        kind: Any = apps.get_model(label)
        if kind.undo_right is not None:
            seen = kind._default_manager.visible_to(user).filter(pk__in=numbers)
            found |= {(label, row.pk): row for row in seen}
    return found


def _may_undo(
    rows: Rows, seen: Mapping[tuple[str, int], Versioned], user: User
) -> Answer:
    """The first row that is not his to change back decides."""
    if len(rows) > MOST_ROWS:
        return denied(
            _("This changed more than %(n)d rows at once. It is not taken back here.")
            % {"n": MOST_ROWS}
        )
    for key, touched in rows.items():
        row = seen.get(key)
        if row is None:
            return denied(
                _("A change of this kind is not taken back from the history.")
            )
        if not (answer := can_undo(user, row, touched.region_id, touched.fields)):
            return answer
    return ALLOWED


def in_the_way(act: uuid.UUID, reader: User) -> str:
    """Which later change keeps an act from being taken back, as far as he is told of it."""
    entries = HistoryEntry.objects.filter(act=act).order_by("id")
    columns = list(
        entries.values_list("id", "model", "object_id", "change")[:MOST_ROWS]
    )
    if {change for *_row, change in columns} != {Change.CHANGED}:
        return ""
    rows = Q()
    for model, number in {(model, number) for _id, model, number, _change in columns}:
        rows |= Q(model=model, object_id=number)
    later = HistoryEntry.objects.told_to(reader).filter(rows, id__gt=columns[0][0])
    found = later.exclude(act=act).select_related("by", "region").order_by("id").first()
    if found is None:
        return ""
    hide_from(reader, [found])
    return _(
        "%(person)s changed “%(row)s” on %(moment)s, so this cannot be taken back."
    ) % {
        "person": found.by.name if found.by else _("Somebody"),
        "row": name_of(found),
        "moment": moment(timezone.localtime(found.at)),
    }
