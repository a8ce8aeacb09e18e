"""Which texts a spreadsheet would run as a formula, and the apostrophe that stops it."""

import re

# The wide forms of the four signs count in East Asian versions.
FORMULA_START = tuple("=+-@\t\r\uff1d\uff0b\uff0d\uff20")
_GUARDED = re.compile(f"'+[{''.join(FORMULA_START)}]")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")


def guarded(text: str) -> str:
    """With an apostrophe before what looks like a formula; for files without types."""
    if _PLAIN_NUMBER.fullmatch(text):
        return text
    return (
        f"'{text}" if text.startswith(FORMULA_START) or _GUARDED.match(text) else text
    )


def unguarded(text: str) -> str:
    """What `guarded` was given."""
    return text[1:] if _GUARDED.match(text) else text
