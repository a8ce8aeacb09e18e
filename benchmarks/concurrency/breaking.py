"""The two guards, each taken away: what the judge has to see."""

import time
from collections.abc import Callable
from typing import Any

from regions import history
from rollout.services import tasks
from rollout.views import tasks as pages

# So long two that read the same row both go on.
PAUSE_SECONDS = 0.02
Change = tuple[Any, str, Any]


def no_lock() -> list[Change]:
    """Rows are read without a lock and outside any transaction, then written."""

    def lock(rows: Any, pk: int, version: int | None = None) -> Any:
        row = rows.get(pk=pk)
        if version is not None and row.version != version:
            raise history.EditedMeanwhile(row)
        time.sleep(PAUSE_SECONDS)
        return row

    bare = tasks.block_task.__wrapped__  # type: ignore[attr-defined]
    return [(history, "lock", lock), (pages, "block_task", bare)]


def no_version() -> list[Change]:
    """Whatever the page knew of the row, it is overwritten."""
    usual = tasks._move

    def move(row: Any, state: Any, version: int, act: Any, **values: Any) -> Any:
        return usual(row, state, row.version, act, **values)

    return [(tasks, "_move", move)]


BREAKING: dict[str, Callable[[], list[Change]]] = {
    "-": list,
    "no-lock": no_lock,
    "no-version": no_version,
}
