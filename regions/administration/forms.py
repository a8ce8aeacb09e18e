"""The form of a record: tells when somebody else saved meanwhile, and keeps the input."""

from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.contrib.admin.utils import display_for_field
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db.models import Field, Model
from django.utils import timezone
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regions.forms import DateInput
from regions.history import EditedMeanwhile
from regions.telling import last_saved

if TYPE_CHECKING:
    ModelForm = forms.ModelForm[Any]
else:
    ModelForm = forms.ModelForm

# Not "version": a model form refuses the name of a column that is not editable.
VERSION = "seen_version"
YES_NO = {True: gettext_lazy("yes"), False: gettext_lazy("no")}

__all__ = [
    "DateInput",
    "ManySuggestions",
    "RecordForm",
    "Suggestions",
    "WeekdaysField",
    "ZoneField",
    "columns_of",
    "field_of",
]


class Suggestions(AutocompleteSelect):
    """Django's, without a query for a row that was read together with the form's own."""

    known: Model | None = None

    def optgroups(self, name: str, value: Any, attrs: Any = None) -> Any:
        if self.known is None or list(value) != [str(self.known.pk)]:
            return super().optgroups(name, value, attrs)
        label = self.choices.field.label_from_instance(self.known)
        chosen = self.create_option(name, self.known.pk, label, True, 1)  # noqa: FBT003
        blank = [] if self.is_required else [self.create_option(name, "", "", False, 0)]  # noqa: FBT003
        return [(None, [*blank, chosen], 0)]


class ManySuggestions(AutocompleteSelectMultiple):
    """Several rows from suggestions; each is taken out by its own cross.

    The one cross for all would stand in the list of the chosen, where only items may.
    """

    def build_attrs(self, base_attrs: Any, extra_attrs: Any = None) -> dict[str, Any]:
        attrs: dict[str, Any] = super().build_attrs(base_attrs, extra_attrs)
        return attrs | {"data-allow-clear": "false"}


class WeekdaysField(forms.MultipleChoiceField):
    """Working days as boxes to tick; the column holds their digits, 1 for Monday."""

    widget = forms.CheckboxSelectMultiple

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        days = [(str(number + 1), name) for number, name in WEEKDAYS.items()]
        super().__init__(choices=days, **kwargs)

    def prepare_value(self, value: Any) -> list[str]:
        return list(value or "")

    def clean(self, value: Any) -> str:
        return "".join(sorted(super().clean(value)))

    def has_changed(self, initial: Any, data: Any) -> bool:
        return super().has_changed(list(initial or ""), data)


