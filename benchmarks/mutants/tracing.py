"""A pytest plugin: which functions of the product each test ran, and how long it took.

And which ran in no test, while modules were imported.
"""

import json
import os
import sys
import time
from collections.abc import Generator
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

ROOT = Path.cwd()
APPS = tuple(f"{ROOT / app}{os.sep}" for app in ("regions", "pilots", "rollout"))
Places = set[tuple[str, int]]
ran: dict[str, Any] = {}


def follow(found: Places) -> None:
    """From now on the functions that are called stand there."""

    def trace(frame: FrameType, event: str, arg: Any) -> None:
        found.add((frame.f_code.co_filename, frame.f_code.co_firstlineno))

    sys.settrace(trace)


def ours(found: Places) -> list[str]:
    """Those of the product."""
    return sorted(
        f"{Path(file).relative_to(ROOT)}:{line}"
        for file, line in found
        if file.startswith(APPS)
    )


outside: Places = set()
follow(outside)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    found: Places = set()
    begun = time.monotonic()
    follow(found)
    try:
        return (yield)
    finally:
        follow(outside)
        took = time.monotonic() - begun
        ran[item.nodeid] = {"functions": ours(found), "seconds": took}


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Each process writes a file of its own."""
    sys.settrace(None)
    told = {"tests": ran, "outside": ours(outside)}
    file = Path(os.environ["MUTANTS_TRACE"]) / f"{os.getpid()}.json"
    file.write_text(json.dumps(told), encoding="utf-8")
