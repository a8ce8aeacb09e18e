"""`manage.py load_programme <folder or workbook>`: check files, then load a programme."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from rollout.imports.ledger import Count
from rollout.imports.load import CannotLoad, load
from rollout.imports.programme import Checked, check
from rollout.imports.read import read_source


class Command(BaseCommand):
    help = "Checks the files of a programme and loads them, all or nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "path", type=Path, help="a folder of CSV or XLSX files, or one .xlsx"
        )
        parser.add_argument(
            "--check",
            action="store_true",
            dest="only_check",
            help="check only, write nothing",
        )

    def handle(self, *args: Any, path: Path, only_check: bool, **options: Any) -> None:
        at = timezone.now()
        checked = self._check(path, at)
        if only_check:
            return
        try:
            loaded = load(checked, by=None, at=at)
        except CannotLoad as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write(f"Loaded {loaded.programme.name} ({loaded.programme.code}).")
        for count in loaded.counts:
            self.stdout.write(_line(count))
        if any(count.kept for count in loaded.counts):
            self.stdout.write(
                "Kept: these rows differ from the files. Somebody may have changed them "
                "since, so they were left as they are."
            )

    def _check(self, path: Path, at: datetime) -> Checked:
        """The report, printed. Raises CommandError when there are faults."""
        checked = check(read_source(path), at=at)
        for title, names in (
            ("Ignored files", checked.source.ignored),
            ("Ignored columns", checked.ignored_columns),
        ):
            if names:
                self.stdout.write(f"{title}: {'; '.join(names)}")
        for fault in checked.faults:
            self.stdout.write(str(fault))
        if number := len(checked.faults):
            faults = "1 fault" if number == 1 else f"{number} faults"
            raise CommandError(f"{faults}. Nothing was loaded.")
        rows = sum(map(len, checked.content.entries.values()))
        self.stdout.write(
            f"No faults in {rows} rows. {_shift_words(checked.content.shift.weeks)}"
        )
        return checked


def _shift_words(weeks: int) -> str:
    if weeks == 0:
        return "All dates are as in the files."
    return f"All dates are moved by {abs(weeks)} weeks, {'later' if weeks > 0 else 'earlier'}."


def _line(count: Count) -> str:
    kept = f", {count.kept} kept" if count.kept else ""
    return f"  {count.kind:<12}{count.new:>6} new, {count.same} the same{kept}"
