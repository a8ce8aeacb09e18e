"""Forms of the bottom app: shape only; services decide."""

import uuid
from datetime import date
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from regions.enums import PlannedMail
from regions.merging import Clashing, MergingForm
from regions.models import User
from regions.places import countries, subdivisions, zones


class DateInput(forms.DateInput):
    """The browser's own date field, which wants ISO dates."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


class TimeInput(forms.TimeInput):
    """The browser's own field for a time of day."""

    input_type = "time"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%H:%M")


class MinuteInput(forms.DateTimeInput):
    """The browser's own field for a day and a time."""

    input_type = "datetime-local"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%dT%H:%M")


class SignInForm(LoginForm):  # type: ignore[misc] # allauth has no types
    """allauth's form in our words."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].label = _("E-mail")
        self.fields["login"].widget.attrs = {
            "autocomplete": "username",
            "inputmode": "email",
        }
        self.fields["password"].label = _("Password")
        self.fields["password"].help_text = ""
        self.fields["password"].widget.attrs = {"autocomplete": "current-password"}


def once_key() -> forms.UUIDField:
    """What makes a double click or a reload of a form that adds something one act."""
    return forms.UUIDField(initial=uuid.uuid4, widget=forms.HiddenInput)


def pressed_again(form: forms.BaseForm, refusal: Exception) -> None:
    """The form was sent before with other content: the next press adds a second row."""
    sent: Any = form.data
    data = sent.copy()
    data["key"] = str(uuid.uuid4())
    form.data = data
    form.add_error(None, str(refusal))


class SettingsForm(MergingForm):
    """How often mail comes and when, in which language and by which calendar."""

    planned_mail = forms.ChoiceField(
        label=_("Planned mail"), choices=PlannedMail.choices, widget=forms.RadioSelect
    )
    paused_until_date = forms.DateField(
        label=_("No planned mail until"),
        required=False,
        widget=DateInput(),
        help_text=_("The first day on which it comes again. Empty: no pause."),
    )
    quiet_from_time = forms.TimeField(label=_("Quiet from"), widget=TimeInput())
    quiet_to_time = forms.TimeField(
        label=_("Quiet until"),
        widget=TimeInput(),
        help_text=_("Overnight. What you ask for yourself comes at once."),
    )
    language = forms.ChoiceField(
        label=_("Language"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        help_text=_("Of pages and mails; the page changes at once."),
    )
    time_zone = forms.ChoiceField(label=_("Time zone"))
    country = forms.ChoiceField(
        label=_("Country"),
        required=False,
        help_text=_("No planned mail comes on its public holidays."),
    )
    subdivision = forms.CharField(
        label=_("State or province"), required=False, widget=forms.Select
    )

    def __init__(self, user: User, day: date, data: Any = None) -> None:
        self.day = day
        super().__init__(data, initial=self._said_now(user))
        self._offer("time_zone", zones(get_language()), user.time_zone)
        self._offer("country", countries(get_language()), user.country)
        country = self["country"].value() or ""
        mine = user.subdivision if country == user.country else ""
        self.fields["subdivision"].widget.choices = _with(subdivisions(country), mine)

    def _said_now(self, user: User) -> dict[str, Any]:
        """A pause that is over is none."""
        values = {name: getattr(user, name) for name in self.base_fields}
        until = user.paused_until_date
        return values | {
            "paused_until_date": until if until and until > self.day else None
        }

    def _offer(self, name: str, choices: list[tuple[str, str]], mine: str) -> None:
        """All that is known, and what the person has already."""
        self.fields[name].choices = _with(choices, mine)  # type: ignore[attr-defined]

    def clean_paused_until_date(self) -> date | None:
        until: date | None = self.cleaned_data["paused_until_date"]
        if until is not None and until <= self.day:
            raise forms.ValidationError(gettext("Give a day that lies ahead."))
        return until

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        begins, ends = data.get("quiet_from_time"), data.get("quiet_to_time")
        if begins and ends and ends >= begins:
            self.add_error(
                "quiet_to_time",
                _(
                    "Quiet hours are overnight: they end earlier in the day than they begin."
                ),
            )
        # Another country has other states.
        known = {code for code, _name in self.fields["subdivision"].widget.choices}
        if data.get("subdivision") not in known:
            data["subdivision"] = ""
        return data

    @property
    def changes(self) -> dict[str, Any]:
        """What differs from what is kept, by field."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and value != self.initial[name]
        }

    def tell_both_texts(self, conflict: Clashing) -> None:
        """Sent again, the form means to replace what somebody else saved meanwhile."""
        for one in conflict.clashes:
            said = _("It now says “%(theirs)s”. You wrote “%(yours)s”.")
            both = {"theirs": one.theirs, "yours": one.mine}
            self.add_error(one.field.name, said % both)
        self.add_error(None, str(conflict))


def _with(choices: list[tuple[str, str]], mine: str) -> list[tuple[str, str]]:
    if mine in dict(choices):
        return choices
    return [*choices, (mine, mine)]
