"""Forms about findings."""

from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

from pilots.enums import Area, Effect, FindingKind, FindingState, Severity, triggers
from pilots.models import Finding, Pilot, Procedure, Step
from pilots.models.playbook import ProcedureQuerySet
from regions.forms import once_key
from regions.forms.fields import offer_by_name
from regions.merging import MergingForm
from regions.models import Programme, User

LINES = forms.Textarea(attrs={"rows": 2})
# Similar ones are shown while the title is typed; without a script by a button.
WHILE_TYPING = {
    "hx-get": reverse_lazy("pilots:finding-similar"),
    "hx-trigger": "input changed delay:400ms",
    "hx-target": "#similar",
    "hx-sync": "this:replace",
}
NONE_CHOSEN: list[tuple[str, Any]] = [("", "–")]


class FindingFields(forms.Form):
    """What happened, why, what it did, and what to do differently."""

    kind = forms.ChoiceField(
        label=_("Kind"), choices=FindingKind.choices, widget=forms.RadioSelect
    )
    title = forms.CharField(
        label=_("What happened"),
        max_length=150,
        widget=forms.TextInput(attrs=WHILE_TYPING),
    )
    recommendation = forms.CharField(
        label=_("Do differently"), max_length=300, required=False, widget=LINES
    )
    area = forms.ChoiceField(label=_("Area"), choices=Area.choices)
    cause = forms.CharField(
        label=_("Cause"), max_length=300, required=False, widget=LINES
    )
    effect = forms.CharField(
        label=_("Effect"), max_length=300, required=False, widget=LINES
    )
    effect_amount = forms.DecimalField(
        label=_("How much"), required=False, max_digits=14, decimal_places=2
    )
    effect_of = forms.ChoiceField(
        label=_("Of what"), choices=[*NONE_CHOSEN, *Effect.choices], required=False
    )
    effect_currency = forms.CharField(
        label=_("Currency"),
        max_length=10,
        required=False,
        help_text=_("For money only, for example CNY or 10,000 CNY."),
    )
    severity = forms.ChoiceField(
        label=_("How bad when it happens again"),
        choices=[*NONE_CHOSEN, *Severity.choices],
        required=False,
    )
    trigger = forms.ChoiceField(label=_("When it matters"), required=False)
    pilot = forms.ModelChoiceField(
        label=_("Pilot"),
        queryset=Pilot.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("Leave it out for a finding of a later wave."),
    )
    step = forms.ModelChoiceField(
        label=_("Step that it concerns"),
        queryset=Step.objects.none(),
        required=False,
        empty_label="–",
    )
    owner = forms.ModelChoiceField(
        label=_("In charge"),
        queryset=User.objects.none(),
        required=False,
        empty_label="–",
        help_text=_("Is reminded once if nobody decides for 14 days."),
    )

    def offer(
        self, programme: Programme, user: User, step: Step | None, *keep: int | None
    ) -> None:
        """What can be chosen in a programme by somebody, and what is chosen already."""
        fields: Any = self.fields
        fields["trigger"].choices = [*NONE_CHOSEN, *triggers()]
        fields["pilot"].queryset = programme.pilots.order_by("name", "id")
        versions = Procedure.objects.visible_to(user).filter(programme=programme)
        fields["step"].queryset = steps_of(versions, step)
        fields["step"].label_from_instance = step_label
        near = User.objects.visible_to(user).filter(may_sign_in=True)
        kept = User.objects.filter(pk__in=[pk for pk in keep if pk is not None])
        offer_by_name(fields["owner"], (near | kept).distinct())

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        amount, of = data.get("effect_amount"), data.get("effect_of")
        if amount is not None and not of:
            self.add_error("effect_of", _("Say what the number counts."))
        if of and amount is None and "effect_amount" not in self.errors:
            self.add_error("effect_amount", _("Say how much."))
        if of != Effect.MONEY:
            data["effect_currency"] = ""
        elif not data.get("effect_currency"):
            self.add_error("effect_currency", _("Say in which currency."))
        return data


class FindingForm(FindingFields):
    """A new one; `step` is that of the task it comes from."""

    key = once_key()

    def __init__(
        self,
        programme: Programme,
        user: User,
        *args: Any,
        step: Step | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.offer(programme, user, step)


EDITED = tuple(FindingFields.base_fields)


class EditFindingForm(FindingFields, MergingForm):
    """One that is there."""

    def __init__(self, finding: Finding, user: User, data: Any = None) -> None:
        now = {name: finding.serializable_value(name) for name in EDITED}
        super().__init__(data, initial=now | {"version": finding.version})
        self.offer(finding.programme, user, finding.step, finding.owner_id)
        if finding.wave_name:
            # It is of a wave, so it is of no pilot.
            del self.fields["pilot"]

    @property
    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in EDITED if name in self.fields}


class VersionForm(forms.Form):
    """An act of one button: only what the page knew of the row."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, finding: Finding, data: Any = None) -> None:
        now = {"version": finding.version, "step": finding.step_id}
        super().__init__(data, initial=now)


class AdoptForm(VersionForm):
    """The step whose tasks will show the finding."""

    step = forms.ModelChoiceField(
        label=_("Step"), queryset=Step.objects.none(), empty_label="–"
    )

    def __init__(self, finding: Finding, data: Any = None) -> None:
        super().__init__(finding, data)
        # Who adopts writes the playbook too.
        versions = Procedure.objects.filter(programme=finding.programme_id)
        step: Any = self.fields["step"]
        step.queryset = steps_of(versions, finding.step)
        step.label_from_instance = step_label


class RejectForm(VersionForm):
    reason = forms.CharField(label=_("Why is it rejected?"), max_length=300)


class MergeForm(VersionForm):
    """The one that is kept."""

    into = forms.ModelChoiceField(
        label=_("Merge into"),
        queryset=Finding.objects.none(),
        empty_label="–",
        help_text=_("The files and links of this one lead there from then on."),
    )

    def __init__(self, finding: Finding, data: Any = None) -> None:
        super().__init__(finding, data)
        others = Finding.objects.filter(programme=finding.programme_id)
        others = others.exclude(state=FindingState.MERGED).exclude(pk=finding.pk)
        self.fields["into"].queryset = others.order_by("title", "id")  # type: ignore[attr-defined]


def steps_of(versions: ProcedureQuerySet, kept: Step | None) -> QuerySet[Step]:
    """Each step once: as the newest version has it, else as only a draft does; and the
    one that is chosen already as it is, whatever its version."""
    now = Step.objects.filter(procedure__in=versions.newest())
    drafts = Q(procedure__in=versions.drafts()) & ~Q(key__in=now.values("key"))
    wanted = Q(procedure__in=versions.newest()) | drafts
    if kept is not None:
        wanted = wanted & ~Q(key=kept.key) | Q(pk=kept.pk)
    rows = Step.objects.filter(wanted).select_related("procedure")
    return rows.order_by("procedure__position", "position", "id")


def step_label(step: Step) -> str:
    if step.procedure.is_draft:
        return _("%(title)s (draft)") % {"title": step.title}
    return step.title
