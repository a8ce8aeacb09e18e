"""Fails a test when code changes a tracked row and leaves no trace of it in the history.

Tracked is the table of every `Versioned` model. The guard watches each statement and each
transaction of every connection while a test runs; fixtures and their clean-up it leaves
alone. What a test arranges itself it writes inside `with unrecorded():`.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any
from unittest.mock import patch
from weakref import WeakKeyDictionary

from django.apps import apps
from django.db import connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.transaction import Atomic, get_connection

from regions.models import HistoryEntry, Versioned

_unrecorded = ContextVar("unrecorded", default=False)

WRITE = re.compile(
    r'\b(INSERT(?: OR \w+)? INTO|UPDATE(?: ONLY)?|DELETE FROM(?: ONLY)?)\s+"?(\w+)"?',
    re.I,
)
SET_COLUMN = re.compile(r'(?:\bSET|,)\s*"(\w+)"\s*=', re.I)
INSERTED_COLUMNS = re.compile(r"INTO\s+\S+\s+\(([^)]*)\)", re.I)


class UnrecordedError(AssertionError):
    """A tracked row was changed without an entry for it in the same transaction."""


@contextmanager
def unrecorded() -> Iterator[None]:
    """Lets a test arrange its rows without a history."""
    token = _unrecorded.set(True)
    try:
        yield
    finally:
        _unrecorded.reset(token)


@dataclass
class Block:
    """What one atomic block did so far, by model label."""

    # The statement that touched most rows, and how many these were.
    written: dict[str, tuple[int, str]] = field(default_factory=dict)
    recorded: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def write(self, label: str, rows: int, sql: str) -> None:
        self.written[label] = max(self.written.get(label, (0, "")), (rows, sql))

    def absorb(self, inner: "Block") -> None:
        for label, (rows, sql) in inner.written.items():
            self.write(label, rows, sql)
        for label, ids in inner.recorded.items():
            self.recorded[label] |= ids

    def faults(self) -> list[str]:
        """One statement touches a row once, so it needs as many rows in the history."""
        return [
            f"{label}: {rows} changed, {len(self.recorded[label])} in the history: {sql}"
            for label, (rows, sql) in self.written.items()
            if len(self.recorded[label]) < rows
        ]


class HistoryGuard:
    """Follows the blocks of every connection and judges each outermost one at its end."""

    def __init__(self) -> None:
        self.faults: list[str] = []
        self._blocks: WeakKeyDictionary[BaseDatabaseWrapper, list[Block]]
        self._blocks = WeakKeyDictionary()
        models = [model for model in apps.get_models() if issubclass(model, Versioned)]
        self._tracked = {model._meta.db_table: model for model in models}

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Raises UnrecordedError; at the end once more if the code swallowed it."""
        self.faults.clear()
        with ExitStack() as stack:
            stack.enter_context(patch.object(Atomic, "__enter__", self._enter()))
            stack.enter_context(patch.object(Atomic, "__exit__", self._exit()))
            connection_created.connect(self._attach)
            stack.callback(connection_created.disconnect, self._attach)
            stack.callback(self._detach)
            for connection in connections.all(initialized_only=True):
                self._attach(connection=connection)
            yield
        if self.faults:
            raise UnrecordedError("\n".join(self.faults))

    def _attach(self, *, connection: BaseDatabaseWrapper, **_signal: Any) -> None:
        if connection not in self._blocks:
            self._blocks[connection] = []
            connection.execute_wrappers.append(self._execute)

    def _detach(self) -> None:
        for connection in list(self._blocks):
            connection.execute_wrappers.remove(self._execute)
        self._blocks.clear()

    def _fail(self, faults: list[str]) -> None:
        if faults:
            self.faults += faults
            raise UnrecordedError("\n".join(faults))

    # --- Transactions ---

    def _enter(self) -> Callable[[Atomic], None]:
        original = Atomic.__enter__

        def enter(atomic: Atomic) -> None:
            original(atomic)
            if not atomic._from_testcase:
                connection = get_connection(atomic.using)
                self._attach(connection=connection)
                self._blocks[connection].append(Block())

        return enter

    def _exit(self) -> Callable[..., None]:
        original = Atomic.__exit__

        def leave(atomic: Atomic, kind: Any, error: Any, trace: Any) -> None:
            if atomic._from_testcase:
                original(atomic, kind, error, trace)
                return
            connection = get_connection(atomic.using)
            blocks = self._blocks.get(connection, [])
            block = blocks.pop() if blocks else Block()  # entered by a fixture
            kept = kind is None and not connection.needs_rollback
            original(atomic, kind, error, trace)
            if kept and blocks:
                blocks[-1].absorb(block)
            elif kept:
                self._fail(block.faults())

        return leave

    # --- Statements ---

    def _execute(
        self,
        execute: Callable[..., Any],
        sql: str,
        params: Any,
        many: Any,
        context: dict[str, Any],
    ) -> Any:
        blocks = self._blocks[context["connection"]]
        labels = [] if _unrecorded.get() else list(self._labels_written(sql))
        if labels and not blocks:
            self._fail([f"{label}: outside any transaction: {sql}" for label in labels])
        result = execute(sql, params, many, context)
        if blocks:
            rows = context["cursor"].rowcount
            for label in labels:
                # An insert may count nothing; an update of no row needs no entry.
                least = 1 if sql.startswith("INSERT") else 0
                blocks[-1].write(label, max(rows, least), sql)
            for label, pk in _entries(sql, params):
                blocks[-1].recorded[label].add(pk)
        return result

    def _labels_written(self, sql: str) -> Iterator[str]:
        for verb, table in WRITE.findall("" if sql.startswith("SELECT") else sql):
            model = self._tracked.get(table)
            if model is not None and not (
                verb.upper().startswith("UPDATE") and _is_silent(model, sql)
            ):
                yield model._meta.label_lower


def _is_silent(model: type[Versioned], sql: str) -> bool:
    """Only sets columns of which the history says nothing, as the time of a sign-in."""
    silent = {model._meta.get_field(name).column for name in model.silent_fields}
    columns = set(SET_COLUMN.findall(sql))
    return bool(columns) and columns <= silent


def _entries(sql: str, params: Sequence[Any]) -> Iterator[tuple[str, int]]:
    """Label and key of each row that an insert into the history is about."""
    table = HistoryEntry._meta.db_table
    if not sql.startswith(f'INSERT INTO "{table}"'):
        return
    names = [name.strip(' "') for name in INSERTED_COLUMNS.search(sql)[1].split(",")]
    label, pk = names.index("model"), names.index("object_id")
    if "UNNEST(" in sql:  # PostgreSQL: one list per column
        yield from zip(params[label], params[pk], strict=True)
    else:
        width = len(names)
        yield from zip(params[label::width], params[pk::width], strict=True)
