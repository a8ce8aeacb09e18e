"""Forms of the bottom app: shape only; services decide."""

import uuid
from datetime import datetime
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.utils.translation import gettext_lazy as _

from regions.enums import AskAnswer, Channel, Felt, Outcome
from regions.models import Ask, Contact
from regions.services.contacts import Log, NewAsk

MINUTES = [(5, "5"), (10, "10"), (15, "15"), (20, "20"), (30, _("more"))]


class DateInput(forms.DateInput):
    """The browser's own date field, which wants ISO dates."""

    input_type = "date"

    def __init__(self, **attrs: Any) -> None:
        super().__init__(attrs=attrs, format="%Y-%m-%d")


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


class ContactForm(forms.Form):
    """One talk: three taps, everything else is optional."""

    outcome = forms.ChoiceField(
        label=_("Result"), choices=Outcome.choices, widget=forms.RadioSelect
    )
    minutes = forms.TypedChoiceField(
        label=_("Minutes"),
        choices=MINUTES,
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    answer = forms.ChoiceField(
        label=_("The ask"),
        choices=AskAnswer.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    felt = forms.ChoiceField(
        label=_("Felt"), choices=Felt.choices, required=False, widget=forms.RadioSelect
    )
    moved_to_date = forms.DateField(
        label=_("New day of the talk"), required=False, widget=DateInput()
    )
    ask_due_date = forms.DateField(
        label=_("New day of the ask"), required=False, widget=DateInput()
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the CIO and the liaison of the region can read it."),
    )
    channel = forms.ChoiceField(
        label=_("How"), choices=Channel.choices, initial=Channel.PHONE, required=False
    )
    held_at = forms.DateTimeField(label=_("When"), required=False, widget=MinuteInput())
    key = forms.UUIDField(widget=forms.HiddenInput)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_new(cls, outcome: str = "") -> "ContactForm":
        return cls(initial={"outcome": outcome, "felt": Felt.SAME, "key": uuid.uuid4()})

    @classmethod
    def for_contact(cls, contact: Contact) -> "ContactForm":
        return cls(
            initial={
                "outcome": contact.outcome,
                "minutes": contact.minutes,
                "answer": contact.ask_answer,
                "felt": contact.felt,
                "moved_to_date": contact.check_in.day_date
                if contact.check_in
                else None,
                "ask_due_date": contact.ask_due_date,
                "note": contact.note,
                "channel": contact.channel,
                "held_at": contact.held_at,
                "key": contact.key,
                "version": contact.version,
            }
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = data.get("outcome")
        if outcome == Outcome.REACHED and not data.get("minutes"):
            self.add_error("minutes", _("Say how many minutes the talk took."))
        if outcome == Outcome.MOVED and not data.get("moved_to_date"):
            self.add_error(
                "moved_to_date", _("Give the day that the talk was moved to.")
            )
        if data.get("answer") == AskAnswer.LATER and not data.get("ask_due_date"):
            self.add_error("ask_due_date", _("Give the new day of the ask."))
        return data

    def to_log(
        self, at: datetime, *, ask: Ask | None, new_ask: NewAsk | None = None
    ) -> Log:
        data = self.cleaned_data
        return Log(
            outcome=Outcome(data["outcome"]),
            held_at=data["held_at"] or at,
            minutes=data["minutes"],
            channel=Channel(data["channel"] or Channel.PHONE),
            felt=data["felt"],
            ask=ask,
            new_ask=new_ask,
            answer=data["answer"],
            ask_due_date=data["ask_due_date"],
            moved_to_date=data["moved_to_date"],
            note=data["note"],
            key=data["key"],
        )
