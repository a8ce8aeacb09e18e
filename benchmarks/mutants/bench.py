"""A copy of the tree, in which guards are taken away and the access tests run."""

import compileall
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from .guards import Guard, guards_in, taken_away

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("regions", "pilots", "rollout", "tests", "benchmarks", "templates", "locale")
LINKED = ("static", "manage.py", "pyproject.toml", "deploy", "docs", "node_modules")
APPS = ("regions", "pilots", "rollout")
# Neither of them decides what a person may see or do.
LEFT_OUT = ("migrations", "management")
TESTS = (
    "tests/test_permissions.py",
    "tests/test_permissions_admin.py",
    "tests/test_visible.py",
    "tests/test_told.py",
    "tests/test_hidden.py",
    "tests/test_markers.py",
    "tests/test_admin_access.py",
    "tests/test_admin_scope.py",
    "tests/test_privacy.py",
    "tests/rollout/test_attachment_pages.py",
    "tests/rollout/test_security.py",
)
# Asks each view which methods it takes: the first to ask about a decorator.
METHODS = "tests/test_permissions.py::test_every_view_says_which_methods_it_takes"
# pytest begins once for each guard, so it begins without what no access test needs.
QUICK = ("--assert=plain", "-p", "no:hypothesispytest", "-p", "no:randomly")
GREEN, RED, NO_TESTS = 0, 1, 5


@dataclass(frozen=True)
class Mutant:
    """The product without one guard."""

    path: str
    guard: Guard

    def __str__(self) -> str:
        return f"{self.path}:{self.guard.line} {self.guard.kind}: {self.guard.text}"


def is_access(path: str) -> bool:
    return path.endswith("access.py")


def file_of(test: str) -> str:
    return test.partition("::")[0]


def all_mutants(root: Path = ROOT) -> Iterator[Mutant]:
    for app in APPS:
        for file in sorted((root / app).rglob("*.py")):
            path = file.relative_to(root).as_posix()
            if not set(file.parts) & set(LEFT_OUT):
                source = file.read_text(encoding="utf-8")
                for guard in guards_in(source, is_access=is_access(path)):
                    yield Mutant(path, guard)


class Bench:
    """The copy, its database, and which test runs which function."""

    ran: dict[str, Any]
    outside: set[str]

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.others = count(1)
        self.tree = folder / "tree"
        self.trace = folder / "trace"
        self.database = folder / "test.sqlite3"
        shutil.rmtree(folder, ignore_errors=True)
        self.tree.mkdir(parents=True)
        self.trace.mkdir()
        for name in COPIED:
            shutil.copytree(ROOT / name, self.tree / name)
        for name in LINKED:
            (self.tree / name).symlink_to(ROOT / name)
        # Runs write none: that of a module without its guard must not stay.
        compileall.compile_dir(self.tree, quiet=1)

    def another(self) -> "Bench":
        """One beside it, so that two guards can be taken away at a time."""
        other = Bench(self.folder / str(next(self.others)))
        other.ran, other.outside = self.ran, self.outside
        return other

    def run(self, tests: list[str], *options: str) -> int:
        """How pytest ended; what it said stands in `log.txt`."""
        words = [
            sys.executable, "-m", "pytest", "-q", *QUICK, "-p", "no:cacheprovider",
            "--ds=benchmarks.mutants.settings", "--reuse-db", *options, *tests,
        ]  # fmt: skip
        environment = os.environ | {
            "DATABASE_STORE": "sqlite",
            "MUTANTS_DATABASE": str(self.database),
            "MUTANTS_TRACE": str(self.trace),
            "PYTHONDONTWRITEBYTECODE": "1",
        }
        with (self.tree.parent / "log.txt").open("w", encoding="utf-8") as log:
            return subprocess.run(
                words,
                cwd=self.tree,
                env=environment,
                stdout=log,
                stderr=log,
                check=False,
            ).returncode

    def begin(self, jobs: int) -> bool:
        """Whether the access tests are green with every guard in its place.

        Those of every run: what only a longer one would miss, nobody misses for weeks.
        """
        traced = ["-p", "benchmarks.mutants.tracing", "-n", str(jobs)]
        code = self.run(list(TESTS), *traced, "-m", "not long")
        self.ran, self.outside = {}, set()
        for file in self.trace.iterdir():
            told = json.loads(file.read_text(encoding="utf-8"))
            self.ran |= told["tests"]
            self.outside |= set(told["outside"])
        return code == GREEN

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Those that run the function around the guard; then all others, if the guard also
        works before it: a decorator, or what runs while modules are imported."""
        guard = mutant.guard
        wanted = f"{mutant.path}:{guard.function}"
        is_decorator = guard.kind == "decorator"
        is_early = is_decorator or not guard.function or wanted in self.outside
        first = [METHODS] if is_decorator and METHODS in self.ran else []
        own = [name for name, one in self.ran.items() if wanted in one["functions"]]
        others = list(self.ran) if is_early else []
        return list(dict.fromkeys(first + self._in_order(own) + self._in_order(others)))

    def _in_order(self, names: list[str]) -> list[str]:
        """The quickest first, yet file by file: each file makes a world of its own."""
        quick = sorted(names, key=lambda name: self.ran[name]["seconds"])
        files = list(dict.fromkeys(map(file_of, quick)))
        return sorted(quick, key=lambda name: files.index(file_of(name)))

    def is_caught(self, mutant: Mutant) -> bool:
        tests = self.tests_of(mutant)
        if not tests:
            return False
        file = self.tree / mutant.path
        whole = file.read_text(encoding="utf-8")
        lessened = taken_away(
            whole, mutant.guard.number, is_access=is_access(mutant.path)
        )
        file.write_text(lessened, encoding="utf-8")
        try:
            code = self.run(tests, "-x")
        finally:
            file.write_text(whole, encoding="utf-8")
        if code not in (GREEN, RED):
            raise RuntimeError(f"{mutant}: pytest ended with {code}, see log.txt")
        return code == RED
