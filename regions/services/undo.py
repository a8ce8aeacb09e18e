"""Taking back one act by its entries in the history."""

import uuid
from dataclasses import replace
from typing import Any

from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from regions import history
from regions.enums import Change
from regions.history import Act
from regions.models import HistoryEntry, Versioned


class CannotUndo(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The act is unknown, made rows, or was followed by another change."""


def undo(act_id: uuid.UUID, *, act: Act, removes_made: bool = False) -> list[Versioned]:
    """Put every field that an act changed back to what it was; itself recorded.

    Refused when a row of it was changed again since, when the act made or deleted rows, or
    when what it was no longer fits to other rows; with `removes_made`, rows that it made
    are deleted again.
    """
    try:
        with transaction.atomic():
            rows = _undo_all(act_id, act, removes_made=removes_made)
            # What a row refers to is else looked up at the end of the transaction only.
            connection.check_constraints(sorted({row._meta.db_table for row in rows}))
    except IntegrityError:
        raise CannotUndo(
            _("Something else was changed since, so it cannot be taken back.")
        ) from None
    return rows


def _undo_all(act_id: uuid.UUID, act: Act, *, removes_made: bool) -> list[Versioned]:
    entries = list(HistoryEntry.objects.filter(act=act_id).order_by("id"))
    allowed = {Change.CHANGED, Change.CREATED} if removes_made else {Change.CHANGED}
    if not entries or any(entry.change not in allowed for entry in entries):
        raise CannotUndo(_("This cannot be taken back."))
    act = replace(act, undoes=act_id)
    by_row: dict[tuple[str, int], list[HistoryEntry]] = {}
    for entry in entries:
        by_row.setdefault((entry.model, entry.object_id), []).append(entry)
    return [_undo_row(mine, act) for mine in by_row.values()]


def _undo_row(entries: list[HistoryEntry], act: Act) -> Versioned:
    first = entries[0]
    model = apps.get_model(first.model)
    try:
        row: Versioned = history.lock(model._default_manager.all(), first.object_id)
    except model.DoesNotExist:
        raise CannotUndo(_("Somebody deleted this since.")) from None
    newest = HistoryEntry.objects.of(row).order_by("-id").first()
    if newest is None or newest.act != first.act:
        raise CannotUndo(_("Somebody changed this since, so it cannot be taken back."))
    if first.change == Change.CREATED:
        history.delete(row, act)
        return row
    values = {}
    for entry in entries:
        column: Any = row._meta.get_field(entry.field)
        before = None if entry.was_null else column.to_python(entry.before)
        if entry.field in row.undo_raises:
            before = getattr(row, entry.field) + 1
        # A foreign key is stored as its number; it is set under the name of its column.
        values[column.attname] = before
    history.change(row, values, act)
    return row
