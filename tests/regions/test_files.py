"""What a file is by its bytes, and what is kept of a picture."""

import io
import struct
import zipfile
import zlib

import pypdfium2
import pytest
from openpyxl import Workbook
from PIL import Image

from regions.enums import FileKind
from regions.files import pictures
from regions.files.kinds import CannotTake, clean_name, kind_of
from regions.files.limits import MOST_PARTS, MOST_UNPACKED_BYTES
from regions.files.pictures import pictured

pytestmark = pytest.mark.any_store

GPS, CAMERA = 0x8825, 0x010F


def picture(kind="JPEG", size=(640, 400), mode="RGB", **options):
    made = io.BytesIO()
    Image.new(mode, size, "teal").save(made, kind, **options)
    return made.getvalue()


def pdf(text=b""):
    document = pypdfium2.PdfDocument.new()
    document.new_page(300, 400)
    made = io.BytesIO()
    document.save(made)
    document.close()
    return made.getvalue() + text


def workbook():
    book, made = Workbook(), io.BytesIO()
    book.active.append(["code", "000123"])
    book.save(made)
    return made.getvalue()


def packed(**parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as book:
        for name, text in parts.items():
            book.writestr(name, text)
    return made.getvalue()


def office(main, **more):
    return packed(**{"[Content_Types].xml": "<Types/>", main: "<x/>", **more})


# --- The kind ------------------------------------------------------------------------


TAKEN = {
    "evil.html": (picture(), FileKind.JPEG),
    "png.jpg": (picture("PNG"), FileKind.PNG),
    "webp": (picture("WEBP"), FileKind.WEBP),
    "pdf.exe": (pdf(), FileKind.PDF),
    "xlsx.docx": (workbook(), FileKind.XLSX),
    "docx.xlsx": (office("word/document.xml"), FileKind.DOCX),
    "table.CSV": (b"code;name\n1;North", FileKind.CSV),
    "table.xlsx": (b"code;name\n1;North", FileKind.TXT),
    "gb.txt": ("备注：可以".encode("gb18030"), FileKind.TXT),
    "utf16.csv": ("备注：可以".encode("utf-16"), FileKind.CSV),
    "less.txt": (b"5 < 6 and 7 > 3", FileKind.TXT),
}


@pytest.mark.parametrize("name", TAKEN)
def test_kind_is_told_by_content(name):
    data, kind = TAKEN[name]

    assert kind_of(data, name) == kind


NOT_TAKEN = {
    "svg": b'<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>',
    "svg after a declaration": b'<?xml version="1.0"?><svg/>',
    "svg after a mark and spaces": b"\xef\xbb\xbf \n <svg/>",
    "html": b"<!doctype html><p>hello",
    "html after words": b"hello <HTML><body onload=alert(1)>",
    "html in utf-16": "<html>".encode("utf-16"),
    "script among words": b"GIF89a=1; < script>alert(1)</script>",
    "program": b"\x7fELF\x02\x01\x01\x00" + bytes(40),
    "windows program": b"MZ\x90\x00\x03\x00\x00\x00",
    "gif": b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
    "text with a zero byte": b"hello\x00world",
    "zip of anything": packed(**{"a.txt": "hello"}),
    "zip of both": office("word/document.xml", **{"xl/workbook.xml": "<x/>"}),
    "old office": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100),
}


@pytest.mark.parametrize("data", NOT_TAKEN.values(), ids=NOT_TAKEN.keys())
@pytest.mark.parametrize("name", ["a.jpg", "a.txt", "a.csv"])
def test_what_is_of_no_kind_is_refused_whatever_it_is_called(data, name):
    with pytest.raises(CannotTake, match="Only photos"):
        kind_of(data, name)


@pytest.mark.parametrize("brand", [b"heic", b"mif1"])
def test_heic_is_refused_with_the_way_out(brand):
    with pytest.raises(CannotTake, match="HEIC photos are not taken"):
        kind_of(b"\x00\x00\x00\x18ftyp" + brand + bytes(20), "a.heic")


def test_macros_and_damaged_files_are_refused():
    macros = office("xl/workbook.xml", **{"xl/vbaProject.bin": "x"})
    with pytest.raises(CannotTake, match="macros"):
        kind_of(macros, "a.xlsm")
    with pytest.raises(CannotTake, match="damaged"):
        kind_of(workbook()[:-60], "a.xlsx")


