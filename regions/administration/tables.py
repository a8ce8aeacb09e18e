"""The cells of an exported list, from the columns of its admin."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import Model
from django.utils import timezone
from django.utils.text import capfirst

from .forms import YES_NO

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]


def header_of(model_admin: "AnyAdmin", columns: Sequence[Any]) -> list[str]:
    model = model_admin.model
    labels = [label_for_field(name, model, model_admin) for name in columns]
    return [capfirst(str(label)) for label in labels]


def values_of(
    model_admin: "AnyAdmin", columns: Sequence[Any], rows: Iterable[Model]
) -> Iterator[list[Any]]:
    for row in rows:
        yield [_value(model_admin, name, row) for name in columns]


def _value(model_admin: "AnyAdmin", name: Any, row: Model) -> Any:
    """Numbers and days as they are, choices and rows by their names, moments as local time."""
    field, _attr, value = lookup_field(name, row, model_admin)
    if choices := getattr(field, "flatchoices", None):
        return str(dict(choices).get(value, value))
    if isinstance(value, bool):
        return str(YES_NO[value])
    if isinstance(value, datetime):
        return timezone.localtime(value)
    return str(value) if isinstance(value, Model) else value
