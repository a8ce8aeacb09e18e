"""Forms of the top app: shape only; services decide."""

from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from regions.forms.fields import offer_by_name
from regions.merging import MergingForm
from regions.models import Ask, Region, RegionalCEO, User
from rollout.enums import BlockReason, DutyKind, MailState
from rollout.models import Task
from rollout.queries.atwork import at_work

from .filters import Filter, region_field


class BlockForm(MergingForm):
    """Why a task cannot go on."""

    reason = forms.ChoiceField(
        label=_("Why?"), choices=BlockReason.choices, widget=forms.RadioSelect
    )
    note = forms.CharField(label=_("What is missing?"), max_length=300, required=False)
    waits_for = forms.ModelChoiceField(
        label=_("Who can help?"),
        queryset=User.objects.none(),
        required=False,
        empty_label="–",
    )

    waits_for_ask = forms.ModelChoiceField(
        label=_("Which ask of the CEO frees it?"),
        queryset=Ask.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("When it is done, the task is open again."),
    )

    def __init__(
        self,
        task: Task,
        data: Any = None,
        reason: str | None = None,
        asks: QuerySet[Ask] | None = None,
        *,
        at: datetime,
    ) -> None:
        """`asks` are those to choose from; none where the reader does not know them."""
        said_now = {
            "version": task.version,
            "reason": task.block_reason or reason,
            "note": task.block_note,
            "waits_for": task.waits_for_id,
            "waits_for_ask": task.waits_for_ask_id,
        }
        super().__init__(data, initial=said_now)
        if asks is None:
            del self.fields["waits_for_ask"]
        else:
            self.fields["waits_for_ask"].queryset = asks  # type: ignore[attr-defined]
        offer_by_name(self.fields["waits_for"], helpers_for(task, at))


def helpers_for(task: Task, at: datetime) -> Any:
    """Who can be waited for: the region's people, its CEO, and the CIO and headquarters."""
    region = task.plan.region_id
    near = at_work(at, region)
    heads = RegionalCEO.objects.current().filter(region=region)
    rows = User.objects.filter(
        Q(pk__in=near.values("user")) | Q(pk__in=heads.values("user"))
    )
    return rows.filter(left_date=None)


class SignInLinkForm(forms.Form):
    """Where to mail the link."""

    email = forms.EmailField(
        label=_("E-mail"),
        widget=forms.EmailInput(
            attrs={"autocomplete": "username", "inputmode": "email"}
        ),
    )


class LedgerFilter(Filter):
    """What of the ledger is wanted; from the address, where nonsense filters nothing."""

    state = forms.ChoiceField(
        label=_("State"),
        choices=[("", _("All")), *MailState.choices],
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind"), choices=[("", _("All")), *DutyKind.choices], required=False
    )
    days = forms.ChoiceField(
        label=_("Period"),
        choices=[
            ("", _("All")),
            ("1", _("last 24 hours")),
            ("7", _("last 7 days")),
            ("30", _("last 30 days")),
        ],
        required=False,
    )
    region = region_field()
    q = forms.CharField(
        label=_("Recipient"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search"}),
    )
    mine = forms.BooleanField(label=_("To me only"), required=False)

    def __init__(
        self, regions: QuerySet[Region], *args: Any, is_ledger: bool, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(region=regions)
        if not is_ledger:
            for name in ("region", "q", "mine"):
                del self.fields[name]
