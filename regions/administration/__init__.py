"""What the admin of all three apps is built on: its site, its forms, its kinds of pages.

Every save goes through the history; every row is reached through `visible_to`.
"""

from .acts import RowsAct, Told
from .forms import ManySuggestions, RecordForm, field_of
from .pages import HeadquartersOnly, LedgerAdmin, link_to, name_of
from .records import LedgerInline, RecordAdmin, RecordInline
from .requests import admin_act, person
from .site import Site

__all__ = [
    "HeadquartersOnly",
    "LedgerAdmin",
    "LedgerInline",
    "ManySuggestions",
    "RecordAdmin",
    "RecordForm",
    "RecordInline",
    "RowsAct",
    "Site",
    "Told",
    "admin_act",
    "field_of",
    "link_to",
    "name_of",
    "person",
]
