"""A text cell as a value: one parser per kind of value, each refusing in words.

A parser gets the trimmed text of a cell that is not empty.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from regions.validators import (
    validate_code,
    validate_country,
    validate_subdivision,
    validate_weekdays,
    validate_zone,
)

Parser = Callable[[str], Any]

# In place of a zone: one in which it is a working morning at the moment of loading.
MORNING = "morning"
# Beyond these years a day is a slip of the pen, and shifting it could leave the calendar.
YEARS = range(1990, 2101)
_DAY = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})")
_MOMENT = re.compile(_DAY.pattern + r"[ T](\d{1,2}):(\d{2})(?::\d{2})?")


class Refused(Exception):  # noqa: N818 - becomes a fault with its place
    """The text is no such value."""


@dataclass(frozen=True)
class Choice:
    """One of a few words, in small or capital letters."""

    allowed: tuple[str, ...]

    @classmethod
    def of(cls, *values: Iterable[str]) -> "Choice":
        return cls(tuple(str(word) for group in values for word in group))

    def __call__(self, raw: str) -> str:
        if raw.lower() not in self.allowed:
            raise Refused(_('"%(value)s" is not allowed.') % {"value": raw})
        return raw.lower()


@dataclass(frozen=True)
class YesNo:
    allowed: tuple[str, ...] = ("yes", "no")

    def __call__(self, raw: str) -> bool:
        return Choice(self.allowed)(raw) == "yes"


def text(longest: int) -> Parser:
    def parse(raw: str) -> str:
        if len(raw) > longest:
            raise Refused(
                _("The text has %(n)d letters; at most %(most)d fit.")
                % {"n": len(raw), "most": longest}
            )
        return raw.replace("\r\n", "\n")

    return parse


def whole(least: int, most: int) -> Parser:
    def parse(raw: str) -> int:
        if not re.fullmatch(r"[+-]?\d{1,9}", raw) or not least <= int(raw) <= most:
            raise Refused(
                _('"%(value)s" is no whole number from %(least)d to %(most)d.')
                % {"value": raw, "least": least, "most": most}
            )
        return int(raw)

    return parse


def number(raw: str) -> Decimal:
    """Of at most eleven digits, and three after the point."""
    if not re.fullmatch(r"[+-]?\d{1,11}(\.\d{1,3})?", raw):
        raise Refused(_('"%(value)s" is no number. Write 12.5.') % {"value": raw})
    return Decimal(raw)


def day(raw: str) -> date:
    try:
        return _numbers(_DAY, raw).date()
    except ValueError:
        raise Refused(
            _('"%(value)s" is no day. Write 2026-03-09.') % {"value": raw}
        ) from None


def clock(raw: str) -> time:
    try:
        return datetime.strptime(raw, "%H:%M").time()  # noqa: DTZ007 - without a place
    except ValueError:
        raise Refused(
            _('"%(value)s" is no time. Write 14:30.') % {"value": raw}
        ) from None


def moment(raw: str) -> datetime:
    """A day and a time on the clock of the place that the row speaks of."""
    try:
        return _numbers(_MOMENT, raw)
    except ValueError:
        raise Refused(
            _('"%(value)s" is no day with a time. Write 2026-03-09 14:30.')
            % {"value": raw}
        ) from None


def _numbers(pattern: re.Pattern[str], raw: str) -> datetime:
    """The numbers of a date as a naive moment. Raises ValueError, also for other centuries."""
    parts = pattern.fullmatch(raw)
    if parts is None:
        raise ValueError(raw)
    year, month, day, *at = map(int, parts.groups())
    if year not in YEARS:
        raise ValueError(raw)
    hour, minute = at or (0, 0)
    return datetime(year, month, day, hour, minute)  # noqa: DTZ001 - without a place


def code(raw: str) -> str:
    return _validated(raw, validate_code)


def codes(raw: str) -> tuple[str, ...]:
    return tuple(code(part) for part in raw.split())


def email(raw: str) -> str:
    return _validated(raw.lower(), validate_email)


def zone(raw: str) -> str:
    return _validated(raw, validate_zone)


def zone_or_morning(raw: str) -> str:
    return MORNING if raw.lower() == MORNING else zone(raw)


def weekdays(raw: str) -> str:
    return _validated(raw, validate_weekdays)


def country(raw: str) -> str:
    return _validated(raw.upper(), validate_country)


def subdivision(raw: str) -> str:
    return _validated(raw.upper(), validate_subdivision)


def _validated(value: str, validate: Callable[[str], object]) -> str:
    try:
        validate(value)
    except ValidationError as refusal:
        said = " ".join(refusal.messages)
        raise Refused(
            _('"%(value)s": %(said)s') % {"value": value, "said": said}
        ) from None
    return value
