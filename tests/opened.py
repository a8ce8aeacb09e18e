"""The history as the owner of the database could open it: to plant and clear what tests need."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

keeping = importlib.import_module("regions.migrations.0011_history_is_kept")


@contextmanager
def open_history() -> Iterator[None]:
    """Without the triggers that keep it; they are there again afterwards."""
    # Checks that wait for the end of the transaction would hold the table.
    connection.check_constraints()
    keeping.let_go(None, connection.schema_editor())
    yield
    connection.check_constraints()
    keeping.keep(None, connection.schema_editor())
