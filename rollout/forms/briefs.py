"""Forms of briefs to CEOs and of their answers: shape only; services decide."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext, pgettext_lazy

from regions.forms import once_key
from regions.merging import MergingForm
from regions.models import Ask
from regions.services.contacts import NewAsk
from regions.wording import capital
from rollout.brevity import is_chinese, most, overflow, total
from rollout.enums import BriefAnswer
from rollout.models import Brief
from rollout.models.brief import SENTENCE_LENGTH, TEXT_LENGTH, TEXTS
from rollout.queries.proposals import Proposal
from rollout.services.briefs import Wanted

from .people import DayField

NEW = "new"


class NewBriefForm(forms.Form):
    """Which one thing is asked: of what is open, or what fits the stage; and by when."""

    key = once_key()
    ask = forms.ChoiceField(label=_("The one thing to ask"), widget=forms.RadioSelect)
    due_date = DayField(label=_("Needed by"))

    def __init__(
        self, asks: Sequence[Ask], proposal: Proposal, day: date, data: Any = None
    ) -> None:
        first = str(asks[0].pk) if asks else NEW
        due = next((ask.due_date for ask in asks if ask.due_date), None)
        wanted = due if due is not None and due >= day else proposal.due_date
        super().__init__(data, initial={"ask": first, "due_date": wanted})
        self.asks, self.proposal, self.day = asks, proposal, day
        field: Any = self.fields["ask"]
        field.choices = [(str(ask.pk), capital(ask.text)) for ask in asks] + [
            (NEW, capital(proposal.text))
        ]

    def clean_due_date(self) -> date:
        due: date = self.cleaned_data["due_date"]
        if due < self.day:
            raise forms.ValidationError(_("This day is past."))
        return due

    @property
    def wanted(self) -> Wanted:
        data = self.cleaned_data
        chosen = next((ask for ask in self.asks if str(ask.pk) == data["ask"]), None)
        new = NewAsk(self.proposal.kind, self.proposal.text)
        return Wanted(chosen or new, data["due_date"])


class BriefForm(MergingForm):
    """The texts of a brief. All of them together are as short as two minutes ask for."""

    due_date = DayField(label=_("Needed by"))

    def __init__(self, row: Brief, data: Any = None) -> None:
        now = {**row.texts, "due_date": row.due_date, "version": row.version}
        super().__init__(data, initial=now)
        self.row = row
        for name in TEXTS:
            self.fields[name] = _field(name)
        self.order_fields([*TEXTS, "due_date", "version"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        texts = {name: data.get(name, "") for name in TEXTS}
        if found := overflow(texts, self.row.language):
            name, count = found
            self.add_error(name, too_many(count, self.row.language))
        return data

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in (*TEXTS, "due_date")}

    @property
    def count(self) -> int:
        """How long it is: as it was typed, else as it stands."""
        texts = [str(self[name].value() or "") for name in TEXTS]
        return total(texts, self.row.language)

    @property
    def most(self) -> int:
        return most(self.row.language)

    @property
    def counts_characters(self) -> bool:
        return is_chinese(self.row.language)


def _field(name: str) -> forms.CharField:
    column: Any = Brief._meta.get_field(name)
    rows = 1 if name == "source" else 2
    return forms.CharField(
        label=capital(str(column.verbose_name)),
        help_text=column.help_text,
        max_length=TEXT_LENGTH,
        required=name == "need",
        widget=forms.Textarea(attrs={"rows": rows, "data-count": "brief"}),
    )


def too_many(count: int, language: str) -> str:
    said = (
        ngettext(
            "All together it is %(n)d character too long.",
            "All together it is %(n)d characters too long.",
            count,
        )
        if is_chinese(language)
        else ngettext(
            "All together it is %(n)d word too long.",
            "All together it is %(n)d words too long.",
            count,
        )
    )
    return said % {"n": count}


class BriefAnswerForm(forms.Form):
    """What a CEO says: one of three, and a sentence if he likes."""

    answer = forms.ChoiceField(
        label=pgettext_lazy("brief", "Your answer"),
        choices=BriefAnswer.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose an answer first.")},
    )
    sentence = forms.CharField(
        label=_("A sentence, if you like"),
        required=False,
        max_length=SENTENCE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, row: Brief, data: Any = None, chosen: str = "") -> None:
        initial = {"answer": chosen or row.answer, "sentence": row.sentence}
        super().__init__(data, initial=initial)
