"""Forms of the ledger of asks: shape only; services decide."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from regions.enums import AskKind, AskOf, AskState
from regions.forms import once_key
from regions.forms.fields import TicksField
from regions.merging import MergingForm
from regions.models import Ask, Programme, Region, User
from regions.services.asks import NewAsk
from rollout.models import Task, Wave

from .filters import Filter, region_field
from .people import DayField


class AskFields(forms.Form):
    """What an ask says."""

    text = forms.CharField(
        label=_("What is asked"),
        max_length=Ask._meta.get_field("text").max_length,
        help_text=_("As it completes “please …”: name a data owner."),
    )
    kind = forms.ChoiceField(
        label=_("Kind"),
        choices=AskKind.choices,
        initial=AskKind.DECISION,
        widget=forms.RadioSelect,
    )
    due_date = DayField(label=_("Due"), required=False)


class NewAskForm(AskFields):
    key = once_key()
    programme = forms.ModelChoiceField(
        label=_("Programme"), queryset=Programme.objects.none(), empty_label=None
    )
    of = forms.ChoiceField(
        label=_("Of whom"),
        choices=AskOf.choices,
        initial=AskOf.CEO,
        widget=forms.RadioSelect,
    )

    def __init__(
        self, programmes: QuerySet[Programme], data: Any = None, **initial: Any
    ) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["programme"]
        field.queryset = programmes
        field.label_from_instance = lambda row: row.name
        field.initial = programmes.first()
        if programmes.count() == 1:
            field.widget = forms.HiddenInput()

    @property
    def new(self) -> NewAsk:
        said = self.cleaned_data
        return NewAsk(
            AskKind(said["kind"]), said["text"], said["due_date"], of=AskOf(said["of"])
        )


class AskForm(AskFields, MergingForm):
    """The ask as it stands, to be worded anew or given another day."""

    def __init__(self, ask: Ask, data: Any = None) -> None:
        now = {name: getattr(ask, name) for name in ("text", "kind", "due_date")}
        super().__init__(data, initial={**now, "version": ask.version})


class SettleForm(forms.Form):
    """One tap: what became of the ask as the page knew it."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    state = forms.ChoiceField(choices=AskState.choices)


class LinkForm(forms.Form):
    """Which blocked tasks wait for an ask."""

    task = TicksField(label=_("Blocked tasks"), queryset=Task.objects.none())

    def __init__(self, tasks: QuerySet[Task], data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["task"]
        field.queryset = tasks
        field.label_from_instance = lambda row: row.title


class UnlinkForm(forms.Form):
    """One task that waits for an ask no more."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    task = forms.ModelChoiceField(queryset=Task.objects.none())

    def __init__(self, tasks: QuerySet[Task], data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["task"]
        field.queryset = tasks


FOLDED = ("kind", "wave", "overdue")


class AskFilter(Filter):
    """Which asks are wanted; from the address, where nonsense filters nothing."""

    q = forms.CharField(
        label=_("Region or words"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    of = forms.ChoiceField(
        label=_("Of whom"), choices=[("", _("All")), *AskOf.choices], required=False
    )
    region = region_field()
    state = forms.ChoiceField(
        label=_("State"),
        choices=[
            ("", pgettext_lazy("asks", "open or promised")),
            *((str(one.value), one.label) for one in AskState),
            ("all", _("All")),
        ],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *AskKind.choices], required=False
    )
    wave = forms.ModelChoiceField(
        label=_("Wave"),
        queryset=Wave.objects.none(),
        empty_label=_("All"),
        required=False,
    )
    overdue = forms.BooleanField(label=_("Overdue only"), required=False)

    def __init__(self, reader: User, data: Any = None) -> None:
        super().__init__(data)
        self.offer(
            region=Region.objects.visible_to(reader),
            wave=Wave.objects.visible_to(reader),
        )

    @property
    def is_narrow(self) -> bool:
        """Whether one of those is set that are else folded away."""
        return any(self[name].value() for name in FOLDED)
