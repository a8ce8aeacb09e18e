"""What two people did to one row at the same time, put together field by field.

A form over a row carries, hidden, what each field said when it was shown. What only one
side changed merges by itself; where both changed, the person chooses. Nothing that was
typed is lost. Every form over a row that others may edit saves through `save_merging`.
"""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, TypeVar

from django import forms
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext as _

from regions.history import EditedMeanwhile
from regions.models import Versioned
from regions.telling import last_saved
from regions.wording import full_day, listed, moment

SEEN, TAKE = "seen-", "take-"
TRIES = 5
Saved = TypeVar("Saved")


class MergingForm(forms.Form):
    """Knows the version and the texts that it was shown with. `_seen.html` carries them."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(None if data is None else _chosen(data), **options)

    @property
    def seen(self) -> list[tuple[str, str]]:
        """Hidden fields with what the row said; in a form that was sent, as they came."""
        if self.is_bound:
            return [(key, self.data[key]) for key in self.data if key.startswith(SEEN)]
        return [(SEEN + field.html_name, shown(field)) for field in texts(self)]


@dataclass(frozen=True)
class Difference:
    """One field, what it said when the form was shown, and what both sides made of it."""

    field: forms.BoundField
    before: str
    mine: str
    theirs: str
    clashes: bool = True

    @property
    def is_chips(self) -> bool:
        return isinstance(self.field.field.widget, forms.RadioSelect)

    @property
    def take(self) -> str:
        return TAKE + self.field.html_name


class Clashing(Exception):  # noqa: N818 - told to the user on a page of its own
    """Both changed the same field, or what merged by itself contradicts itself.

    `form` holds what is merged so far, over the row as it is now.
    """

    def __init__(
        self, form: forms.BaseForm, row: Versioned, met: list[Difference]
    ) -> None:
        self.form, self.row = form, row
        self.clashes = [one for one in met if one.clashes]
        self.merged = [one for one in met if not one.clashes]
        super().__init__(str(EditedMeanwhile(row)))

    @property
    def who(self) -> str:
        return last_saved(self.row)

    @property
    def rest(self) -> list[forms.BoundField]:
        """What has to be sent along with the choices; shown where it is at fault."""
        asked = {one.field.html_name for one in self.clashes}
        return [field for field in texts(self.form) if field.html_name not in asked]


def save_merging(
    form: forms.BaseForm,
    make: Callable[[Any, Any], forms.BaseForm],
    save: Callable[[Any], Saved],
) -> Saved:
    """Save a valid form; if somebody else saved meanwhile, merge and save that.

    `make` gives the form over a row: as it is now (data None), or with data. `save` gets
    the form to save. Raises Clashing when the person has to choose.
    """
    # A form that says nothing of what was seen merges nothing.
    is_blind = not any(key.startswith(SEEN) for key in form.data)
    met: list[Difference] = []
    for nth in range(TRIES):
        try:
            return save(form)
        except EditedMeanwhile as refusal:
            row = refusal.row
        theirs = make(row, None)
        data, more = merge(form, theirs)
        form = make(row, data)
        met = [*met, *(_on(form, one) for one in more)]
        must_choose = is_blind or any(one.clashes for one in met)
        if must_choose or not form.is_valid() or nth == TRIES - 1:
            break
    raise Clashing(form, row, met)


def merge(
    mine: forms.BaseForm, theirs: forms.BaseForm
) -> tuple[MultiValueDict[str, str], list[Difference]]:
    """The data of both, and where they differ: what clashes keeps the text of mine."""
    sent_data: Any = mine.data
    data = sent_data.copy()
    data["version"] = str(theirs["version"].value())
    met = []
    for field in texts(theirs):
        name = field.html_name
        base, now = mine.data.get(SEEN + name), shown(field)
        sent = text_of(field.field, _posted(mine, field))
        data[SEEN + name] = now
        data.pop(TAKE + name, None)
        if sent == now or base == now:
            continue
        said = Difference(
            field,
            before=words(field.field, base) if base else "",
            mine=words(field.field, sent),
            theirs=words(field.field, now),
            clashes=base != sent,
        )
        if not said.clashes:
            _put(data, field, now)
        met.append(said)
    return data, met


def texts(form: forms.BaseForm) -> Iterator[forms.BoundField]:
    """The fields that somebody fills in."""
    return (field for field in form.visible_fields() if not field.field.disabled)


def shown(field: forms.BoundField) -> str:
    """What a field says of the row."""
    return text_of(field.field, field.initial)


def text_of(field: forms.Field, value: Any) -> str:
    """A value as browsers get and send it, so that what was sent and what is compare."""
    if isinstance(field, forms.BooleanField):
        # A box shows nothing of its value but its tick.
        return "on" if field.to_python(value) else ""
    text: Any = field.widget.format_value(field.prepare_value(value))
    if isinstance(text, list | tuple):
        return ",".join(sorted(str(one) for one in text if one not in ("", None)))
    return "\n".join(str("" if text is None else text).splitlines()).strip()


def words(field: forms.Field, text: str) -> str:
    """A text of `text_of` as people read it."""
    labels = {str(key): label for key, label in getattr(field.widget, "choices", ())}
    with suppress(ValueError):
        if isinstance(field, forms.DateField):
            return full_day(date.fromisoformat(text))
        if isinstance(field, forms.DateTimeField):
            return moment(datetime.fromisoformat(text))
    if isinstance(field, forms.BooleanField):
        return _("yes") if text else _("no")
    if getattr(field.widget, "allow_multiple_selected", False) and text:
        return listed(str(labels.get(one, one)) for one in text.split(","))
    return str(labels.get(text, text)) if text else "–"


def _posted(form: forms.BaseForm, field: forms.BoundField) -> Any:
    return field.field.widget.value_from_datadict(
        form.data, form.files, field.html_name
    )


def _put(data: Any, field: forms.BoundField, text: str) -> None:
    if getattr(field.field.widget, "allow_multiple_selected", False):
        data.setlist(field.html_name, text.split(",") if text else [])
    else:
        data[field.html_name] = text


def _chosen(data: Any) -> Any:
    """What was sent, with their text wherever the person took theirs."""
    taken = [key.removeprefix(TAKE) for key in data if key.startswith(TAKE)]
    theirs = [name for name in taken if data[TAKE + name] == "theirs"]
    if not theirs:
        return data
    data = data.copy()
    for name in theirs:
        data[name] = data.get(SEEN + name, "")
    return data


def _on(form: forms.BaseForm, one: Difference) -> Difference:
    """The same difference, with its field as the merged form has it."""
    return replace(one, field=form[one.field.name])
