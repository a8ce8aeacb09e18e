"""Where people live, as they choose it: time zones, countries, states; named in a language."""

import re
from functools import lru_cache
from zoneinfo import available_timezones

from django.utils.translation import override
from holidays import country_holidays
from holidays.registry import COUNTRIES

from regions.wording import country, zone

Choices = list[tuple[str, str]]
NONE = ("", "–")
CODE = re.compile(r"[A-Z0-9]{1,3}")


@lru_cache(maxsize=4)
def zones(language: str) -> Choices:
    """By the names of their cities; none of those that only fix a distance to UTC."""
    names = [
        name
        for name in available_timezones()
        if "/" in name and not name.startswith("Etc/")
    ]
    with override(language):
        named = sorted(((name, zone(name)) for name in names), key=lambda pair: pair[1])
    return [("UTC", "UTC"), *named]


@lru_cache(maxsize=4)
def countries(language: str) -> Choices:
    """Those whose public holidays are known."""
    with override(language):
        named = [(codes[1], country(codes[1])) for codes in COUNTRIES.values()]
    return [NONE, *sorted(named, key=lambda pair: pair[1])]


@lru_cache(maxsize=64)
def subdivisions(country_code: str) -> Choices:
    """States or provinces with holidays of their own, by the names they give themselves."""
    if country_code not in {codes[1] for codes in COUNTRIES.values()}:
        return [NONE]
    known = country_holidays(country_code)
    aliases = getattr(known, "subdivisions_aliases", {})
    full = [(code, name) for name, code in aliases.items() if len(name) > len(code) + 1]
    names = dict(reversed(full))  # the first name of each
    # What is longer is no code but a town, or one of several old calendars.
    kept = [code for code in known.subdivisions if CODE.fullmatch(code)]
    named = [(code, names.get(code, code)) for code in kept]
    return [NONE, *sorted(named, key=lambda pair: pair[1])]