def test_bomb_is_refused_without_unpacking_it():
    zeros = b"\0" * (MOST_UNPACKED_BYTES // 4)
    parts = {f"xl/{number}.xml": zeros for number in range(5)}
    bomb = office("xl/workbook.xml", **parts)

    assert len(bomb) < 2_000_000
    with pytest.raises(CannotTake, match="unpack to far too much"):
        kind_of(bomb, "a.xlsx")


def test_many_parts_are_refused():
    parts = {f"xl/{number}": "" for number in range(MOST_PARTS)}

    with pytest.raises(CannotTake, match="unpack to far too much"):
        kind_of(office("xl/workbook.xml", **parts), "a.xlsx")


@pytest.mark.parametrize(
    ("raw", "kind", "name"),
    [
        ("photo.JPG", FileKind.JPEG, "photo.jpg"),
        ("photo.jpeg", FileKind.JPEG, "photo.jpeg"),
        ("evil.html", FileKind.JPEG, "evil.html.jpg"),
        ("../../etc/passwd", FileKind.TXT, "passwd.txt"),
        ("C:\\temp\\list.csv", FileKind.CSV, "list.csv"),
        ("a\u202egpj.exe", FileKind.PDF, "agpj.exe.pdf"),
        ("a\r\nSet-Cookie: b", FileKind.PDF, "aSet-Cookie: b.pdf"),
        ("", FileKind.PDF, "file.pdf"),
        ("...", FileKind.PDF, "file.pdf"),
        ("福州 清单.xlsx", FileKind.XLSX, "福州 清单.xlsx"),
        ("a" * 300 + ".pdf", FileKind.PDF, "a" * 100 + ".pdf"),
    ],
)
def test_name_has_no_path_nothing_unseen_and_the_suffix_of_its_kind(raw, kind, name):
    assert clean_name(raw, kind) == name


# --- Pictures ------------------------------------------------------------------------


def photo_with_place(kind):
    """As a phone takes it: turned by its note, with place, camera and comment."""
    notes = Image.Exif()
    notes[0x0112] = 6  # to be turned by a quarter
    notes[CAMERA] = "MARKER-CAMERA"
    notes.get_ifd(GPS)[29] = "MARKER-GPS"
    return picture(
        kind,
        exif=notes,
        **({"comment": b"MARKER-COMMENT"} if kind == "JPEG" else {}),
        **({"xmp": b"<x>MARKER-XMP</x>"} if kind != "PNG" else {}),
    )


@pytest.mark.parametrize(
    ("kind", "file_kind"),
    [("JPEG", FileKind.JPEG), ("PNG", FileKind.PNG), ("WEBP", FileKind.WEBP)],
)
def test_photo_is_kept_upright_and_without_place_or_camera(kind, file_kind):
    given = photo_with_place(kind)
    assert b"MARKER-GPS" in given
    assert b"MARKER-CAMERA" in given

    shown = pictured(given, file_kind)

    for kept in (shown.kept, shown.preview):
        assert b"MARKER" not in kept
        with Image.open(io.BytesIO(kept)) as seen:
            assert dict(seen.getexif()) == {}
    with Image.open(io.BytesIO(shown.kept)) as seen:
        assert (seen.format, seen.size) == (kind, (400, 640))
    with Image.open(io.BytesIO(shown.preview)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (300, 480))


def test_what_hangs_behind_a_picture_is_not_kept():
    shown = pictured(picture() + b"<script>MARKER</script>", FileKind.JPEG)

    assert b"MARKER" not in shown.kept


def test_clear_picture_stays_clear_and_its_preview_is_white():
    given = picture("PNG", mode="RGBA", size=(10, 10))
    made = io.BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(made, "PNG")

    shown = pictured(made.getvalue(), FileKind.PNG)

    assert kind_of(given, "a.png") == FileKind.PNG
    with Image.open(io.BytesIO(shown.kept)) as seen:
        assert seen.getpixel((5, 5)) == (0, 0, 0, 0)
    with Image.open(io.BytesIO(shown.preview)) as seen:
        assert seen.getpixel((5, 5)) == (255, 255, 255)


def png_that_says(width, height):
    """A small PNG whose head speaks of a picture of absurd size."""

    def chunk(name, data):
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(bytes(1000)))
        + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (100_000, 1), (8_000, 8_000)])
def test_picture_of_absurd_size_is_refused_before_it_is_decoded(size):
    with pytest.raises(CannotTake, match="more than 60 million pixels"):
        pictured(png_that_says(*size), FileKind.PNG)


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (picture()[:200], FileKind.JPEG),
        (b"\xff\xd8\xff" + bytes(100), FileKind.JPEG),
        (png_that_says(100, 100), FileKind.PNG),
        (b"RIFF\x10\x00\x00\x00WEBPVP8 ", FileKind.WEBP),
        # One kind that says it is another.
        (picture("PNG"), FileKind.JPEG),
    ],
    ids=["cut", "head only", "too few pixels", "empty", "other kind"],
)
def test_damaged_picture_is_refused(data, kind):
    with pytest.raises(CannotTake, match="cannot be read"):
        pictured(data, kind)


def test_pdf_shows_its_first_page_and_stays_as_it_is():
    given = pdf()

    shown = pictured(given, FileKind.PDF)

    assert shown.kept == given
    with Image.open(io.BytesIO(shown.preview)) as seen:
        assert (seen.format, seen.size) == ("JPEG", (750, 1000))


def test_pdf_that_cannot_be_drawn_is_kept_without_a_preview():
    given = b"%PDF-1.7 nothing else"

    assert pictured(given, FileKind.PDF) == pictures.Pictured(given, b"")


def test_decoder_that_takes_too_long_is_ended(monkeypatch):
    monkeypatch.setattr(pictures, "DECODING_SECONDS", 0.001)

    with pytest.raises(CannotTake, match="cannot be read"):
        pictured(picture(), FileKind.JPEG)


@pytest.mark.parametrize("kind", [FileKind.XLSX, FileKind.DOCX, FileKind.TXT])
def test_other_files_are_kept_as_they_are(kind):
    assert pictured(b"bytes", kind) == pictures.Pictured(b"bytes", b"")
