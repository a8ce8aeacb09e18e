"""What of the history is wanted; from the address, where nonsense filters nothing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.models import Region
from regions.wording import capital
from rollout.queries.history import kinds

from .people import DayField


class HistoryFilter(forms.Form):
    """Who changed what, where and when. Days are those of the reader."""

    who = forms.CharField(
        label=pgettext_lazy("history", "Who"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    region = forms.ModelChoiceField(
        label=_("Region"),
        queryset=Region.objects.none(),
        to_field_name="code",
        empty_label=_("All"),
        required=False,
    )
    first = DayField(label=pgettext_lazy("first day", "From"), required=False)
    last = DayField(label=pgettext_lazy("last day", "To"), required=False)
    q = forms.CharField(
        label=_("Words"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )

    def __init__(self, regions: QuerySet[Region], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [
            (name, capital(str(model._meta.verbose_name)))
            for name, model in kinds().items()
        ]
        kind: Any = self.fields["kind"]
        kind.choices = [("", _("All")), *sorted(named, key=lambda pair: pair[1])]
        region: Any = self.fields["region"]
        region.queryset = regions.order_by("name", "id")
        region.label_from_instance = lambda row: row.name

    @property
    def wanted(self) -> dict[str, Any]:
        """The filters that are set and make sense."""
        self.is_valid()
        return {name: value for name, value in self.cleaned_data.items() if value}
