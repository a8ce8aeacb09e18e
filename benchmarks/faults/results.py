"""What finished scenarios measured, kept so that a run can go on where it ended."""

import hashlib
import json
import os
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path

from .bench import Measured, Scenario
from .parts import ROOT

# A change to any of these makes what was measured before worthless.
CODE = ("rollout", "regions", "pilots", "templates", "benchmarks/faults")
SUFFIXES = {".py", ".html", ".txt", ".csv"}


@dataclass
class Result:
    """One row of the table."""

    name: str
    store: str
    code: str
    size: int
    kills: int
    due: int
    messages: int
    lost: int
    repeated: int
    repeats_allowed: int
    visible: int
    wrong: int
    p99: float | None
    bound: float
    breaches: list[str]
    shown: list[str]
    facts: dict[str, float]
    seconds: float
    control: str = ""
    control_value: int = 0
    control_measure: str = ""
    version: str = ""
    on_date: str = ""
    cores: int = 0

    @property
    def is_green(self) -> bool:
        return not self.breaches

    @property
    def is_controlled(self) -> bool:
        """Whether the broken product was seen to be broken, if that was asked for."""
        return not self.control or self.control_value > 0


def result_of(
    scenario: Scenario, store: str, measured: Measured, seconds: float
) -> Result:
    verdict = measured.verdict
    return Result(
        name=scenario.name,
        store=store,
        code=fingerprint(),
        size=scenario.size,
        kills=measured.kills,
        due=verdict.due,
        messages=verdict.messages,
        lost=verdict.lost,
        repeated=verdict.repeated,
        repeats_allowed=measured.repeats_allowed,
        visible=verdict.visible,
        wrong=verdict.wrong,
        p99=None if verdict.p99 is None else round(verdict.p99, 1),
        bound=verdict.bound,
        breaches=measured.breaches,
        shown=verdict.shown,
        facts=measured.facts,
        seconds=round(seconds, 1),
        version=product_version(),
        on_date=f"{datetime.now(UTC):%Y-%m-%d}",
        cores=os.cpu_count() or 0,
    )


def product_version() -> str:
    with (ROOT / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def fingerprint() -> str:
    """Stands for the code that was measured."""
    digest = hashlib.sha256()
    for folder in CODE:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and path.is_file():
                digest.update(path.relative_to(ROOT).as_posix().encode() + b"\0")
                digest.update(path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


class Shelf:
    """The folder with one file per scenario and store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def keep(self, result: Result) -> None:
        path = self._path(result.name, result.store)
        draft = path.with_suffix(".draft")
        draft.write_text(json.dumps(asdict(result), indent=1) + "\n", encoding="utf-8")
        draft.replace(path)

    def find(self, name: str, store: str, size: int) -> Result | None:
        """What was measured in full of this very code; none when it has changed since."""
        path = self._path(name, store)
        if not path.exists():
            return None
        result = Result(**json.loads(path.read_text(encoding="utf-8")))
        is_valid = result.code == fingerprint() and result.size >= size
        return result if is_valid else None

    def _path(self, name: str, store: str) -> Path:
        return self.folder / f"{name}-{store}.json"
