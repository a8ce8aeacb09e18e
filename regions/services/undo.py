"""Taking back one act by its entries in the history."""

import json
import uuid
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Change
from regions.history import Act
from regions.models import HistoryEntry, Versioned
from regions.privacy import private_fields


class CannotUndo(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The act is unknown, made rows, or was followed by another change."""


@dataclass(frozen=True)
class Before:
    """What an act did to one row, in its order; of a row that is gone only the entries."""

    entries: list[HistoryEntry]
    row: Versioned | None

    @property
    def act_id(self) -> uuid.UUID:
        return self.entries[0].act

    @property
    def change(self) -> str:
        """A row that was deleted is known by its last entry, others by their first."""
        is_gone = self.entries[-1].change == Change.DELETED
        return Change.DELETED if is_gone else self.entries[0].change


def undo(act_id: uuid.UUID, *, act: Act, with_rows: bool = False) -> list[Versioned]:
    """Put every field that an act changed back to what it was; itself recorded.

    Refused when a row of it was changed again since, when the act made or deleted rows, or
    when what it was no longer fits to other rows; `with_rows`, what it made is deleted
    again, and what it deleted is there again under its number.
    """
    return undo_each({act_id: act}, with_rows=with_rows)


def undo_each(
    acts: Mapping[uuid.UUID, Act], *, with_rows: bool = False
) -> list[Versioned]:
    """The same for many acts of which no two are about the same row, all or none; each
    by an act of its own."""
    try:
        with transaction.atomic():
            rows = _undo_all(acts, with_rows=with_rows)
            # What a row refers to is else looked up at the end of the transaction only.
            connection.check_constraints(sorted({row._meta.db_table for row in rows}))
    except IntegrityError:
        raise CannotUndo(
            _("Something else was changed since, so it cannot be taken back.")
        ) from None
    return rows


def _undo_all(acts: Mapping[uuid.UUID, Act], *, with_rows: bool) -> list[Versioned]:
    entries = list(HistoryEntry.objects.filter(act__in=acts).order_by("id"))
    allowed = set(Change) if with_rows else {Change.CHANGED}
    found_acts = {entry.act for entry in entries}
    if found_acts < acts.keys() or any(one.change not in allowed for one in entries):
        raise CannotUndo(_("This cannot be taken back."))
    by = {undone: replace(act, undoes=undone) for undone, act in acts.items()}
    by_model: dict[str, dict[int, list[HistoryEntry]]] = {}
    for entry in entries:
        of_model = by_model.setdefault(entry.model, {})
        of_model.setdefault(entry.object_id, []).append(entry)
    # Locked in the order of the act, undone from its end: what hangs on a row goes first.
    found = [_locked(label, rows) for label, rows in by_model.items()]
    return [row for rows in reversed(found) for row in _undo_rows(rows, by)]


def _locked(label: str, entries: dict[int, list[HistoryEntry]]) -> list[Before]:
    """The rows of one kind as the act left them. Raises CannotUndo."""
    model: Any = apps.get_model(label)
    rows = model._default_manager.filter(pk__in=entries).order_by("pk")
    known = {row.pk: row for row in rows.select_for_update(of=("self",))}
    found = [Before(mine, known.get(pk)) for pk, mine in entries.items()]
    if any(one.row is None and one.change != Change.DELETED for one in found):
        raise CannotUndo(_("Somebody deleted this since."))
    later = HistoryEntry.objects.filter(model=label, object_id__in=entries)
    newest = later.values("object_id").annotate(newest=Max("id")).order_by()
    for pk, last in newest.values_list("object_id", "newest"):
        if last != entries[pk][-1].pk:
            raise CannotUndo(
                _("Somebody changed this since, so it cannot be taken back.")
            )
    return found


def _undo_rows(rows: Iterable[Before], by: Mapping[uuid.UUID, Act]) -> list[Versioned]:
    """Of one kind: what was made goes, what was changed is as before, what went is back."""
    by_change: dict[str, list[Before]] = {}
    for one in rows:
        by_change.setdefault(one.change, []).append(one)
    made = [
        (one.row, by[one.act_id])
        for one in by_change.get(Change.CREATED, [])
        if one.row
    ]
    history.delete_each(made)
    changed = [
        (one.row, _values_before(one.row, one.entries), by[one.act_id])
        for one in by_change.get(Change.CHANGED, [])
        if one.row
    ]
    history.change_each(changed)
    gone = [
        (_as_deleted(one.entries[-1]), by[one.act_id])
        for one in by_change.get(Change.DELETED, [])
    ]
    history.create_each(gone)
    touched: list[tuple[Versioned, Any]] = [*made, *gone]
    touched += [(row, act) for row, _values, act in changed]
    return [row for row, _act in touched]


def _values_before(row: Versioned, entries: Collection[HistoryEntry]) -> dict[str, Any]:
    values = {}
    # Of a field that changed more than once, what it was at first.
    for entry in reversed(list(entries)):
        column: Any = row._meta.get_field(entry.field)
        before = None if entry.was_null else column.to_python(entry.before)
        if entry.field in row.undo_raises:
            before = getattr(row, entry.field) + 1
        # A foreign key is stored as its number; it is set under the name of its column.
        values[column.attname] = before
    return values


def _as_deleted(entry: HistoryEntry) -> Versioned:
    """The row as its last entry of the history keeps it, under the number that it had."""
    model: Any = apps.get_model(entry.model)
    if private_fields(model):
        # Private texts of a row that was deleted are nowhere any more.
        raise CannotUndo(_("This cannot be taken back."))
    row: Versioned = model(pk=entry.object_id)
    for name, text in json.loads(entry.before).items():
        column = model._meta.get_field(name)
        is_null = column.null and text in ("", "None")
        setattr(row, name, None if is_null else column.to_python(text))
    return row
