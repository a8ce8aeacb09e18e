"""The migrations make what the models say, and can be taken back."""

from io import StringIO

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from regions.enums import Caller, Change, Via
from regions.models import HistoryEntry, Rhythm
from rollout.models import Wave
from tests import factories
from tests.history_guard import unrecorded

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
@pytest.mark.long
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


def one_of_each_caller() -> None:
    """A rhythm set to each caller, with the entry of the history that says so."""
    programme = factories.make_programme()
    for caller in Caller.values:
        ceo = factories.make_ceo(factories.make_region(caller.upper()))
        rhythm = factories.make_rhythm(ceo, programme, caller=caller)
        HistoryEntry.objects.create(
            model="regions.rhythm",
            object_id=rhythm.pk,
            object_text=caller,
            change=Change.CHANGED,
            field="caller",
            before=Caller.USUAL,
            after=caller,
            via=Via.WEB,
            at=factories.NOW,
        )


def told_of_callers() -> list[tuple[str, str, str, str]]:
    rows = HistoryEntry.objects.filter(model="regions.rhythm").order_by("id")
    return list(rows.values_list("object_text", "field", "before", "after"))


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_who_calls_is_kept_as_yes_or_no_and_read_back():
    one_of_each_caller()
    before = MigrationLoader(connection).project_state(
        ("regions", "0003_calendars_and_settings")
    )
    was = before.apps.get_model("regions", "Rhythm").objects.order_by("id")
    try:
        with unrecorded():
            migrate("regions", "0003")
        back = list(was.values_list("cio_calls", flat=True)), told_of_callers()
    finally:
        with unrecorded():
            migrate()
    now = Rhythm.objects.order_by("id").values_list("caller", flat=True)
    again = list(now), told_of_callers()

    assert back == (
        [False, True, False],
        [
            ("usual", "cio_calls", "False", "False"),
            ("cio", "cio_calls", "False", "True"),
            ("liaison", "cio_calls", "False", "False"),
        ],
    )
    assert again == (
        ["usual", "cio", "usual"],
        [
            ("usual", "caller", "usual", "usual"),
            ("cio", "caller", "usual", "cio"),
            ("liaison", "caller", "usual", "usual"),
        ],
    )


@pytest.mark.django_db(transaction=True)
@pytest.mark.long
def test_waves_that_had_plans_are_open_and_others_are_not():
    programme = factories.make_programme()
    planned = factories.make_wave(programme, "Planned", opened_at=None)
    factories.make_wave(programme, "Empty", opened_at=None)
    factories.make_plan(factories.make_region(), planned)
    try:
        with unrecorded():
            migrate("rollout", "0009")
    finally:
        with unrecorded():
            migrate()

    waves = Wave.objects.filter(opened_at__isnull=False)
    assert [(one.name, one.opened_by) for one in waves] == [("Planned", None)]
