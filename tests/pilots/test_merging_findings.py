"""The same found twice: what the merged one leads to, and what is refused."""

import pytest

from pilots.enums import UNDECIDED, FindingState
from pilots.models import Finding
from pilots.queries import files_of, lessons_for
from pilots.services.findings import CannotMoveFinding, edit_finding, merge_finding
from regions.history import Act
from regions.services.undo import undo
from tests import factories
from tests.factories import NOW, make_finding

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def step(programme):
    return factories.make_step(factories.make_procedure(programme))


def test_files_and_all_that_was_merged_before_lead_to_the_one_kept(
    programme, hq, act, as_user
):
    first, second, kept = (make_finding(programme, f"F{n}") for n in range(3))
    factories.make_attachment(first, hq, name="first.txt")
    merge_finding(first, into=second, version=1, act=act)

    merge_finding(second, into=kept, version=1, act=act)

    merged = Finding.objects.filter(state=FindingState.MERGED)
    assert set(merged.values_list("merged_into", flat=True)) == {kept.pk}
    assert [line.file.name for line in files_of(kept, hq).standing] == ["first.txt"]
    page = as_user(hq).get(f"/findings/{first.pk}/").content.decode()
    assert f'href="/findings/{kept.pk}/"' in page


def test_merging_is_taken_back_as_a_whole(programme, act):
    first, second, kept = (make_finding(programme, f"F{n}") for n in range(3))
    merge_finding(first, into=second, version=1, act=Act(by=act.by, at=NOW))
    merge_finding(second, into=kept, version=1, act=act)

    undo(act.id, act=Act(by=act.by, at=NOW))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.merged_into, second.merged_into) == (second, None)
    assert second.state == FindingState.PROPOSED


def test_who_reads_the_one_kept_is_led_there(programme, act, step, staff_north):
    merged = make_finding(programme, "Twice")
    kept = make_finding(programme, "Once", state=FindingState.ADOPTED, step=step)
    hidden = make_finding(programme, "Hidden")

    merge_finding(merged, into=kept, version=1, act=act)

    seen = set(Finding.objects.visible_to(staff_north))
    assert seen == {merged, kept}
    assert hidden not in seen


def test_what_stands_on_tasks_is_not_lost_by_merging(programme, act, step):
    adopted = make_finding(programme, "A", state=FindingState.ADOPTED, step=step)
    other = make_finding(programme, "B", state=FindingState.REVIEWED)
    same = make_finding(programme, "C", state=FindingState.ADOPTED, step=step)

    with pytest.raises(CannotMoveFinding, match="Merge the other one"):
        merge_finding(adopted, into=other, version=1, act=act)
    merge_finding(adopted, into=same, version=1, act=act)

    assert lessons_for(step) == [same]


@pytest.mark.parametrize("state", [FindingState.REJECTED, FindingState.RETIRED])
def test_what_is_put_aside_is_not_merged(programme, act, state):
    finding = make_finding(programme, state=state, decision_reason="no")

    with pytest.raises(CannotMoveFinding, match="not possible now"):
        merge_finding(finding, into=make_finding(programme, "B"), version=1, act=act)


def test_merged_one_and_itself_and_another_programme_are_not_merged_into(
    programme, act
):
    kept, finding = make_finding(programme, "A"), make_finding(programme, "B")
    merged = make_finding(programme, "C", state=FindingState.MERGED, merged_into=kept)
    far = make_finding(factories.make_programme("OTHER"), "D")

    for into, why in ((merged, "another"), (finding, "another"), (far, "programme")):
        with pytest.raises(CannotMoveFinding, match=why):
            merge_finding(finding, into=into, version=1, act=act)
    with pytest.raises(CannotMoveFinding, match="merged"):
        edit_finding(merged, {"effect": "x"}, version=1, act=act)


def test_merged_ones_are_decided(programme, act):
    kept = make_finding(programme, "A")
    merge_finding(make_finding(programme, "B"), into=kept, version=1, act=act)

    assert FindingState.MERGED not in UNDECIDED
    assert list(Finding.objects.undecided()) == [kept]
