"""A finding's way: recorded, reviewed, adopted into a step, or rejected with a reason."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.enums import FINDING_MOVES, FindingState
from pilots.models import Finding, Step
from regions import history
from regions.history import Act


class CannotMoveFinding(Exception):  # noqa: N818 - a refusal, told to the user as it stands
    """The finding is not in a state that allows this, or something is missing."""


@transaction.atomic
def record_finding(*, act: Act, **values: Any) -> Finding:
    """A new finding, proposed by whoever records it."""
    if Finding.objects.filter(
        programme=values["programme"], title=values["title"]
    ).exists():
        raise CannotMoveFinding(_("A finding with these words exists already."))
    return history.create(Finding(author=act.by, **values), act)


@transaction.atomic
def review_finding(finding: Finding, *, version: int, act: Act) -> Finding:
    """Somebody at headquarters has read it and found it sound."""
    return _move(finding, FindingState.REVIEWED, version, act)


@transaction.atomic
def adopt_finding(finding: Finding, *, step: Step, version: int, act: Act) -> Finding:
    """Make it part of the standard: from now on it shows on every task of the step."""
    if step.procedure.programme_id != finding.programme_id:
        raise CannotMoveFinding(_("That step belongs to another programme."))
    return _move(finding, FindingState.ADOPTED, version, act, step=step)


@transaction.atomic
def reject_finding(finding: Finding, *, reason: str, version: int, act: Act) -> Finding:
    if not reason.strip():
        raise CannotMoveFinding(_("Say why it is rejected."))
    return _move(finding, FindingState.REJECTED, version, act, decision_reason=reason)


@transaction.atomic
def retire_finding(finding: Finding, *, version: int, act: Act) -> Finding:
    """It no longer holds; it leaves the tasks but stays on record."""
    return _move(finding, FindingState.RETIRED, version, act)


@transaction.atomic
def reopen_finding(finding: Finding, *, version: int, act: Act) -> Finding:
    """A rejected one is proposed again."""
    return _move(finding, FindingState.PROPOSED, version, act, decision_reason="")


def _move(
    finding: Finding, state: FindingState, version: int, act: Act, **values: Any
) -> Finding:
    row = history.lock(Finding.objects.all(), finding.pk, version)
    if state not in FINDING_MOVES[FindingState(row.state)]:
        raise CannotMoveFinding(
            _("This finding is %(state)s, so this is not possible now.")
            % {"state": row.get_state_display()}
        )
    history.change(row, {"state": state, **values}, act)
    return row
