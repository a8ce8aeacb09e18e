"""How often CEOs are talked to: of one, or of all in a wave. Shape only."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from regions.enums import Caller, Stage
from regions.merging import MergingForm
from regions.models import Rhythm

LONGEST = 365
DAYS = [f"{stage}_{kind}" for stage in Stage for kind in ("ideal", "longest")]


def _number(label: str, least: int, most: int) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        validators=[MinValueValidator(least), MaxValueValidator(most)],
        widget=forms.NumberInput(attrs={"min": least, "max": most}),
    )


class RhythmForm(MergingForm):
    """Ideal and longest days between two talks by stage, and when the talks begin."""

    def __init__(
        self,
        rhythm: Rhythm,
        data: Any = None,
        *,
        sets_caller: bool,
        is_wave: bool = False,
    ) -> None:
        names = [*DAYS, "lead_weeks", "version"]
        now = {name: getattr(rhythm, name) for name in names}
        super().__init__(
            data, initial=now | {"caller": "" if is_wave else rhythm.caller}
        )
        for name in DAYS:
            self.fields[name] = _number(_label(name), 1, LONGEST)
        self.fields["lead_weeks"] = _number(_label("lead_weeks"), 0, 52)
        if sets_caller:
            as_it_is = [("", _("as it is set now"))] if is_wave else []
            self.fields["caller"] = forms.ChoiceField(
                label=_("Who calls"),
                choices=[*as_it_is, *Caller.choices],
                required=not is_wave,
            )

    def clean(self) -> dict[str, Any]:
        """The faults stand at the longest days, in words."""
        data = super().clean() or {}
        for stage in Stage:
            ideal, longest = data.get(f"{stage}_ideal"), data.get(f"{stage}_longest")
            if ideal is not None and longest is not None and longest <= ideal:
                text = _("The longest days have to be more than the ideal %(n)d.")
                self.add_error(f"{stage}_longest", text % {"n": ideal})
        return data

    @property
    def stages(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """The two fields of each stage, as they stand beside one another."""
        return [(self[f"{stage}_ideal"], self[f"{stage}_longest"]) for stage in Stage]

    @property
    def values(self) -> dict[str, Any]:
        """What to set; who calls only where somebody said so."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name != "version" and value != ""
        }


def _label(name: str) -> str:
    """Before kick-off: ideal days."""
    column: Any = Rhythm._meta.get_field(name)
    label = str(column.verbose_name)
    return label[:1].upper() + label[1:]
