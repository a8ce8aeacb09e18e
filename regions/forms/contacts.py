"""The log of one talk: all of it by taps, and what its draft keeps."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from regions.enums import (
    AskAnswer,
    AskKind,
    Atmosphere,
    Channel,
    Felt,
    Outcome,
    Topic,
)
from regions.forms import DateInput, MinuteInput, TimeInput, once_key
from regions.merging import MergingForm
from regions.models import Ask, Contact
from regions.privacy import private_fields
from regions.services.checkins import Slot
from regions.services.contacts import Log, NewAsk

MINUTES = [(5, "5"), (10, "10"), (15, "15"), (20, "20"), (30, _("more"))]
# As short as a tap wants them.
CHANNELS = [
    (Channel.PHONE, Channel.PHONE.label),
    (Channel.VISIT, Channel.VISIT.label),
    (Channel.MAIL, Channel.MAIL.label),
    (Channel.PEER, _("CEO to CEO")),
    (Channel.DEMO, _("Demo")),
]
PROPOSED, OTHER, BOOK = "proposed", "other", "book"
# Of a talk that is logged, these are settled.
OF_NEW_ONLY = (
    "ask", "new_kind", "new_text", "new_due_date", "next_talk", "next_date", "next_time",
)  # fmt: skip
MOST_TEXT, MOST_TEXTS = 2000, 20


@dataclass(frozen=True)
class Preset:
    """What the sheet proposes for the log, chosen from facts, so that nothing is typed."""

    # What can be asked for, with its words; the first is chosen.
    asks: list[tuple[str, str]]
    kind: str
    text: str
    due_date: date | None
    topics: list[str]
    next_date: date | None
    # What the two chips of the next talk say.
    unbooked: str
    book: str
    # Asks that were settled while the form was open can still be what was talked about.
    settled: frozenset[str] = frozenset()
    outcome: str = ""
    channel: str = ""


class AskField(forms.ChoiceField):
    """One of the asks that are offered, or one that was until a moment ago."""

    settled: frozenset[str] = frozenset()

    def valid_value(self, value: Any) -> bool:
        return str(value) in self.settled or super().valid_value(value)


class TopicsField(forms.MultipleChoiceField):
    """Takes codes with commas between too, as the row holds them."""

    def to_python(self, value: Any) -> list[str]:
        given = super().to_python(value)
        return [code for text in given for code in text.split(",") if code]


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
    ask = AskField(label=_("Ask for"), required=False, widget=forms.RadioSelect)
    new_kind = forms.ChoiceField(
        label=_("Kind of ask"), choices=AskKind.choices, required=False
    )
    new_text = forms.CharField(
        label=_("What do you ask for?"), required=False, max_length=200
    )
    new_due_date = forms.DateField(
        label=_("Until when?"), required=False, widget=DateInput()
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
    atmosphere = forms.ChoiceField(
        label=_("Atmosphere"),
        choices=Atmosphere.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    topics = TopicsField(
        label=_("Topics"),
        choices=Topic.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    moved_to_date = forms.DateField(
        label=_("New day of the talk"), required=False, widget=DateInput()
    )
    moved_to_time = forms.TimeField(
        label=_("Time there, if agreed"), required=False, widget=TimeInput()
    )
    ask_due_date = forms.DateField(
        label=_("New day of the ask"), required=False, widget=DateInput()
    )
    next_talk = forms.ChoiceField(
        label=_("Next talk"), required=False, widget=forms.RadioSelect
    )
    next_date = forms.DateField(
        label=_("Day of the next talk"), required=False, widget=DateInput()
    )
    next_time = forms.TimeField(
        label=_("Time there, if agreed"), required=False, widget=TimeInput()
    )
    note = forms.CharField(
        label=_("Note"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only the CIO and the liaison of the region can read it."),
    )
    channel = forms.ChoiceField(
        label=_("How"),
        choices=CHANNELS,
        initial=Channel.PHONE,
        required=False,
        widget=forms.RadioSelect,
    )
    held_at = forms.DateTimeField(label=_("When"), required=False, widget=MinuteInput())
    key = once_key()
    # A new one has none.
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    @classmethod
    def for_new(
        cls, preset: Preset, data: Any = None, draft: Mapping[str, Any] | None = None
    ) -> "ContactForm":
        """What the sheet proposes, then what the draft says, then what was asked for."""
        offered = dict(preset.asks)
        first = next(iter(offered))
        proposed = {
            "ask": first,
            "new_kind": preset.kind,
            "new_text": preset.text,
            "new_due_date": preset.due_date,
            "felt": Felt.SAME,
            "atmosphere": Atmosphere.GOOD,
            "topics": preset.topics,
            "next_talk": "",
            "next_date": preset.next_date,
            "channel": Channel.PHONE,
        }
        kept = {name: said for name, said in (draft or {}).items() if said != ""}
        if kept.get("ask", first) not in offered:
            kept["ask"] = first
        wanted = {"outcome": preset.outcome, "channel": preset.channel}
        said = {name: text for name, text in wanted.items() if text}
        form = cls(data, initial=proposed | kept | said)
        ask, next_talk = form.fields["ask"], form.fields["next_talk"]
        ask.choices = preset.asks  # type: ignore[attr-defined]
        ask.settled = preset.settled  # type: ignore[attr-defined]
        next_talk.choices = [("", preset.unbooked), (BOOK, preset.book)]  # type: ignore[attr-defined]
        return form

    @classmethod
    def for_contact(
        cls, contact: Contact, data: Any = None, *, reads_private: bool
    ) -> "ContactForm":
        """To correct a log; without what is private for whoever may not read that."""
        booking = contact.check_in
        form = cls(
            data,
            initial={
                "outcome": contact.outcome,
                "minutes": contact.minutes,
                "answer": contact.ask_answer,
                "felt": contact.felt,
                "atmosphere": contact.atmosphere,
                "topics": contact.topic_list,
                "moved_to_date": booking.day_date if booking else None,
                "moved_to_time": booking.at_time if booking else None,
                "ask_due_date": contact.ask_due_date,
                "note": contact.note,
                "channel": contact.channel,
                "held_at": contact.held_at,
                "key": contact.key,
                "version": contact.version,
            },
        )
        hidden = () if reads_private else private_fields(contact)
        for name in (*OF_NEW_ONLY, *hidden):
            del form.fields[name]
            form.initial.pop(name, None)
        return form

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        outcome = data.get("outcome")
        by_mail = data.get("channel") == Channel.MAIL
        if outcome == Outcome.REACHED and not data.get("minutes") and not by_mail:
            self.add_error("minutes", _("Say how many minutes the talk took."))
        if outcome == Outcome.MOVED and not data.get("moved_to_date"):
            self.add_error(
                "moved_to_date", _("Give the day that the talk was moved to.")
            )
        if data.get("answer") == AskAnswer.LATER and not data.get("ask_due_date"):
            self.add_error("ask_due_date", _("Give the new day of the ask."))
        if data.get("ask") == OTHER:
            self._insist("new_text", _("Say what you ask for."))
            self._insist("new_due_date", _("Say until when."))
        if data.get("next_talk") == BOOK:
            self._insist("next_date", _("Give the day of the next talk."))
        return data

    def _insist(self, name: str, fault: Any) -> None:
        if not self.cleaned_data.get(name) and name not in self.errors:
            self.add_error(name, fault)

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
            atmosphere=data["atmosphere"],
            topics=frozenset(map(Topic, data["topics"])),
            ask=ask,
            new_ask=new_ask,
            answer=data["answer"],
            ask_due_date=data["ask_due_date"],
            moved_to_date=data["moved_to_date"],
            moved_to_time=data["moved_to_time"],
            note=data.get("note"),
            key=data["key"],
        )

    @property
    def written_ask(self) -> NewAsk:
        """The ask that somebody wrote instead of those offered."""
        data = self.cleaned_data
        kind = AskKind(data["new_kind"] or AskKind.INFORMATION)
        due = data["new_due_date"]
        return NewAsk(kind, data["new_text"], due_date=due, is_written=True)

    @property
    def next_slot(self) -> Slot | None:
        """The next talk, where it is to be booked; a moved one has its day already."""
        data = self.cleaned_data
        if data["next_talk"] != BOOK or data["outcome"] == Outcome.MOVED:
            return None
        return Slot(data["next_date"], data["next_time"])


def draft_of(sent: MultiValueDict[str, str]) -> dict[str, Any]:
    """What a form in the middle of being filled in says, whether it is right or not."""
    kept: dict[str, Any] = {}
    for name, field in ContactForm.base_fields.items():
        texts = [
            text.replace("\0", "")[:MOST_TEXT]
            for text in sent.getlist(name)[:MOST_TEXTS]
        ]
        if isinstance(field, forms.MultipleChoiceField):
            kept[name] = texts
        elif texts and name != "version":
            kept[name] = texts[-1]
    return kept


def _exact(shown: datetime | None, at: datetime) -> datetime:
    """The field shows minutes: left alone, it means the moment as it was kept."""
    if shown is None or shown == at.replace(second=0, microsecond=0):
        return at
    return shown
