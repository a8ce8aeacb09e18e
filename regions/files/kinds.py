"""The kind of a file by its content; its name only tells a CSV from other text.

What can carry script into a browser (SVG, HTML, XML) is no kind, whatever it is called.
"""

import io
import re
import unicodedata
import zipfile
from pathlib import PurePosixPath

from django.utils.translation import gettext as _

from regions.enums import FileKind

from .limits import MOST_PARTS, MOST_UNPACKED_BYTES

SIGNATURES = (
    (b"\xff\xd8\xff", FileKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", FileKind.PNG),
    (b"%PDF-", FileKind.PDF),
)
ZIP = b"PK\x03\x04"
MAIN_PARTS = {"xl/workbook.xml": FileKind.XLSX, "word/document.xml": FileKind.DOCX}
HEIC_BRANDS = {b"heic", b"heix", b"hevc", b"mif1", b"msf1"}
MARKUP = re.compile(
    r"^\s*<|<\s*[!?/]?\s*(doctype|html|head|body|svg|script|xml)\b", re.I
)
MARKUP_WITHIN = 4_096
# Tab, line feed, form feed and carriage return stand in texts; other control codes do not.
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")
NAME_LENGTH = 100
SUFFIXES = {FileKind.JPEG: {".jpg", ".jpeg"}}


class CannotTake(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The file is of no kind that is taken, is damaged, or would grow beyond measure."""


def kind_of(data: bytes, name: str) -> FileKind:
    """Raises CannotTake."""
    for signature, kind in SIGNATURES:
        if data.startswith(signature):
            return kind
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return FileKind.WEBP
    if data.startswith(ZIP):
        return _office_kind(data)
    if data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS:
        raise CannotTake(
            _(
                "HEIC photos are not taken. Send it as JPEG: on an iPhone, choose “Most "
                "Compatible” under Settings, Camera, Formats."
            )
        )
    if _is_text(data):
        return FileKind.CSV if name.lower().endswith(".csv") else FileKind.TXT
    raise CannotTake(_not_taken())


def _not_taken() -> str:
    return _("Only photos (JPEG, PNG, WebP), PDF, XLSX, DOCX, CSV and text are taken.")


def _office_kind(data: bytes) -> FileKind:
    """An office file is told by its main part; its directory tells what it unpacks to."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = book.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
        raise CannotTake(_("The file is damaged.")) from None
    names = {part.filename for part in parts}
    unpacked = sum(part.file_size for part in parts)
    if len(parts) > MOST_PARTS or unpacked > MOST_UNPACKED_BYTES:
        raise CannotTake(_("The file would unpack to far too much."))
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise CannotTake(_("Files with macros are not taken. Save it without them."))
    found = {kind for part, kind in MAIN_PARTS.items() if part in names}
    if len(found) != 1 or "[Content_Types].xml" not in names:
        raise CannotTake(_not_taken())
    return found.pop()


def _is_text(data: bytes) -> bool:
    text = _decoded(data)
    if text is None or CONTROL.search(text):
        return False
    return not MARKUP.search(text[:MARKUP_WITHIN])


def _decoded(data: bytes) -> str | None:
    marked = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    for encoding in ("utf-16",) if marked else ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def clean_name(raw: str, kind: FileKind) -> str:
    """The name it is shown and saved under: no path, nothing unseen, the suffix of its kind."""
    last = PurePosixPath(raw.replace("\\", "/")).name
    seen = "".join(
        one for one in last if unicodedata.category(one)[0] not in "CZ" or one == " "
    )
    path = PurePosixPath(seen.strip(" .") or "file")
    if path.suffix.lower() in SUFFIXES.get(kind, {f".{kind}"}):
        return path.stem[:NAME_LENGTH] + path.suffix.lower()
    return f"{path.name[:NAME_LENGTH]}.{kind}"