class ZoneField(forms.ChoiceField):
    """A time zone from the list of those that this machine knows."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.pop("max_length", None)
        super().__init__(choices=_zones, **kwargs)


@cache
def _zones() -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(available_timezones())]


class RecordForm(ModelForm):
    """Shape only: services and the history save.

    `rules` says in words which constraint of the database a value breaks.
    """

    rules: ClassVar[dict[str, Any]] = {}

    seen_version = forms.IntegerField(widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk is not None:
            self.initial[VERSION] = self.instance.version
            for name in self.fields.keys() - {VERSION}:
                self.fields[name].show_hidden_initial = True
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if isinstance(widget, Suggestions):
                widget.known = self.instance._state.fields_cache.get(name)

    @property
    def is_new(self) -> bool:
        return bool(self.instance._state.adding)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not self.is_new and data.get(VERSION) != self.instance.version:
            self._merge(data)
        return data

    def _merge(self, data: dict[str, Any]) -> None:
        """The row is locked and read anew: what only one side changed merges by itself."""
        is_blind = data.get(VERSION) is None
        both = []
        for name in columns_of(self):
            if name not in self.changed_data:
                data[name] = getattr(self.instance, name)
            elif self._differs_now(name) and (is_blind or self._was_changed(name)):
                both.append(name)
        if both:
            self._tell_both_texts({name: data[name] for name in both})

    def _differs_now(self, name: str) -> bool:
        bound = self[name]
        return bool(bound.field.has_changed(bound.initial, bound.data))

    def _was_changed(self, name: str) -> bool:
        """Whether the row says something else than when the form was shown."""
        bound = self[name]
        hidden: Any = bound.field.hidden_widget()
        seen = hidden.value_from_datadict(self.data, {}, bound.html_initial_name)
        return seen is None or bool(bound.field.has_changed(bound.initial, seen))

    def _tell_both_texts(self, values: dict[str, Any]) -> None:
        """Shown again, the form knows what the row says; saved again, it means its own."""
        text = f"{EditedMeanwhile(self.instance)} {last_saved(self.instance)}"
        self.add_error(None, ValidationError(text.strip(), code="edited"))
        self._show_row_of_now()
        for name, value in values.items():
            both = {
                "theirs": words(self.instance, name, getattr(self.instance, name)),
                "yours": words(self.instance, name, value),
            }
            said = _("It now says “%(theirs)s”. You wrote “%(yours)s”.") % both
            self.add_error(name, ValidationError(said, code="edited"))

    def _show_row_of_now(self) -> None:
        sent: Any = self.data
        data = sent.copy()
        data[self.add_prefix(VERSION)] = str(self.instance.version)
        for name in columns_of(self):
            bound = self[name]
            field: Any = bound.field
            now = field.prepare_value(bound.initial)
            _put(data, field.hidden_widget(), bound.html_initial_name, now)
            if name not in self.changed_data:
                _put(data, field.hidden_widget(), bound.html_name, now)
        self.data = data

    @property
    def settled_later(self) -> set[str]:
        """Fields whose rules the service makes true when it saves."""
        return set()

    def _post_clean(self) -> None:
        """Django leaves out every rule that names a field which the form does not show."""
        super()._post_clean()  # type: ignore[misc]
        if self.errors:
            return
        try:
            self.instance.validate_constraints(exclude=self.settled_later)
        except ValidationError as faults:
            self._update_errors(faults)

    def _update_errors(self, errors: ValidationError) -> None:
        """As Django does it, but each rule of the database in words instead of its name."""
        said = {
            constraint.get_violation_error_message(): self.rules[constraint.name]
            for constraint in self.instance._meta.constraints
            if constraint.name in self.rules
        }
        for faults in errors.error_dict.values():
            for fault in faults:
                fault.message = said.get(fault.message, fault.message)
        super()._update_errors(errors)  # type: ignore[misc]


def _put(data: Any, widget: Any, name: str, value: Any) -> None:
    """Write a value as a hidden field sends it."""
    if hasattr(widget, "decompress"):
        parts = zip(
            widget.widgets_names, widget.widgets, widget.decompress(value), strict=True
        )
        for suffix, part, text in parts:
            _put(data, part, name + suffix, text)
    elif isinstance(widget, forms.MultipleHiddenInput):
        data.setlist(name, list(value or ()))
    else:
        data[name] = "" if value is None else str(value)


def columns_of(form: "RecordForm") -> list[str]:
    """The columns of the row that the form has a good value for."""
    fields = form.instance._meta.concrete_fields
    columns = {field.name for field in fields if not field.primary_key}
    return [name for name in form.cleaned_data if name in columns]


def words(row: Model, name: str, value: Any) -> str:
    """A value of a field as the form's reader knows it."""
    if isinstance(value, bool):
        return str(YES_NO[value])
    return str(display_for_field(value, field_of(type(row), name), "–"))


def field_of(model: type[Model], name: str) -> "Field[Any, Any]":
    field = model._meta.get_field(name)
    assert isinstance(field, Field)  # noqa: S101 - forms have columns only
    return field


def today() -> date:
    """In the reader's zone; what a date field of a new row starts with."""
    return timezone.localdate()
