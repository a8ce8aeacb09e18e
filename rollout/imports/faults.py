"""What is wrong with a file, and where: named so that somebody can mend the cell."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from regions.wording import listed

# More are cut off in a message; the fault itself keeps all.
ALLOWED_SHOWN = 12


@dataclass(frozen=True)
class Fault:
    """One thing that keeps a file from being loaded."""

    file: str
    message: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    allowed: tuple[str, ...] = ()

    @property
    def place(self) -> str:
        parts = [self.file]
        if self.sheet:
            parts.append(_("sheet %(name)s") % {"name": self.sheet})
        if self.row is not None:
            parts.append(_("row %(number)d") % {"number": self.row})
        if self.column:
            parts.append(_("column %(name)s") % {"name": self.column})
        return listed(parts)

    def __str__(self) -> str:
        text = f"{self.place}: {self.message}"
        if not self.allowed:
            return text
        shown = listed(self.allowed[:ALLOWED_SHOWN])
        if len(self.allowed) > ALLOWED_SHOWN:
            shown += ", …"
        return f"{text} " + _("Allowed: %(values)s.") % {"values": shown}
