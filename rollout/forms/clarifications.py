"""Forms of clarifications and of the appraisal sheet: shape only; services decide."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.forms import once_key
from regions.forms.fields import offer_by_name
from regions.merging import MergingForm
from regions.models import Region, RegionalCEO, User
from rollout.enums import ClarificationState, Reply
from rollout.models import Clarification, Task
from rollout.models.clarification import TEXT_LENGTH
from rollout.queries.atwork import at_work
from rollout.services.clarifications import NewPerson, Question

from .filters import Filter, region_field
from .people import DayField


def people_near(region: Region, at: datetime) -> QuerySet[User]:
    """Who can be asked at once: the region's people, its CEO, the CIO and headquarters,
    and who was asked about it before."""
    near = at_work(at, region.pk)
    heads = RegionalCEO.objects.current().filter(region=region)
    asked = Clarification.objects.filter(region=region)
    rows: QuerySet[User] = User.objects.filter(
        Q(pk__in=near.values("user"))
        | Q(pk__in=heads.values("user"))
        | Q(pk__in=asked.values("asked_of"))
    )
    return rows.filter(left_date=None)


def _question() -> forms.CharField:
    return forms.CharField(
        label=_("Question"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def _proposal() -> forms.CharField:
    return forms.CharField(
        label=_("What we have understood"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_(
            "Then one tap is enough to confirm it. Empty: he answers in his own words."
        ),
    )


def _needed() -> DayField:
    return DayField(
        label=_("Needed by"),
        required=False,
        help_text=_("Two working days before, he is reminded."),
    )


class AskForm(forms.Form):
    """A question, to somebody who is known or is named here."""

    key = once_key()
    question = _question()
    proposal = _proposal()
    asked_of = forms.ModelChoiceField(
        label=_("Who answers?"),
        queryset=User.objects.none(),
        required=False,
        empty_label=_("somebody else, named below"),
    )
    name = forms.CharField(label=_("Name"), max_length=100, required=False)
    email = forms.EmailField(
        label=_("E-mail"),
        max_length=254,
        required=False,
        help_text=_("He needs no login: he answers by a link in the mail."),
    )
    task = forms.ModelChoiceField(
        label=_("Task"), queryset=Task.objects.none(), required=False, empty_label="–"
    )
    due_date = _needed()

    def __init__(
        self,
        region: Region,
        asker: User,
        tasks: QuerySet[Task],
        data: Any = None,
        **initial: Any,
    ) -> None:
        super().__init__(data, initial=initial)
        people = people_near(region, asker.moment).exclude(pk=asker.pk)
        offer_by_name(self.fields["asked_of"], people)
        task: Any = self.fields["task"]
        task.queryset = tasks

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("asked_of") or self.errors:
            return data
        for name in ("name", "email"):
            if not data.get(name):
                self.add_error(name, _("Choose somebody, or give name and e-mail."))
        return data

    @property
    def of(self) -> User | NewPerson:
        data = self.cleaned_data
        chosen: User | None = data["asked_of"]
        return chosen or NewPerson(name=data["name"], email=data["email"])

    @property
    def asked(self) -> Question:
        return _asked(self.cleaned_data)


class AskAgainForm(MergingForm):
    """The question as it stands, to be corrected and asked anew."""

    question = _question()
    proposal = _proposal()
    due_date = _needed()

    def __init__(self, row: Clarification, data: Any = None) -> None:
        now = {
            name: getattr(row, name) for name in ("question", "proposal", "due_date")
        }
        # What was said to be wrong is what we understand now.
        if row.state == ClarificationState.DECLINED:
            now["proposal"] = row.answer
        super().__init__(data, initial={**now, "version": row.version})

    @property
    def asked(self) -> Question:
        return _asked(self.cleaned_data)


def _asked(data: dict[str, Any]) -> Question:
    return Question(data["question"], data["proposal"], data["due_date"])


class ReplyForm(forms.Form):
    """What whoever is asked says: to what we have understood, or in his own words."""

    question = forms.IntegerField(widget=forms.HiddenInput)
    said = forms.ChoiceField(
        label=pgettext_lazy("reply", "Is that right?"),
        choices=Reply.choices,
        required=False,
        widget=forms.RadioSelect,
    )
    text = forms.CharField(
        label=_("Your answer"),
        required=False,
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, row: Clarification, data: Any = None, said: str = "") -> None:
        is_right = row.state == ClarificationState.CONFIRMED
        before = {
            ClarificationState.CONFIRMED: Reply.RIGHT,
            ClarificationState.DECLINED: Reply.WRONG,
        }.get(ClarificationState(row.state), "")
        now = {
            "question": row.pk,
            "said": said or before,
            "text": "" if row.proposal and is_right else row.answer,
        }
        super().__init__(data, initial=now, auto_id=f"id_{row.pk}_%s")
        self.row = row
        if row.proposal:
            self.fields["text"].label = _("If not: what is right instead?")
        else:
            del self.fields["said"]

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("said", ""))


class ClarificationFilter(Filter):
    """Which questions are wanted; from the address, where nonsense filters nothing."""

    region = region_field()
    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), *ClarificationState.choices],
        required=False,
    )
    asked_of = forms.ModelChoiceField(
        label=_("Asked of"),
        queryset=User.objects.none(),
        empty_label=_("All"),
        required=False,
    )

    def __init__(
        self, regions: QuerySet[Region], people: QuerySet[User], data: Any
    ) -> None:
        super().__init__(data)
        self.offer(region=regions, asked_of=people)


class PeriodForm(forms.Form):
    """The days of an appraisal sheet, both included."""

    def __init__(self, first: date, last: date, data: Any = None) -> None:
        super().__init__(data, initial={"from": first, "to": last})
        # Named as in the address, where Python has a word of its own.
        self.fields["from"] = DayField(label=pgettext_lazy("first day", "From"))
        self.fields["to"] = DayField(label=pgettext_lazy("last day", "To"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        first, last = data.get("from"), data.get("to")
        if first and last and last < first:
            self.add_error("to", _("The last day lies before the first."))
        return data
