"""Breaks a named constraint and tells which one the database then names."""

from dataclasses import dataclass
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tests.history_guard import unrecorded

Rows = dict[type[models.Model], models.Model]


@dataclass(frozen=True)
class Breach:
    """Values that one constraint forbids, put on the row or on a second one like it."""

    model: type[models.Model]
    values: dict[str, Any]
    second: bool


def changed(model: type[models.Model], **values: Any) -> Breach:
    return Breach(model, values, second=False)


def second(model: type[models.Model], **values: Any) -> Breach:
    return Breach(model, values, second=True)


def named_constraints(app: str) -> set[str]:
    return {
        constraint.name
        for model in apps.get_app_config(app).get_models()
        for constraint in model._meta.constraints
    }


def constraint_against(breach: Breach, rows: Rows) -> str:
    """The constraint that the database names when it refuses the breach."""
    row = rows[breach.model]
    values = {
        column.attname: getattr(row, column.attname) for column in row._meta.fields
    }
    new = breach.model(**values)
    for name, value in breach.values.items():
        setattr(new, name, value)
    if breach.second:
        new.pk = None
    with pytest.raises(IntegrityError) as refusal, unrecorded(), transaction.atomic():
        new.save(force_insert=breach.second)
    return _named(refusal.value, breach.model)


def _named(error: IntegrityError, model: type[models.Model]) -> str:
    if connection.vendor == "postgresql":
        return error.__cause__.diag.constraint_name
    kind, _, what = str(error).partition(" constraint failed: ")
    if kind == "CHECK":
        return what
    by_columns = {
        ", ".join(
            f"{model._meta.db_table}.{model._meta.get_field(name).column}"
            for name in constraint.fields
        ): constraint.name
        for constraint in model._meta.constraints
        if isinstance(constraint, models.UniqueConstraint)
    }
    return by_columns.get(what, str(error))
