"""The playbook as a booklet: many A4 pages with contents, the Chinese font in them.

Knows no database. The letters are those of `paper`; the same content is the same bytes.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from fpdf import FPDF
from fpdf.outline import OutlineSection

from rollout.paper import (
    ACCENT,
    FAMILY,
    FONT,
    INK,
    LINE,
    MARGIN,
    QUIET,
    WIDTH,
    close_fonts,
    lines_of,
)

# The days from go-live stand at the left of what is done on them.
DAYS = 24.0
FOOT = 16.0
# A procedure begins on the page of the one before if so much of it is left.
ROOM = 80.0
STRONG = FONT.parents[1] / "600SemiBold" / "NotoSansSC_600SemiBold.ttf"
# Of a line of text, to the size of its letters in points.
LEADING = 0.53
# A line of the contents.
ROW = 8.5

Colour = tuple[int, int, int]
Style = Literal["", "B"]


@dataclass(frozen=True)
class Entry:
    """One step: when, what, by whom, how, and what was learnt about it."""

    days: str
    unit: str
    title: str
    facts: str
    note: str
    how: list[str] = field(default_factory=list)
    taught: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Section:
    """One procedure, as one of its versions has it."""

    title: str
    under: str
    entries: list[Entry]


@dataclass(frozen=True)
class Booklet:
    """All that is printed, in the language it is printed in."""

    over: str
    title: str
    under: str
    contents: str
    sections: list[Section]
    language: str
    dated_at: datetime


def to_pdf(booklet: Booklet) -> bytes:
    pdf = _Paper(booklet)
    try:
        pdf.cover()
        for section in booklet.sections:
            pdf.section(section)
        return bytes(pdf.output())
    finally:
        close_fonts(pdf)


class _Paper(FPDF):
    """Sets one booklet from top to bottom."""

    def __init__(self, booklet: Booklet) -> None:
        super().__init__(format="A4")
        self.booklet = booklet
        self.set_creation_date(booklet.dated_at)
        self.set_title(booklet.title)
        self.set_lang(booklet.language)
        self.add_font(FAMILY, "", FONT)
        self.add_font(FAMILY, "B", STRONG)
        self.set_margins(MARGIN, MARGIN, MARGIN)
        self.c_margin = 0
        self.set_auto_page_break(True, FOOT + 4)  # noqa: FBT003 - as fpdf2 wants it

    def footer(self) -> None:
        """What it is, and which page of how many."""
        self.set_y(-FOOT)
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.set_font(FAMILY, size=8.5)
        self.set_text_color(*QUIET)
        what = f"{self.booklet.over} · {self.booklet.title}"
        first = next(iter(lines_of(what, self, WIDTH - 30)), "")
        self.cell(WIDTH - 30, 8, first)
        self.cell(30, 8, f"{self.page_no()} / {{nb}}", align="R")

    def cover(self) -> None:
        self.add_page()
        self.write_lines(self.booklet.over, 11, QUIET)
        self.ln(2)
        self.write_lines(self.booklet.title, 26, INK, style="B")
        self.ln(2)
        self.write_lines(self.booklet.under, 10.5, QUIET)
        self.ln(12)
        self.write_lines(self.booklet.contents, 10.5, ACCENT, style="B")
        self.ln(2)
        self.insert_toc_placeholder(_contents, self.pages_of_contents())

    def pages_of_contents(self) -> int:
        """From here on; the pages after them are numbered before they are written."""
        y, pages = self.get_y(), 1
        for _section in self.booklet.sections:
            if y + ROW > self.page_break_trigger:
                y, pages = self.t_margin, pages + 1
            y += ROW
        return pages

    def section(self, section: Section) -> None:
        """The one after the contents is on a new page already."""
        if self.get_y() + ROOM > self.page_break_trigger:
            self.add_page()
        elif self.get_y() > MARGIN + 1:
            self.ln(12)
        self.start_section(section.title)
        self.write_lines(section.title, 17, INK, style="B")
        self.ln(0.5)
        self.write_lines(section.under, 9.5, QUIET)
        self.ln(4)
        for entry in section.entries:
            self.entry(entry)

    def entry(self, entry: Entry) -> None:
        """Kept on one page where it fits on one."""
        pieces = list(_pieces(entry))
        height = 4 + sum(self.height_of(one) for one in pieces)
        if height < self.eph and self.get_y() + height > self.page_break_trigger:
            self.add_page()
        self.set_draw_color(*LINE)
        self.line(MARGIN, self.get_y(), MARGIN + WIDTH, self.get_y())
        self.ln(2)
        self.days(entry)
        for one in pieces:
            self.piece(one)
        self.ln(2)

    def piece(self, one: "_Piece") -> None:
        """What was learnt stands behind a bar."""
        self.ln(one.above)
        top = self.get_y()
        self.write_lines(one.text, one.size, one.colour, DAYS + one.indent, one.style)
        if one.indent and self.get_y() > top:
            self.set_fill_color(*ACCENT)
            self.rect(MARGIN + DAYS, top, 0.7, self.get_y() - top, style="F")

    def days(self, entry: Entry) -> None:
        """At the left, without moving on."""
        top = self.get_y()
        self.set_font(FAMILY, size=12)
        self.set_text_color(*ACCENT)
        self.cell(DAYS, 12 * LEADING, entry.days)
        self.set_xy(MARGIN, top + 12 * LEADING)
        self.set_font(FAMILY, size=8)
        self.set_text_color(*QUIET)
        self.cell(DAYS, 8 * LEADING, entry.unit)
        self.set_xy(MARGIN, top)

    def write_lines(
        self, text: str, size: float, colour: Colour, left: float = 0, style: Style = ""
    ) -> None:
        for line in self.lines(text, size, left, style):
            self.set_text_color(*colour)
            self.set_x(MARGIN + left)
            self.cell(WIDTH - left, size * LEADING, line, new_x="LMARGIN", new_y="NEXT")

    def lines(self, text: str, size: float, left: float, style: Style) -> list[str]:
        self.set_font(FAMILY, style, size)
        return lines_of(text, self, WIDTH - left)

    def height_of(self, one: "_Piece") -> float:
        lines = self.lines(one.text, one.size, DAYS + one.indent, one.style)
        return one.above + len(lines) * one.size * LEADING


@dataclass(frozen=True)
class _Piece:
    """A text at the right of the days."""

    text: str
    size: float
    colour: Colour = INK
    style: Style = ""
    indent: float = 0
    above: float = 0


def _pieces(entry: Entry) -> Iterator[_Piece]:
    """From top to bottom."""
    yield _Piece(entry.title, 11.5, style="B")
    yield _Piece(entry.facts, 9, QUIET)
    if entry.note:
        yield _Piece(entry.note, 10)
    for number, one in enumerate(entry.how, 1):
        yield _Piece(f"{number}. {one}", 10, above=0 if number > 1 else 0.8)
    for one in entry.taught:
        yield _Piece(one, 9.5, ACCENT, indent=4, above=1)


def _contents(pdf: FPDF, outline: list[OutlineSection]) -> None:
    """Each procedure with its page; a tap leads there."""
    for one in outline:
        link = pdf.add_link(page=one.page_number)
        pdf.set_x(MARGIN)
        pdf.set_font(FAMILY, size=12)
        pdf.set_text_color(*INK)
        name = next(iter(lines_of(one.name, pdf, WIDTH - 20)), "")
        pdf.cell(WIDTH - 20, ROW, name, link=link)
        pdf.cell(20, ROW, str(one.page_number), align="R", link=link)
        pdf.ln(ROW)
