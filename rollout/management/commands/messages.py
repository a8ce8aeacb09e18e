"""`manage.py messages`: bring the Chinese catalogue up to date, or check that it is.

Reads Python and templates with Babel and Django's own template lexer, so no gettext has to
be installed on the machine.
"""

from argparse import ArgumentParser
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import templatize

APPS = ("regions", "pilots", "rollout")
KEYWORDS: dict[str, Any] = {
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "_": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}


class Command(BaseCommand):
    help = (
        "Updates locale/zh_Hans from the code; with --check only says what is missing."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        path = settings.LOCALE_PATHS[0] / "zh_Hans" / "LC_MESSAGES" / "django.po"
        with path.open("rb") as file:
            catalogue = read_po(file, locale="zh_Hans")
        found = found_messages()
        missing, unused = differences(catalogue, found)
        if options["check"]:
            report = [f"untranslated: {text}" for text in missing]
            report += [f"unused: {text}" for text in unused]
            if report:
                raise CommandError(
                    "\n".join([*report, "Run `make messages`, then translate."])
                )
            self.stdout.write(f"{len(found)} messages, all translated")
            return
        dated = catalogue.creation_date
        catalogue.update(found, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        # Nothing in the header may change by itself, or every run is a difference.
        catalogue.creation_date = catalogue.revision_date = dated
        catalogue.last_translator = catalogue.language_team = "Rollout"
        catalogue.msgid_bugs_address = ""
        buffer = BytesIO()
        write_po(buffer, catalogue, width=88, no_location=True, sort_output=True)
        path.write_bytes(buffer.getvalue())
        self.stdout.write(f"{len(found)} messages, {len(missing)} to translate")


def found_messages() -> Catalog:
    """Every text of the code and the templates."""
    found = Catalog(locale="zh_Hans")
    for path in sources():
        for _line, message, _comments, context in _extracted(path):
            found.add(message, context=context)
    return found


def sources() -> Iterator[Path]:
    for app in APPS:
        for path in sorted((settings.BASE_DIR / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path
    for path in sorted((settings.BASE_DIR / "templates").rglob("*")):
        if path.suffix in {".html", ".txt"}:
            yield path


def _extracted(path: Path) -> Iterator[Any]:
    text = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        text = templatize(text, origin=str(path))
    return iter(extract("python", BytesIO(text.encode()), keywords=KEYWORDS))


def differences(catalogue: Catalog, found: Catalog) -> tuple[list[str], list[str]]:
    """What the code says and the catalogue does not translate, and the other way round."""
    wanted = {_key(message): message for message in found if message.id}
    known = {_key(message): message for message in catalogue if message.id}
    missing = [
        str(message.id)
        for key, message in wanted.items()
        if not _is_done(known.get(key))
    ]
    return missing, [
        str(message.id) for key, message in known.items() if key not in wanted
    ]


def _key(message: Message) -> tuple[Any, str]:
    text = message.id if isinstance(message.id, str) else message.id[0]
    return text, message.context or ""


def _is_done(message: Message | None) -> bool:
    if message is None or message.fuzzy:
        return False
    texts = (
        message.string if isinstance(message.string, tuple | list) else [message.string]
    )
    return bool(texts) and all(texts)
