"""What is read about pilots, findings and the playbook."""

from .findings import (
    FindingLine,
    StateCount,
    files_of,
    finding_counts,
    findings_of,
    lines_of,
    similar_findings,
    waiting_since,
    ways_of,
)
from .pilots import (
    CriterionLine,
    PilotPage,
    criteria_of,
    pilot_history,
    pilot_page,
    pilots_of,
)
from .playbook import lessons_by_key, lessons_for, procedures_of, with_lessons

__all__ = [
    "CriterionLine",
    "FindingLine",
    "PilotPage",
    "StateCount",
    "criteria_of",
    "files_of",
    "finding_counts",
    "findings_of",
    "lessons_by_key",
    "lessons_for",
    "lines_of",
    "pilot_history",
    "pilot_page",
    "pilots_of",
    "procedures_of",
    "similar_findings",
    "waiting_since",
    "ways_of",
    "with_lessons",
]
