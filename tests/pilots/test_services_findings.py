import pytest

from pilots.enums import Area, FindingKind, FindingState
from pilots.queries import lessons_for
from pilots.services import findings
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from tests.factories import NOW, make_finding, make_procedure, make_programme, make_step


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def step(programme):
    return make_step(make_procedure(programme))


def test_finding_goes_from_recorded_to_the_tasks_of_its_step(
    programme, step, act, staff_north
):
    finding = findings.record_finding(
        programme=programme,
        kind=FindingKind.LESSON,
        area=Area.DATA,
        title="Lists were kept twice",
        act=Act(by=staff_north, at=NOW),
    )
    assert lessons_for(step) == []

    findings.review_finding(finding, version=1, act=act)
    findings.adopt_finding(finding, step=step, version=2, act=act)

    assert lessons_for(step) == [finding]
    assert finding.author == staff_north
    states = HistoryEntry.objects.of(finding).filter(field="state").order_by("id")
    assert [entry.after for entry in states] == ["reviewed", "adopted"]


def test_retired_finding_leaves_the_tasks(programme, step, act):
    finding = make_finding(programme, step=step, state=FindingState.ADOPTED)

    findings.retire_finding(finding, version=1, act=act)

    assert lessons_for(step) == []


def test_finding_is_not_adopted_before_its_review(programme, step, act):
    finding = make_finding(programme)

    with pytest.raises(findings.CannotMoveFinding, match="proposed"):
        findings.adopt_finding(finding, step=step, version=1, act=act)


def test_finding_is_not_adopted_into_another_programme(step, act, db):
    other = make_programme("OTHER")
    finding = make_finding(other, state=FindingState.REVIEWED)

    with pytest.raises(findings.CannotMoveFinding, match="another programme"):
        findings.adopt_finding(finding, step=step, version=1, act=act)


def test_rejecting_needs_a_reason(programme, act):
    finding = make_finding(programme)

    with pytest.raises(findings.CannotMoveFinding):
        findings.reject_finding(finding, reason=" ", version=1, act=act)


def test_rejected_finding_can_be_proposed_again(programme, act):
    finding = make_finding(programme)

    findings.reject_finding(finding, reason="heard once only", version=1, act=act)
    findings.reopen_finding(finding, version=2, act=act)

    finding.refresh_from_db()
    assert (finding.state, finding.decision_reason) == (FindingState.PROPOSED, "")


def test_second_decision_on_an_old_page_is_refused(programme, act):
    finding = make_finding(programme)
    findings.review_finding(finding, version=1, act=act)

    with pytest.raises(EditedMeanwhile):
        findings.reject_finding(finding, reason="no", version=1, act=act)


def test_same_words_twice_are_refused(programme, act):
    finding = make_finding(programme)

    with pytest.raises(findings.CannotMoveFinding):
        findings.record_finding(
            programme=programme,
            kind=FindingKind.LESSON,
            area=Area.DATA,
            title=finding.title,
            act=act,
        )
