"""A picture of every table, to show that something changed nothing."""

from django.apps import apps
from django.db import connection
from django.db.backends.utils import CursorWrapper

# Signing in writes these; the product's own rows are all others.
OF_SIGN_IN = {"sessions.session", "account.emailaddress"}


def snapshot() -> dict[str, list[str]]:
    """All rows of all models but those of the session, by model."""
    with connection.cursor() as cursor:
        return {
            model._meta.label_lower: _rows(cursor, model._meta.db_table)
            for model in apps.get_models()
            if model._meta.label_lower not in OF_SIGN_IN
        }


def whole_database() -> dict[str, list[str]]:
    """All rows of all tables there are, those of no model too, by table."""
    with connection.cursor() as cursor:
        return {
            table: _rows(cursor, table)
            for table in connection.introspection.table_names(cursor)
        }


def _rows(cursor: CursorWrapper, table: str) -> list[str]:
    cursor.execute(f"SELECT * FROM {connection.ops.quote_name(table)}")  # noqa: S608
    return sorted(map(repr, cursor.fetchall()))
