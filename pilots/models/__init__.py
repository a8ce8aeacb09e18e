"""Pilots, what they taught, and the playbook of procedures and steps made of it."""

from .finding import Finding
from .pilot import Pilot, SuccessCriterion
from .playbook import Procedure, Step

__all__ = ["Finding", "Pilot", "Procedure", "Step", "SuccessCriterion"]
