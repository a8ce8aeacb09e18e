"""The one place that says which fields are private, and what reads it to keep them so.

A private field is read by the CIO and the liaison of the row's region only. From this
follows that its entries in the history are theirs alone and are told without the text
(`history`, `telling`), that no admin can name it in a form, list, filter, search or
export (`administration`), and that whoever is shown it stands in the log
(`services.privacy`). A new private field is one line here.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model

PRIVATE_FIELDS: Mapping[str, frozenset[str]] = {
    "regions.contact": frozenset({"note"}),
    "regions.regionalceo": frozenset({"careful_with"}),
    "regions.stance": frozenset({"current", "wanted", "sentence"}),
}


def private_fields(model: Model | type[Model]) -> frozenset[str]:
    """The private fields of a row, or of its kind."""
    return PRIVATE_FIELDS.get(model._meta.label_lower, frozenset())


def reaches_private(model: type[Model], path: str) -> bool:
    """Whether a lookup, such as `ceo__contacts__note__contains`, comes to a private field."""
    here: Any = model
    for name in path.strip("-^=@").split("__"):
        if here is None:
            return False
        if name in private_fields(here):
            return True
        try:
            here = here._meta.get_field(name).related_model
        except FieldDoesNotExist:
            return False
    return False
