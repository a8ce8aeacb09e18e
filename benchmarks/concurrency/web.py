"""The product's web process, whole or with one of its two guards taken away.

`python -m benchmarks.concurrency.web [no-lock|no-version|-] PORT` runs gunicorn on the
settings of the product. A broken one is a negative control.
"""

import sys
import time
from typing import Any

import django

django.setup()

from gunicorn.app import wsgiapp  # noqa: E402

from regions import history  # noqa: E402
from rollout.services import tasks  # noqa: E402
from rollout.views import tasks as pages  # noqa: E402

# So long two that read the same row both go on.
PAUSE_SECONDS = 0.02


def no_lock() -> None:
    """Rows are read without a lock and outside any transaction, then written."""

    def lock(rows: Any, pk: int, version: int | None = None) -> Any:
        row = rows.get(pk=pk)
        if version is not None and row.version != version:
            raise history.EditedMeanwhile(row)
        time.sleep(PAUSE_SECONDS)
        return row

    history.lock = lock
    pages.block_task = tasks.block_task.__wrapped__  # type: ignore[attr-defined]


def no_version() -> None:
    """Whatever the page knew of the row, it is overwritten."""
    usual = tasks._move

    def move(row: Any, state: Any, version: int, act: Any, **values: Any) -> Any:
        return usual(row, state, row.version, act, **values)

    tasks._move = move


if __name__ == "__main__":
    {"no-lock": no_lock, "no-version": no_version, "-": lambda: None}[sys.argv[1]]()
    # Threads do what processes would: they share the guards taken away.
    sys.argv = [
        "gunicorn",
        "--config=deploy/gunicorn.conf.py",
        f"--bind=127.0.0.1:{sys.argv[2]}",
        "--workers=2",
        "--preload",
        "rollout.wsgi",
    ]
    wsgiapp.run()
