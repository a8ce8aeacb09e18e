"""Pilots, what they taught, and the playbook of procedures and steps made of it."""

from .finding import Finding
from .pilot import Pilot, SuccessCriterion
from .playbook import Procedure, Step, StepLink

__all__ = ["Finding", "Pilot", "Procedure", "Step", "StepLink", "SuccessCriterion"]
