"""What the filters of all lists have in common: they stand in the address."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regions.forms.fields import name_of, offer_by_name
from regions.models import Region
from rollout.models import Wave


class Filter(forms.Form):
    """What is wanted of a list; from the address, where nonsense filters nothing."""

    def offer(self, **choices: QuerySet[Any]) -> None:
        """The rows to choose from, by field, each under its name; waves as they go live."""
        for name, rows in choices.items():
            field: Any = self.fields[name]
            if rows.model is Wave:
                field.queryset = rows.order_by("go_live_date", "name", "id")
                field.label_from_instance = name_of
            else:
                offer_by_name(field, rows)

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}


def region_field() -> "forms.ModelChoiceField[Region]":
    """One of the regions that the reader sees, by its code; which ones, says `offer`."""
    return forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        required=False,
    )
