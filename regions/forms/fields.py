"""Fields that forms of all apps are made of, and what is read without a form."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext as _


def ticked(values: Iterable[str]) -> list[int]:
    """The numbers among what was sent; nonsense is no row."""
    short = (value for value in values if value.isascii() and value.isdigit())
    return [int(value) for value in short if len(value) < 10]


class TicksField(forms.ModelMultipleChoiceField):  # type: ignore[type-arg]
    """Rows ticked among those offered; a number beyond all rows is none of them."""

    widget = forms.CheckboxSelectMultiple

    def clean(self, value: Any) -> Any:
        sent = [str(one) for one in value or ()]
        if len(ticked(sent)) < len(sent):
            raise forms.ValidationError(self.error_messages["invalid_list"], "invalid")
        return super().clean(value)


class HoursField(forms.DecimalField):
    """Hours of work; quarters of an hour are fine."""

    def __init__(self, **options: Any) -> None:
        super().__init__(
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(9999),
            decimal_places=2,
            **options,
        )

    def prepare_value(self, value: Any) -> Any:
        """8 rather than 8.00."""
        if isinstance(value, Decimal):
            return f"{value:f}".rstrip("0").rstrip(".") if value else "0"
        return value


def seen_version(data: Mapping[str, str], refusal: type[Exception]) -> int:
    """Of the row that a button was shown with. A page that lost it is refused in words."""
    try:
        return int(data.get("version", ""))
    except ValueError:
        raise refusal(_("The page is incomplete. Load it again.")) from None
