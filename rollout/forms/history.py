"""What of the history is wanted; from the address, where nonsense filters nothing."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.models import Region
from regions.wording import capital
from rollout.queries.history import kinds

from .filters import Filter, region_field
from .people import DayField


class HistoryFilter(Filter):
    """Who changed what, where and when. Days are those of the reader."""

    who = forms.CharField(
        label=pgettext_lazy("history", "Who"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), required=False)
    region = region_field()
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
        self.offer(region=regions)
