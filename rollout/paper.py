"""One A4 page as PDF, with the Chinese font in it. The same content is the same bytes.

Knows no database. The font comes with the front-end files; what is embedded of it are the
characters that the page has.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from fpdf import FPDF

FONT = (
    settings.BASE_DIR
    / "node_modules/@expo-google-fonts/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf"
)
FAMILY = "Noto"
INK, QUIET, ACCENT, LINE = (22, 35, 43), (82, 99, 110), (15, 92, 110), (227, 232, 234)
MARGIN, WIDTH = 22.0, 166.0
# A long text is set smaller, until it is one page; never smaller than can be read.
SIZES = (13.5, 12.0, 10.5, 9.5)
# What must not begin a line, and what must not end one.
CLOSING, OPENING = (
    "，。、；：？！）》」』”\N{RIGHT SINGLE QUOTATION MARK}%…",
    "（《「『“\N{LEFT SINGLE QUOTATION MARK}",
)


class DoesNotFitError(Exception):
    """The texts are longer than a page, even in the smallest letters."""


@dataclass(frozen=True)
class Page:
    """What stands on the page, from top to bottom. `sections` are heads and texts."""

    over: str
    title: str
    sections: list[tuple[str, str]]
    # Of the sections, which one stands out.
    main: int
    foot: list[str]
    language: str
    dated_at: datetime


def to_pdf(page: Page) -> bytes:
    """Raises DoesNotFitError."""
    for size in SIZES:
        pdf = _set(page, size)
        try:
            if pdf.page_no() == 1:
                return bytes(pdf.output())
        finally:
            close_fonts(pdf)
    raise DoesNotFitError


def close_fonts(pdf: FPDF) -> None:
    """What fpdf2 leaves open."""
    for font in pdf.fonts.values():
        font.ttfont.close()  # type: ignore[union-attr] # only fonts of files are used


def _set(page: Page, size: float) -> FPDF:
    pdf = FPDF(format="A4")
    pdf.set_creation_date(page.dated_at)
    pdf.set_title(page.title)
    pdf.set_lang(page.language)
    pdf.add_font(FAMILY, "", FONT)
    pdf.set_margins(MARGIN, MARGIN, MARGIN)
    pdf.add_page()
    _write(pdf, page.over, size * 0.85, QUIET)
    pdf.ln(2)
    _write(pdf, page.title, size * 1.7, INK)
    pdf.ln(5)
    for n, (head, text) in enumerate(page.sections):
        _section(pdf, head, text, size, stands_out=n == page.main)
    pdf.ln(2)
    pdf.set_draw_color(*LINE)
    pdf.line(MARGIN, pdf.get_y(), MARGIN + WIDTH, pdf.get_y())
    pdf.ln(4)
    for line in page.foot:
        _write(pdf, line, size * 0.9, QUIET)
    return pdf


def _section(pdf: FPDF, head: str, text: str, size: float, *, stands_out: bool) -> None:
    _write(pdf, head, size * 0.85, ACCENT)
    pdf.ln(0.8)
    top = pdf.get_y()
    _write(pdf, text, size * (1.25 if stands_out else 1), INK)
    if stands_out:
        pdf.set_fill_color(*ACCENT)
        pdf.rect(MARGIN - 5, top, 1.4, pdf.get_y() - top, style="F")
    pdf.ln(4.5)


def _write(pdf: FPDF, text: str, size: float, colour: tuple[int, int, int]) -> None:
    pdf.set_font(FAMILY, size=size)
    pdf.set_text_color(*colour)
    for line in lines_of(text, pdf):
        pdf.cell(WIDTH, size * 0.56, line, new_x="LMARGIN", new_y="NEXT")


def lines_of(text: str, pdf: FPDF, width: float = WIDTH) -> list[str]:
    """Broken between words, and in Chinese between any two characters, but for marks."""
    lines, line = [], ""
    room = width - 2
    for piece in pieces(text):
        if line and pdf.get_string_width(line + piece.rstrip()) > room:
            lines.append(line.rstrip())
            line = piece.lstrip()
        else:
            line += piece
        # A word that is longer than a line is broken where the line ends.
        while pdf.get_string_width(line.rstrip()) > room:
            end = _longest(line, pdf, room)
            lines.append(line[:end])
            line = line[end:]
    return [*lines, line.rstrip()] if line.strip() else lines


def _longest(line: str, pdf: FPDF, room: float) -> int:
    end = len(line) - 1
    while end > 1 and pdf.get_string_width(line[:end]) > room:
        end -= 1
    return end


def pieces(text: str) -> list[str]:
    """What may not be torn apart: words with the space behind them, single characters."""
    found: list[str] = []
    for letter in " ".join(text.split()):
        before = found[-1] if found else ""
        is_one = bool(before) and (
            letter in CLOSING
            or letter == " "
            or before[-1] in OPENING
            or (before[-1] != " " and not _is_wide(before[-1]) and not _is_wide(letter))
        )
        if is_one:
            found[-1] += letter
        else:
            found.append(letter)
    return found


def _is_wide(letter: str) -> bool:
    return letter >= "\u2e80"
