"""A pytest plugin: which functions of the product each test ran, and how long it took."""

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
ran: dict[str, Any] = {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, Any, Any]:
    found: set[str] = set()

    def trace(frame: FrameType, event: str, arg: Any) -> None:
        code = frame.f_code
        if code.co_filename.startswith(APPS):
            path = Path(code.co_filename).relative_to(ROOT)
            found.add(f"{path}:{code.co_firstlineno}")

    begun = time.monotonic()
    sys.settrace(trace)
    try:
        return (yield)
    finally:
        sys.settrace(None)
        took = time.monotonic() - begun
        ran[item.nodeid] = {"functions": sorted(found), "seconds": took}


def pytest_sessionfinish(session: pytest.Session) -> None:
    Path(os.environ["MUTANTS_TRACE"]).write_text(json.dumps(ran), encoding="utf-8")
