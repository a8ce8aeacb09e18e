"""The form for a calendar feed: shape only; services decide."""

from django import forms
from django.utils.translation import gettext_lazy as _

from regions.forms import once_key


class FeedForm(forms.Form):
    """What it is for, so that one knows later which one to revoke."""

    key = once_key()
    device = forms.CharField(
        label=_("Device or program"),
        max_length=60,
        widget=forms.TextInput(
            attrs={"placeholder": _("My phone"), "autocomplete": "off"}
        ),
    )
