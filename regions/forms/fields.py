"""Fields that forms of all apps are made of, and what is read without a form."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Model, QuerySet
from django.forms.models import ModelChoiceIterator
from django.utils.translation import gettext as _

from regions.pinyin import by_sound


def ticked(values: Iterable[str]) -> list[int]:
    """The numbers among what was sent; nonsense is no row."""
    short = (value for value in values if value.isascii() and value.isdigit())
    return [int(value) for value in short if len(value) < 10]


def name_of(row: Any) -> str:
    return str(row.name)


class ByName(ModelChoiceIterator):  # type: ignore[type-arg]
    """People or regions where their reader looks for them: no database knows pinyin."""

    def __iter__(self) -> Iterator[Any]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        for row in sorted(self.queryset, key=_place):
            yield self.choice(row)


def _place(row: Model) -> tuple[Any, int]:
    return by_sound(name_of(row)), row.pk


def offer_by_name(
    field: Any, rows: QuerySet[Any], label: Callable[[Any], str] = name_of
) -> None:
    """Lets somebody choose one of these people or regions."""
    field.iterator = ByName
    field.queryset = rows
    field.label_from_instance = label


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
