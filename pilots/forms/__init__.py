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
from .playbook import NewProcedureForm, NewStepForm, StepForm

__all__ = [
    "AdoptForm",
    "CriterionForm",
    "EditFindingForm",
    "FindingForm",
    "MergeForm",
    "NewCriterionForm",
    "NewProcedureForm",
    "NewStepForm",
    "PilotForm",
    "RejectForm",
    "StepForm",
    "VersionForm",
]
