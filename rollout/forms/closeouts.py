"""Forms of a close-out: shape only; services decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from regions.forms import once_key
from regions.forms.fields import TicksField
from regions.models import User


class AskAllForm(forms.Form):
    """Who is asked what the pilot taught."""

    key = once_key()
    people = TicksField(
        label=_("Who took part"),
        queryset=User.objects.none(),
        error_messages={"required": _("Choose whom to ask.")},
    )

    def __init__(self, people: QuerySet[User], data: Any = None) -> None:
        everybody = [person.pk for person in people]
        super().__init__(data, initial={"people": everybody})
        field: Any = self.fields["people"]
        field.queryset = people
        field.label_from_instance = lambda row: row.name


class SaidForm(forms.Form):
    """One answer; nothing is an answer too."""

    text = forms.CharField(
        label=_("In your own words"),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
    )
    is_named = forms.BooleanField(
        label=_("Put my name to this answer"),
        required=False,
        help_text=_(
            "Else nobody is told who said it. A name once given stays in the history."
        ),
    )
