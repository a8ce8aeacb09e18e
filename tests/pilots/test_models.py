"""Each rule that the database holds is broken once."""

from datetime import date
from uuid import uuid4

import pytest
from django.db.models import F

from pilots.models import Finding, Pilot, Procedure, Step, StepLink, SuccessCriterion
from tests import factories
from tests.constraints import (
    Rows,
    changed,
    constraint_against,
    named_constraints,
    second,
)

BREACHES = {
    "finding_adopted_has_step": changed(Finding, state="adopted"),
    "finding_area_known": changed(Finding, area="other"),
    "criterion_direction_known": changed(SuccessCriterion, direction="other"),
    "criterion_metric_unique": second(SuccessCriterion),
    "finding_effect_says_of_what": changed(Finding, effect_amount=2),
    "finding_merged_says_into_which": changed(Finding, state="merged"),
    "finding_money_has_currency": changed(Finding, effect_currency="CNY"),
    "finding_severity_known": changed(Finding, severity="other"),
    "finding_trigger_known": changed(Finding, trigger="other"),
    "finding_kind_known": changed(Finding, kind="other"),
    "finding_of_pilot_or_wave": changed(Finding, wave_name="Wave 1"),
    "finding_rejected_has_reason": changed(Finding, state="rejected"),
    "finding_state_known": changed(Finding, state="other"),
    "finding_title_unique": second(Finding),
    "pilot_ends_after_it_begins": changed(
        Pilot, from_date=date(2027, 3, 2), to_date=date(2027, 3, 1)
    ),
    "pilot_name_unique": second(Pilot),
    "procedure_number_positive": changed(Procedure, number=0),
    "procedure_draft_is_published_by_nobody": changed(Procedure, published_by_id=1),
    "procedure_one_draft": second(Procedure, number=2),
    "procedure_version_unique": second(Procedure, published_at=factories.NOW),
    "step_effort_not_negative": changed(Step, effort_hours=-1),
    "step_key_unique": second(Step, title="Another"),
    "step_kind_known": changed(Step, kind="other"),
    "step_offset_sane": changed(Step, offset_days=-1501),
    "step_role_known": changed(Step, role="other"),
    "step_unit_known": changed(Step, offset_unit="other"),
    "step_title_unique": second(Step, key=uuid4()),
    "steplink_not_to_itself": changed(StepLink, before_id=F("step_id")),
    "steplink_once": second(StepLink),
}


@pytest.fixture
def rows(programme) -> Rows:
    pilot = factories.make_pilot(programme)
    # A draft, as what is published refuses every change.
    procedure = factories.make_procedure(programme, published_at=None)
    step = factories.make_step(procedure)
    made = [
        pilot,
        procedure,
        factories.make_criterion(pilot),
        step,
        factories.make_step_link(step, factories.make_step(procedure, "First")),
        factories.make_finding(programme, pilot=pilot),
    ]
    return {type(row): row for row in made}


@pytest.mark.parametrize("constraint", BREACHES)
def test_constraint_refuses_its_breach(constraint, rows):
    assert constraint_against(BREACHES[constraint], rows) == constraint


def test_every_constraint_is_broken_above():
    assert set(BREACHES) == named_constraints("pilots")
