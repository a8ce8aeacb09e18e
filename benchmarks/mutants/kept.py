"""What a run found so far, so that a run that was ended goes on."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from .bench import APPS, ROOT, TESTS, Mutant

Digests = dict[str, str]
# What decides whether a guard is missed.
FOLDERS = (*APPS, "templates", "tests")


def digests(root: Path = ROOT) -> Digests:
    """The product, the access tests and what all tests share; other tests decide nothing."""
    paths = {
        file.relative_to(root).as_posix(): file
        for folder in FOLDERS
        for file in sorted((root / folder).rglob("*"))
        if file.suffix in (".py", ".html", ".txt")
    }
    return {
        path: sha256(file.read_bytes()).hexdigest()
        for path, file in paths.items()
        if path in TESTS or not file.name.startswith("test_")
    }


def still_holds(then: Digests, now: Digests) -> bool:
    """Whether nothing has changed since, except that there are more access tests: what a
    test caught it catches again."""
    new = now.keys() - then.keys()
    return then.items() <= now.items() and new <= set(TESTS)


class Kept:
    """Which tests ran which functions, and which guards were caught, in a file; of one
    state of the product."""

    def __init__(self, file: Path, now: Digests) -> None:
        self.file, self.now = file, now
        self.ran: dict[str, Any] = {}
        self.outside: list[str] = []
        self.caught: set[str] = set()
        if file.exists():
            told = json.loads(file.read_text(encoding="utf-8"))
            if still_holds(told["files"], now):
                self.ran, self.outside = told["ran"], told["outside"]
                self.caught = set(told["caught"])

    def __contains__(self, mutant: Mutant) -> bool:
        return _key(mutant) in self.caught

    def add(self, mutant: Mutant) -> None:
        self.caught.add(_key(mutant))
        self.save()

    def save(self) -> None:
        told = {
            "files": self.now,
            "ran": self.ran,
            "outside": sorted(self.outside),
            "caught": sorted(self.caught),
        }
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(json.dumps(told), encoding="utf-8")


def _key(mutant: Mutant) -> str:
    """Two guards of a line may read alike."""
    return f"{mutant} ({mutant.guard.number})"
