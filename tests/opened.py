"""What the database keeps, as its owner could open it: to plant and clear what tests need."""

import importlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from types import ModuleType

from django.db import connection

history_kept = importlib.import_module("regions.migrations.0011_history_is_kept")
published_kept = importlib.import_module("pilots.migrations.0005_published_is_kept")


@contextmanager
def _without(keeping: ModuleType) -> Iterator[None]:
    """Without the triggers of a migration; they are there again afterwards."""
    # Checks that wait for the end of the transaction would hold the table.
    connection.check_constraints()
    keeping.let_go(None, connection.schema_editor())
    yield
    connection.check_constraints()
    keeping.keep(None, connection.schema_editor())


def open_history() -> AbstractContextManager[None]:
    return _without(history_kept)


def open_playbook() -> AbstractContextManager[None]:
    return _without(published_kept)
