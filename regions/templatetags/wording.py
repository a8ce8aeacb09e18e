"""How dates, moments and history entries are written in templates."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils import timezone

from regions import telling, wording
from regions.models import HistoryEntry, Region

register = template.Library()


@register.filter
def day(value: date | None) -> str:
    """Fri 27 Nov."""
    return wording.day(value) if value else ""


@register.filter
def full_day(value: date | None) -> str:
    """Fri 27 Nov 2026."""
    return wording.full_day(value) if value else ""


@register.filter
def zone(name: str) -> str:
    """Shanghai (Asia/Shanghai), in the reader's language."""
    return wording.zone(name)


@register.filter
def moment(value: datetime | None) -> str:
    """Fri 27 Nov, 09:40, in the reader's zone."""
    return wording.moment(timezone.localtime(value)) if value else ""


@register.filter
def local_day(value: datetime, region: Region) -> str:
    """The day it was in a region."""
    return wording.day(value.astimezone(region.zone).date())


@register.filter
def figure(value: Decimal | None) -> str:
    """98.6, and not 98.600."""
    return wording.figure(value) if value is not None else ""


@register.filter
def change_words(
    entry: HistoryEntry, names: Mapping[tuple[str, str], str] | None = None
) -> str:
    """One change as a person would say it; `names` are those of the rows it points to."""
    return telling.change(entry, names or {})


@register.filter
def sentences(parts: Iterable[str]) -> str:
    """Reasons as running text."""
    return wording.sentences(parts)
