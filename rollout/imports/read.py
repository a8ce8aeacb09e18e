"""A folder of files, or one workbook, as tables by kind.

The end of a file's or sheet's name says the kind: `ctclink_regions.csv` holds regions.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from pathlib import Path, PurePath

from django.utils.translation import gettext as _

from regions.sheets import MAX_BYTES, Table, TableFault, read_tables

from .columns import KINDS
from .faults import Fault

SUFFIXES = (".csv", ".tsv", ".xlsx", ".xlsm")


@dataclass
class Source:
    """What was found: tables by kind in the order of their names, and the rest."""

    name: str
    tables: dict[str, list[Table]] = field(default_factory=dict)
    ignored: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def kind_of(name: str) -> str:
    """The kind that a name ends with; empty if none. `asks` is no end of `cutover_tasks`."""
    stem = name.strip().lower()
    for kind in KINDS:
        if stem == kind or stem.endswith((f"_{kind}", f"-{kind}", f" {kind}")):
            return kind
    return ""


def read_source(path: Path) -> Source:
    """The tables of a folder or a workbook; what cannot be read is a fault."""
    if path.is_dir():
        paths = sorted(entry for entry in path.iterdir() if _is_meant(entry))
        return read_files(
            path.resolve().name, ((entry.name, _bytes(entry)) for entry in paths)
        )
    if path.is_file():
        return read_files(path.stem, [(path.name, _bytes(path))])
    fault = Fault(str(path), _("There is no such folder or workbook."))
    return Source(path.stem, faults=[fault])


def _is_meant(path: Path) -> bool:
    # Spreadsheets put lock files beside the open one.
    return path.is_file() and not path.name.startswith((".", "~"))


def _bytes(path: Path) -> bytes:
    """One byte more than may be read is enough to refuse the file."""
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)


def read_files(name: str, files: Iterable[tuple[str, bytes]]) -> Source:
    """The same for files that were sent: `name` stands for the folder's."""
    source = Source(name)
    for file, data in files:
        if PurePath(file).suffix.lower() not in SUFFIXES:
            source.ignored.append(file)
            continue
        try:
            _read_file(source, file, data)
        except TableFault as fault:
            where = (fault.sheet, fault.row, fault.column)
            source.faults.append(Fault(file, fault.message, *where))
    return source


def _read_file(source: Source, file: str, data: bytes) -> None:
    own_kind = kind_of(PurePath(file).stem)
    is_book = PurePath(file).suffix.lower() not in (".csv", ".tsv")
    if not own_kind and not is_book:
        source.ignored.append(file)
        return

    def choose(sheets: Collection[str]) -> Collection[str]:
        """Sheets that carry a kind's name; else the first one, if the file carries it."""
        named = [sheet for sheet in sheets if kind_of(sheet)]
        chosen = named or (list(sheets)[:1] if own_kind else [])
        left = [f"{file}, {sheet}" for sheet in sheets if sheet not in chosen]
        source.ignored.extend(left if chosen else [file])
        return chosen

    for table in read_tables(file, data, choose=choose):
        kind = kind_of(table.sheet) or own_kind
        source.tables.setdefault(kind, []).append(table)
