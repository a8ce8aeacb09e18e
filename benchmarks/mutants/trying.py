"""A pytest plugin: the access tests are collected once, and each guard is tried in a fork.

The guard is taken out of the functions that live there, or its views stand anew behind
their addresses. What else works while modules are imported cannot be taken away so: the
answer is NOT_LIVE.
"""

import ast
import gc
import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest
from django.db import connections

from .guards import Walk

GREEN, RED, NOT_LIVE, BROKEN = 0, 1, 3, 70
Place = tuple[str, int]


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session: pytest.Session) -> bool:
    """Orders come in, one a line, and the end of each goes out."""
    items = {item.nodeid: item for item in session.items}
    _make_database(session.items)
    orders, ends = map(int, os.environ["MUTANTS_PIPES"].split())
    with os.fdopen(orders) as lines, os.fdopen(ends, "w") as answers:
        for line in lines:
            order = json.loads(line)
            tests = [items[name] for name in order.pop("tests")]
            print(_in_a_fork(session, tests, order), file=answers, flush=True)
    return True


def _make_database(items: list[pytest.Item]) -> None:
    """One test runs, so that it is there: none that makes a world, which would be left. As
    another folder is next, nothing of its own is."""
    first = next(
        item
        for item in items
        if "db" in item.fixturenames and not _is_in_the_world(item)
    )
    other = next(item for item in items if item.path.parent != first.path.parent)
    first.config.hook.pytest_runtest_protocol(item=first, nextitem=other)


def _is_in_the_world(item: pytest.Item) -> bool:
    return "kept_world" in item.fixturenames


def _in_a_fork(
    session: pytest.Session, tests: list[pytest.Item], order: dict[str, Any]
) -> int:
    connections.close_all()
    child = os.fork()
    if child:
        _, status = os.waitpid(child, 0)
        return os.waitstatus_to_exitcode(status)
    end = BROKEN
    try:
        end = _tried(session, tests, order)
    except Exception:  # noqa: BLE001 - it is told, and the fork ends
        traceback.print_exc(file=sys.__stderr__)
    finally:
        os._exit(end)


def _tried(
    session: pytest.Session, tests: list[pytest.Item], order: dict[str, Any]
) -> int:
    """An order without a guard is the control."""
    if order and not take_away(**order):
        return NOT_LIVE
    # Once the world is made it stays: those in it come last.
    tests = sorted(tests, key=_is_in_the_world)
    for test, following in zip(tests, [*tests[1:], None], strict=True):
        test.config.hook.pytest_runtest_protocol(item=test, nextitem=following)
        if session.testsfailed:
            return RED
    return GREEN


def take_away(path: str, number: int, *, is_access: bool) -> bool:
    """Gives the functions of a module the code that they have without the guard, else its
    addresses the views; whether there was any."""
    file = Path.cwd() / path
    tree = ast.parse(file.read_text(encoding="utf-8"))
    before = {_place(code): code for code in _within(_compiled(tree, file))}
    lessened = _compiled(Walk(is_access=is_access, taken=number).visit(tree), file)
    changed = {
        _place(code): code
        for code in _within(lessened)
        if code != before.get(_place(code))
    }
    gc.unfreeze()  # else what was imported before the tests is not among the objects
    # By type, because lazy objects wake up when they are asked for their class.
    found = [
        one
        for one in gc.get_objects()
        if type(one) is FunctionType
        and one.__code__.co_filename == str(file)
        and _place(one.__code__) in changed
    ]
    for function in found:
        function.__code__ = changed[_place(function.__code__)]
    return bool(found) or _views_anew(path, lessened)


def _views_anew(path: str, lessened: CodeType) -> bool:
    from tests.matrix import all_addresses

    name = path.removesuffix(".py").replace("/", ".")
    here = dict(vars(sys.modules[name])) if name in sys.modules else {}
    anew = dict(here)
    exec(lessened, anew)  # noqa: S102 - the product without one guard
    found = [
        (address, view)
        for address in all_addresses().values()
        if here.get(view := getattr(address.callback, "__name__", ""))
        is address.callback
    ]
    for address, view in found:
        address.callback = anew[view]
    return bool(found)


def _compiled(tree: ast.AST, file: Path) -> CodeType:
    return compile(ast.fix_missing_locations(tree), file, "exec", dont_inherit=True)


def _within(code: CodeType) -> Iterator[CodeType]:
    """Lambdas only with what they stand in: a line may hold several."""
    yield code
    for one in code.co_consts:
        if isinstance(one, CodeType) and one.co_name != "<lambda>":
            yield from _within(one)


def _place(code: CodeType) -> Place:
    return code.co_qualname, code.co_firstlineno
