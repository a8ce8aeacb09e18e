"""A finding's way: recorded, reviewed, adopted into a step, or rejected with a reason."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from pilots.enums import FINDING_MOVES, FindingState
from pilots.models import Finding, Step
from regions import history
from regions.history import Act

# These show their step, or would again.
ON_TASKS = (FindingState.ADOPTED, FindingState.RETIRED)


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
def edit_finding(
    finding: Finding, values: Mapping[str, Any], *, version: int, act: Act
) -> Finding:
    """What it says is put better. Raises CannotMoveFinding and EditedMeanwhile."""
    row = history.lock(Finding.objects.all(), finding.pk, version)
    if row.state == FindingState.MERGED:
        raise CannotMoveFinding(_("This finding is merged. Change the one it led to."))
    if row.state in ON_TASKS and values.get("step") is None:
        raise CannotMoveFinding(
            _("An adopted finding needs the step that it concerns.")
        )
    same = Finding.objects.filter(
        programme=row.programme_id, title=values.get("title", row.title)
    )
    if same.exclude(pk=row.pk).exists():
        raise CannotMoveFinding(_("A finding with these words exists already."))
    history.change(row, values, act)
    return row


@transaction.atomic
def merge_finding(
    finding: Finding, *, into: Finding, version: int, act: Act
) -> Finding:
    """The same was found twice: this one leads to the one that is kept from now on.

    What was merged into this one leads there too. What stands on tasks is not taken off
    them by the way: then the other one is merged, or both stand on the same step.
    Raises CannotMoveFinding and EditedMeanwhile.
    """
    # In one order, so that two who merge crosswise do not wait for each other.
    for pk in sorted({finding.pk, into.pk}):
        history.lock(Finding.objects.all(), pk)
    with_step = Finding.objects.select_related("step")
    kept = history.lock(with_step, into.pk)
    if kept.pk == finding.pk or kept.state == FindingState.MERGED:
        raise CannotMoveFinding(_("Choose another finding that is not merged itself."))
    if kept.programme_id != finding.programme_id:
        raise CannotMoveFinding(_("That finding belongs to another programme."))
    row = history.lock(with_step, finding.pk, version)
    is_lost = kept.state != FindingState.ADOPTED or _key(kept) != _key(row)
    if row.state == FindingState.ADOPTED and is_lost:
        raise CannotMoveFinding(
            _(
                "This one stands on the tasks of its step and the other does not. Merge "
                "the other one into this one."
            )
        )
    earlier = row.merged.select_for_update(of=("self",)).order_by("id")
    history.change_all([(one, {"merged_into": kept}) for one in earlier], act)
    return _move(row, FindingState.MERGED, version, act, merged_into=kept)


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


def _key(finding: Finding) -> UUID | None:
    """Of its step, the same in every version."""
    return finding.step.key if finding.step else None


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
