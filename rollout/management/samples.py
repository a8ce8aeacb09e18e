"""The sample programmes in `rollout/samples/`: which one was chosen, who signs in to it."""

import csv
import os
from pathlib import Path
from typing import NamedTuple

from django.conf import settings

from regions.models import Programme
from rollout.management.supervisor import CannotStart

SAMPLES: Path = settings.BASE_DIR / "rollout" / "samples"
DEFAULT = "ctclink"
NONE = "0"


class SignIn(NamedTuple):
    """Somebody of a sample, whom everybody who tries it may be."""

    email: str
    password: str
    who: str


def chosen_sample() -> Path | None:
    """The folder of the sample that SAMPLE names; nothing for SAMPLE=0.

    Raises `CannotStart` for a name without a sample.
    """
    name = os.environ.get("SAMPLE", "").strip() or DEFAULT
    if name == NONE:
        return None
    known = [folder.name for folder in _folders()]
    if name not in known:
        choices = ", ".join([*known, f"{NONE} (none)"])
        raise CannotStart(f"SAMPLE={name} is not known. Choose one of: {choices}.")
    return SAMPLES / name


def sample_signins() -> list[SignIn]:
    """Who may sign in to the samples whose programme is in the database."""
    present = set(Programme.objects.values_list("code", flat=True))
    return [
        SignIn(row["email"], row["password"], row["who"])
        for folder in _folders()
        if any(row["code"] in present for row in _rows(folder / "programme.csv"))
        for row in _rows(folder / "signins.csv")
    ]


def _folders() -> list[Path]:
    return sorted(SAMPLES.glob("[a-z]*/"))


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    lines = path.read_text(encoding="utf-8-sig").splitlines()
    return list(csv.DictReader(line for line in lines if not line.startswith("#")))
