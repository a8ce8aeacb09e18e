"""A copy of the tree, in which guards are taken away and the access tests run."""

import compileall
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from .forks import Forks
from .guards import Guard, guards_in, taken_away

ROOT = Path(__file__).resolve().parent.parent.parent
COPIED = ("regions", "pilots", "rollout", "tests", "benchmarks", "templates", "locale")
LINKED = ("static", "manage.py", "pyproject.toml", "deploy", "docs", "node_modules")
APPS = ("regions", "pilots", "rollout")
# Neither of them decides what a person may see or do.
LEFT_OUT = ("migrations", "management")
TESTS = (
    "tests/regions/test_rights.py",
    "tests/test_permissions.py",
    "tests/test_permissions_admin.py",
    "tests/test_visible.py",
    "tests/test_told.py",
    "tests/test_hidden.py",
    "tests/test_markers.py",
    "tests/test_admin_access.py",
    "tests/test_admin_scope.py",
    "tests/test_privacy.py",
    "tests/test_single_guards.py",
    "tests/test_narrowed.py",
    "tests/pilots/test_finding_pages.py",
    "tests/pilots/test_pilot_pages.py",
    "tests/pilots/test_similarity.py",
    "tests/pilots/test_versions.py",
    "tests/rollout/test_attachment_pages.py",
    "tests/rollout/test_carry_link.py",
    "tests/rollout/test_security.py",
)
# Asks each view which methods it takes: the first to ask about a decorator.
METHODS = "tests/test_permissions.py::test_every_view_says_which_methods_it_takes"
# pytest begins once for each guard, so it begins without what no access test needs.
QUICK = ("--assert=plain", "-p", "no:hypothesispytest", "-p", "no:randomly")
SHORT = ("-m", "not long")
GREEN, RED = 0, 1


@dataclass(frozen=True)
class Mutant:
    """The product without one guard."""

    path: str
    guard: Guard

    @property
    def place(self) -> str:
        """The function, as a trace names it."""
        return f"{self.path}:{self.guard.function}"

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
        self._forks: Forks | None = None
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
        if self.database.exists():
            shutil.copy(self.database, other.database)
        return other

    def run(self, tests: Sequence[str], *options: str) -> int:
        """How pytest ended; what it said stands in `log.txt`."""
        with (self.folder / "log.txt").open("w", encoding="utf-8") as log:
            return subprocess.run(
                self._command(*options, *tests),
                cwd=self.tree,
                env=self._environment(),
                stdout=log,
                stderr=log,
                check=False,
            ).returncode

    def _command(self, *words: str) -> list[str]:
        return [
            sys.executable, "-m", "pytest", "-q", *QUICK, "-p", "no:cacheprovider",
            "--ds=benchmarks.mutants.settings", "--reuse-db", *words,
        ]  # fmt: skip

    def _environment(self) -> dict[str, str]:
        return os.environ | {
            "DATABASE_STORE": "sqlite",
            "MUTANTS_DATABASE": str(self.database),
            "MUTANTS_TRACE": str(self.trace),
            "PYTHONDONTWRITEBYTECODE": "1",
        }

    def begin(self, jobs: int, ran: dict[str, Any], outside: Iterable[str]) -> bool:
        """Whether the access tests are green with every guard in its place; those of files
        that ran before are not asked again.

        Those of every run: what only a longer one would miss, nobody misses for weeks.
        """
        self.ran, self.outside = dict(ran), set(outside)
        before = {file_of(name) for name in ran}
        tests = [file for file in TESTS if file not in before]
        traced = ["-p", "benchmarks.mutants.tracing", "-n", str(jobs)]
        code = self.run(tests, *traced, *SHORT) if tests else GREEN
        for file in self.trace.iterdir():
            told = json.loads(file.read_text(encoding="utf-8"))
            self.ran |= told["tests"]
            self.outside |= set(told["outside"])
        return code == GREEN

    def tests_of(self, mutant: Mutant) -> list[str]:
        """Those that run the function around the guard; then all others, if the guard also
        works before it."""
        others = self._in_order(list(self.ran)) if self._is_early(mutant) else []
        return list(dict.fromkeys(self._nearest(mutant) + others))

    def _nearest(self, mutant: Mutant) -> list[str]:
        is_decorator = mutant.guard.kind == "decorator"
        first = [METHODS] if is_decorator and METHODS in self.ran else []
        own = [
            name for name, one in self.ran.items() if mutant.place in one["functions"]
        ]
        return first + self._in_order(own)

    def _is_early(self, mutant: Mutant) -> bool:
        """A decorator, and what runs while modules are imported."""
        guard = mutant.guard
        is_outside = not guard.function or mutant.place in self.outside
        return guard.kind == "decorator" or is_outside

    def _in_order(self, names: list[str]) -> list[str]:
        """The quickest first, yet file by file: those of a file arrange alike."""
        seconds = {name: self.ran[name]["seconds"] for name in names}
        files: Counter[str] = Counter()
        for name in names:
            files[file_of(name)] += seconds[name]
        return sorted(
            names, key=lambda name: (files[file_of(name)], file_of(name), seconds[name])
        )

    def is_caught(self, mutant: Mutant) -> bool:
        """What nobody misses in a fork, nobody may miss in a process of its own either."""
        nearest, tests = self._nearest(mutant), self.tests_of(mutant)
        if nearest and self._in_a_fork(mutant, nearest) == RED:
            return True
        return bool(tests) and self._is_caught_afresh(mutant, tests)

    def _in_a_fork(self, mutant: Mutant, tests: list[str]) -> int:
        if self._forks is None:
            words = self._command("-p", "benchmarks.mutants.trying", *SHORT, *TESTS)
            self._forks = Forks(words, self.tree, self._environment())
            some = {file_of(name): name for name in self._in_order(list(self.ran))}
            if self._forks.ask(list(some.values())) != GREEN:
                raise RuntimeError("Forks are red with every guard, see forks.txt")
        return self._forks.ask(
            tests,
            path=mutant.path,
            number=mutant.guard.number,
            is_access=is_access(mutant.path),
        )

    def _is_caught_afresh(self, mutant: Mutant, tests: list[str]) -> bool:
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
