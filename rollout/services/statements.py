"""The statements that delivery runs for each mail, written without the ORM.

It builds each of them anew from objects, which takes several times as long as the
database then needs. What is given here are names of fields with their values.
"""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, Model

Values = Mapping[str, Any]


def update(model: type[Model], where: Values, values: Values) -> int:
    """As `filter(**where).update(**values)`. Returns how many rows there were."""
    new, given = _assigned(model, values)
    old, known = _assigned(model, where)
    table = _quoted(model._meta.db_table)
    sql = f"UPDATE {table} SET {', '.join(new)} WHERE {' AND '.join(old)}"  # noqa: S608 - names only
    return _run(sql, [*given, *known])


def exists(model: type[Model], where: Values, after: Values) -> bool:
    """As `filter(**where).exists()`, with columns beyond those of `after`."""
    same, known = _assigned(model, where)
    later, least = _assigned(model, after, sign=">")
    table = _quoted(model._meta.db_table)
    sql = f"SELECT 1 FROM {table} WHERE {' AND '.join([*same, *later])}"  # noqa: S608 - names only
    with connection.cursor() as cursor:
        cursor.execute(sql, [*known, *least])
        return cursor.fetchone() is not None


def insert(model: type[Model], values: Values) -> None:
    """As `create(**values)`; columns that are not named have to take NULL."""
    table = _quoted(model._meta.db_table)
    columns = ", ".join(_column(model, name) for name in values)
    places = ", ".join(["%s"] * len(values))
    sql = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - names only
    _run(sql, [_prepared(model, *one) for one in values.items()])


def _run(sql: str, parameters: list[Any]) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        return int(cursor.rowcount)


def _assigned(
    model: type[Model], values: Values, sign: str = "="
) -> tuple[list[str], list[Any]]:
    """`column = value` for each, and the parameters of all."""
    said: list[str] = []
    parameters: list[Any] = []
    for name, value in values.items():
        sql, needed = _placed(model, name, value)
        said.append(f"{_column(model, name)} {sign} {sql}")
        parameters += needed
    return said, parameters


def _placed(model: type[Model], name: str, value: Any) -> tuple[str, list[Any]]:
    if not isinstance(value, Expression):
        return "%s", [_prepared(model, name, value)]
    sql, parameters = _computed(model, value, connection.vendor)
    return sql, list(parameters)


@lru_cache(maxsize=16)
def _computed(
    model: type[Model], value: Expression, _vendor: str
) -> tuple[str, tuple[Any, ...]]:
    """What the database itself computes, such as its clock; in its own words."""
    query = model._default_manager.all().query
    compiler = query.get_compiler(connection=connection)
    sql, parameters = compiler.compile(value.resolve_expression(query))
    return sql, tuple(parameters)


def _prepared(model: type[Model], name: str, value: Any) -> Any:
    """A value as the column of its field holds it."""
    return _field(model, name).get_db_prep_save(value, connection)


def _column(model: type[Model], name: str) -> str:
    return _quoted(str(_field(model, name).column))


def _field(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field), "a column of the table"  # noqa: S101
    return field


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
