"""Checks of single values, shared by models, forms and imports."""

from zoneinfo import ZoneInfo, available_timezones

import holidays
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from regions.enums import Topic

validate_code = RegexValidator(
    r"^[A-Z0-9][A-Z0-9-]{0,19}$",
    _("Use up to 20 capital letters, digits and hyphens."),
)
validate_weekdays = RegexValidator(
    r"^(?=.)1?2?3?4?5?6?7?$",
    _("Give the working days as digits in order, 1 for Monday to 7 for Sunday: 12345."),
)

validate_country = RegexValidator(
    r"^[A-Z]{2}$", _("Give the country by its two capital letters: DE.")
)
validate_subdivision = RegexValidator(
    r"^[A-Z0-9]{1,3}$",
    _("Give the state or province by its code of up to three characters: BY."),
)

_NEEDS_COUNTRY = _("A state or province needs its country.")


def validate_place(country: str, subdivision: str) -> None:
    """A country, or none, and a state or province of it, whose public holidays are known.

    The fault stands under the name of the field.
    """
    if not country:
        if subdivision:
            raise ValidationError({"subdivision": _NEEDS_COUNTRY})
        return
    try:
        kept = holidays.country_holidays(country)
    except NotImplementedError:
        said = _(
            "No public holidays are known of the country %(value)s. "
            "Give its two capital letters: DE."
        )
        fault = ValidationError(said, params={"value": country})
        raise ValidationError({"country": fault}) from None
    if subdivision and subdivision not in kept.subdivisions:
        said = _("%(value)s is no state or province of %(country)s. Known: %(known)s.")
        known = ", ".join(kept.subdivisions) or "–"
        values = {"value": subdivision, "country": country, "known": known}
        raise ValidationError({"subdivision": ValidationError(said, params=values)})


def validate_zone(value: str) -> None:
    """An IANA zone that this machine knows."""
    if value not in available_timezones():
        raise ValidationError(
            _("%(value)s is no time zone. Give one such as Europe/Berlin."),
            params={"value": value},
        )
    ZoneInfo(value)


def validate_topics(value: str) -> None:
    """Codes of topics with commas between, each once."""
    codes = value.split(",") if value else []
    if len(set(codes)) != len(codes) or not set(codes) <= set(Topic.values):
        raise ValidationError(
            _("%(value)s is no list of topics. Known: %(known)s."),
            params={"value": value, "known": ",".join(Topic.values)},
        )
