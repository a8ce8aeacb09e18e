"""Forms of the bottom app: shape only; services decide."""

import uuid
from datetime import date, datetime
from typing import Any

from allauth.account.forms import LoginForm
from django import forms
from django.conf import settings
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from regions.enums import AskAnswer, Channel, Felt, Outcome, PlannedMail
from regions.merging import Clashing, MergingForm
from regions.models import Ask, Contact, User
from regions.places import countries, subdivisions, zones
from regions.privacy import private_fields
from regions.services.contacts import Log, NewAsk

MINUTES = [(5, "5"), (10, "10"), (15, "15"), (20, "20"), (30, _("more"))]


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


class ContactForm(MergingForm):
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
    key = once_key()
    # A new one has none.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_new(cls, outcome: str = "") -> "ContactForm":
        return cls(initial={"outcome": outcome, "felt": Felt.SAME})

    @classmethod
    def for_contact(
        cls, contact: Contact, data: Any = None, *, reads_private: bool
    ) -> "ContactForm":
        """To correct a log; without what is private for whoever may not read that."""
        form = cls(
            data,
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
            },
        )
        for name in () if reads_private else private_fields(contact):
            del form.fields[name]
            del form.initial[name]
        return form

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
            held_at=_exact(data["held_at"], at),
            minutes=data["minutes"],
            channel=Channel(data["channel"] or Channel.PHONE),
            felt=data["felt"],
            ask=ask,
            new_ask=new_ask,
            answer=data["answer"],
            ask_due_date=data["ask_due_date"],
            moved_to_date=data["moved_to_date"],
            note=data.get("note"),
            key=data["key"],
        )


def _exact(shown: datetime | None, at: datetime) -> datetime:
    """The field shows minutes: left alone, it means the moment as it was kept."""
    if shown is None or shown == at.replace(second=0, microsecond=0):
        return at
    return shown


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
