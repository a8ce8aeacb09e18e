"""The only writer of the history, and the way services change rows.

Every function here runs inside the service's transaction, so a change and its entry are
kept or lost together. Compare-and-swap rows (duties, mails) keep their own log instead.
"""

import json
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, TypeVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from regions.enums import Audience, Change, Via
from regions.models import HistoryEntry, User, Versioned
from regions.privacy import private_fields

Row = TypeVar("Row", bound=Versioned)
TEXT_LENGTH = 200


class EditedMeanwhile(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """Somebody else changed the row since the form was shown."""

    def __init__(self, row: Versioned) -> None:
        self.row = row
        super().__init__(
            _(
                "Somebody else changed this in the meantime. Look at it again, then save."
            )
        )


@dataclass(frozen=True)
class Act:
    """Who does something, when, through which door and why; one act has one id."""

    by: User | None
    at: datetime
    via: Via = Via.WEB
    reason: str = ""
    id: uuid.UUID = field(default_factory=uuid.uuid4)
    undoes: uuid.UUID | None = None


def web_act(user: User, reason: str = "") -> Act:
    """What a signed-in person does on a page, at the moment of the request."""
    return Act(by=user, at=user.moment, reason=reason)


def lock(rows: models.QuerySet[Row], pk: int, version: int | None = None) -> Row:
    """The row, locked for this transaction; on SQLite the transaction itself is the lock.

    Raises EditedMeanwhile when `version` is given and is no longer the row's.
    """
    row = rows.select_for_update(of=("self",)).get(pk=pk)
    if version is not None and row.version != version:
        raise EditedMeanwhile(row)
    return row


def create(row: Row, act: Act) -> Row:
    """Save a new row and record it."""
    create_all([row], act)
    return row


def create_all(rows: Iterable[Row], act: Act) -> list[Row]:
    """Save new rows of one model in two statements, however many they are."""
    return create_each((row, act) for row in rows)


def create_each(pairs: Iterable[tuple[Row, Act]]) -> list[Row]:
    """The same where each row belongs to an act of its own."""
    pairs = list(pairs)
    if not pairs:
        return []
    rows = [row for row, _act in pairs]
    with transaction.atomic():
        type(rows[0])._default_manager.bulk_create(rows, batch_size=500)
        _read_names(rows)
        _write([_entry(row, act, change=Change.CREATED) for row, act in pairs])
    return rows


def change(row: Row, values: Mapping[str, Any], act: Act) -> bool:
    """Set fields of a locked row; one entry per field that really changes.

    Returns whether anything changed; what did not is not saved.
    """
    found = _set(row, values)
    if not found:
        return False
    row.version += 1
    changed = {one["field"] for one in found} | (row.silent_fields & values.keys())
    row.save(update_fields=[*changed, "version"])
    _write([_entry(row, act, **one) for one in found])
    return True


def change_all(pairs: Iterable[tuple[Row, Mapping[str, Any]]], act: Act) -> list[Row]:
    """`change` for many locked rows of one model, in bulk for those that set the same fields."""
    return change_each((row, values, act) for row, values in pairs)


def change_each(changes: Iterable[tuple[Row, Mapping[str, Any], Act]]) -> list[Row]:
    """The same where each row is changed by an act of its own."""
    changed = []
    alike: dict[tuple[str, ...], list[Row]] = {}
    for row, values, act in changes:
        if found := _set(row, values):
            row.version += 1
            changed.append((row, act, found))
            alike.setdefault(tuple(sorted(values)), []).append(row)
    rows = [row for row, _act, _found in changed]
    if changed:
        with transaction.atomic():
            for names, same in alike.items():
                _save_all(same, names)
            _read_names(rows)
            _write(
                [_entry(row, act, **one) for row, act, ones in changed for one in ones]
            )
    return rows


def touch(row: Versioned) -> None:
    """A locked row is no longer as a form showed it, though only what hangs on it changed."""
    row.version += 1
    row.save(update_fields=["version"])


def delete(row: Versioned, act: Act) -> None:
    """Delete a row; its last state stays in the history."""
    _write([_last_entry(row, act)])
    row.delete()


def delete_each(pairs: Iterable[tuple[Row, Act]]) -> None:
    """`delete` for many rows of one model at once, each by an act of its own."""
    pairs = list(pairs)
    if pairs:
        rows = [row for row, _act in pairs]
        _read_names(rows)
        _write([_last_entry(row, act) for row, act in pairs])
        keys = [row.pk for row in rows]
        type(rows[0])._default_manager.filter(pk__in=keys).delete()


def _save_all(rows: list[Row], names: Iterable[str]) -> None:
    """Save some fields of locked rows that are there.

    As an insertion of known keys: the statement of `bulk_update` has a case for each row
    and field, which takes longer to build than all the rest.
    """
    type(rows[0])._default_manager.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["pk"],
        update_fields=[*names, "version"],
        batch_size=500,
    )


def _read_names(rows: list[Row]) -> None:
    """What texts and regions of these rows are made of, as far as it is not read yet."""
    models.prefetch_related_objects(rows, *rows[0].named_by)


def _last_entry(row: Versioned, act: Act) -> HistoryEntry:
    kept = {
        column.attname: column.value_to_string(row)
        for column in row._meta.concrete_fields
        if column.name not in private_fields(row) | row.silent_fields
    }
    before = json.dumps(kept, ensure_ascii=False)
    return _entry(row, act, change=Change.DELETED, before=before)


def _set(row: Versioned, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Set fields of a row; what an entry says of each that really changed."""
    found = []
    for name, value in values.items():
        column: Any = row._meta.get_field(name)
        before, was_null = _text(row, column)
        setattr(row, name, value)
        after, is_null = _text(row, column)
        is_same = (before, was_null) == (after, is_null)
        if not is_same and column.name not in row.silent_fields:
            said = {"before": before, "after": after}
            nulls = {"was_null": was_null, "is_null": is_null}
            found.append(
                {"change": Change.CHANGED, "field": column.name, **said, **nulls}
            )
    return found


def _text(row: models.Model, column: Any) -> tuple[str, bool]:
    """A field's value in the form that `to_python` reads back, and whether it is null."""
    value = column.value_from_object(row)
    if value is None:
        return "", True
    return column.value_to_string(row), False


def _entry(row: Versioned, act: Act, **what: Any) -> HistoryEntry:
    return HistoryEntry(
        model=row._meta.label_lower,
        object_id=row.pk,
        object_text=str(row)[:TEXT_LENGTH],
        region_id=row.history_region_id,
        act=act.id,
        undoes=act.undoes,
        audience=_audience(row, what.get("field", "")),
        reason=act.reason,
        by=act.by,
        via=act.via,
        at=act.at,
        **what,
    )


def _audience(row: Versioned, field_name: str) -> Audience:
    if field_name in private_fields(row):
        return Audience.PRIVATE
    return Audience.ENGAGED if field_name in row.engaged_fields else row.audience


def _write(entries: list[HistoryEntry]) -> None:
    HistoryEntry.objects.bulk_create(entries, batch_size=500)
