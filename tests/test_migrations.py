"""The migrations make what the models say, and can be taken back."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection

OWN_APPS = ("regions", "pilots", "rollout")
TABLES = [
    model._meta.db_table
    for model in apps.get_models(include_auto_created=True)
    if model._meta.app_label in OWN_APPS
]


@pytest.mark.django_db
def test_no_migration_is_missing():
    told = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=told)
    except SystemExit:
        pytest.fail(told.getvalue())


def migrate(*target):
    call_command("migrate", *target, verbosity=0)


def shape(table):
    """Columns, constraints and indexes of a table as the database knows them."""
    with connection.cursor() as cursor:
        look = connection.introspection
        return (
            look.get_table_description(cursor, table),
            {
                name: {key: value for key, value in about.items() if key != "options"}
                for name, about in look.get_constraints(cursor, table).items()
            },
        )


@pytest.mark.django_db(transaction=True)
def test_migrations_go_back_to_nothing_and_forward_again():
    before = {table: shape(table) for table in TABLES}
    try:
        for app in reversed(OWN_APPS):
            migrate(app, "zero")
        left = set(TABLES) & set(connection.introspection.table_names())
    finally:
        migrate()

    assert left == set()
    assert {table: shape(table) for table in TABLES} == before
