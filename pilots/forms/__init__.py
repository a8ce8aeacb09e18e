"""Forms of the middle app: shape only; services decide."""

from .findings import (
    AdoptForm,
    EditFindingForm,
    FindingForm,
    MergeForm,
    RejectForm,
    VersionForm,
)
from .pilots import CriterionForm, NewCriterionForm, PilotForm

__all__ = [
    "AdoptForm",
    "CriterionForm",
    "EditFindingForm",
    "FindingForm",
    "MergeForm",
    "NewCriterionForm",
    "PilotForm",
    "RejectForm",
    "VersionForm",
]
