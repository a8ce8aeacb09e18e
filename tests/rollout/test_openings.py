"""Before a wave opens: what keeps it closed, what that stops, and what overrules it."""

import pytest

from pilots.enums import FindingState
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.undoing import undo_answers
from rollout.models import Plan, Wave
from rollout.queries.waves import missing_for
from rollout.services import plans
from rollout.services.agreements import CannotAgree, agree_plan
from rollout.services.openings import CannotOpenWave, open_wave, overrule
from rollout.services.waves import change_wave
from tests.admin_rows import address_of
from tests.factories import (
    NOW,
    make_criterion,
    make_finding,
    make_pilot,
    make_plan,
    make_procedure,
    make_programme,
    make_step,
    make_wave,
)
from tests.history_guard import unrecorded

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def closed(programme):
    return make_wave(programme, "Wave 2", opened_at=None)


@pytest.fixture
def pilot(programme):
    return make_pilot(programme)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


def decided(state):
    """What a state needs besides."""
    reason = {"decision_reason": "no"} if state == FindingState.REJECTED else {}
    return {"state": state} | reason


# --- What keeps it closed ------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "keeps"),
    [
        ({}, True),
        ({"actual": 94}, True),
        ({"actual": 95}, False),
        ({"actual": 94, "is_mandatory": False}, False),
        ({"is_mandatory": False}, False),
    ],
)
def test_mandatory_criterion_keeps_it_closed_until_it_is_met(
    values, keeps, closed, pilot, act
):
    make_criterion(pilot, **values)

    if keeps:
        with pytest.raises(CannotOpenWave, match="missing"):
            open_wave(closed, version=1, act=act)
    else:
        open_wave(closed, version=1, act=act)

    closed.refresh_from_db()
    assert (closed.opened_at is None) is keeps


@pytest.mark.parametrize("state", FindingState)
def test_undecided_finding_keeps_it_closed(state, closed, pilot, programme):
    step = make_step(make_procedure(programme))
    kept = make_finding(programme, "Kept", wave_name="Wave 1")
    into = {"merged_into": kept} if state == FindingState.MERGED else {}
    make_finding(programme, pilot=pilot, step=step, **decided(state), **into)

    assert bool(missing_for(closed)) is (state in {"proposed", "reviewed"})


def test_other_programmes_and_pilots_themselves_owe_nothing(programme, pilot):
    make_criterion(pilot)
    other = make_wave(make_programme("OTHER"), "Wave 2", opened_at=None)
    own = make_wave(programme, pilot.name, opened_at=None)

    assert not missing_for(other)
    assert not missing_for(own)


def test_page_names_what_is_missing_with_its_links(as_user, hq, closed, pilot):
    criterion = make_criterion(pilot)
    finding = make_finding(pilot.programme, "Undecided", pilot=pilot)

    text = as_user(hq).get(f"/waves/{closed.pk}/").content.decode()

    assert criterion.metric in text
    assert f'href="/pilots/{pilot.pk}/"' in text
    assert f'href="/findings/{finding.pk}/"' in text
    assert f"/waves/{closed.pk}/open/" not in text
    assert f"/waves/{closed.pk}/overrule/" not in text


def test_region_is_told_that_it_is_closed_but_not_by_what(
    as_user, closed, pilot, north, staff_north
):
    make_plan(north, closed)
    make_finding(pilot.programme, "Undecided", pilot=pilot)

    text = as_user(staff_north).get(f"/waves/{closed.pk}/").content.decode()

    assert "not open yet" in text
    assert "Undecided" not in text


# --- What it stops -------------------------------------------------------------------


def test_plan_of_a_closed_wave_is_made_but_not_agreed(closed, north, act):
    plan = plans.make_plan(north, closed, steps=[], act=act)

    with pytest.raises(CannotAgree, match="Wave 2 is not open yet"):
        agree_plan(plan, version=plan.version, act=act)
    open_wave(closed, version=1, act=act)
    agree_plan(plan, version=plan.version, act=act)

    assert Plan.objects.get().agreed_by == act.by


def test_region_that_leaves_an_open_wave_stays_let_in(plan_north, act, cio):
    overruled = {"opened_by": cio, "overruled_reason": "It cannot wait"}
    with unrecorded():
        Wave.objects.filter(pk=plan_north.wave_id).update(**overruled)

    moved = {"wave": None, "name": "Alone", "to": None, "reason": "no testers"}
    change_wave(plan_north, version=1, act=act, **moved)

    alone = Wave.objects.get(name="Alone")
    assert (alone.opened_by, alone.overruled_reason) == (cio, "It cannot wait")


# --- Overruling ----------------------------------------------------------------------


def test_cio_overrules_with_a_reason_that_stays(as_user, closed, pilot, cio, hq):
    make_criterion(pilot)
    sent = {"version": "1", "reason": "The old system ends in May"}
    address = f"/waves/{closed.pk}/overrule/"

    assert as_user(hq).post(address, sent).status_code == 403
    assert as_user(cio).post(address, sent | {"reason": " "}).status_code == 422
    assert as_user(cio).post(address, sent).status_code == 302

    text = as_user(hq).get(f"/waves/{closed.pk}/").content.decode()
    assert "The old system ends in May" in text
    [told] = HistoryEntry.objects.of(closed).filter(field="opened_at")
    [answer] = undo_answers([told.act], hq).values()
    assert not answer
    admin = as_user(hq).get(address_of(closed))
    assert "overruled_reason" not in admin.context["adminform"].form.fields
    assert as_user(hq).post(address_of(closed, "delete")).status_code == 403


def test_what_is_open_or_owes_nothing_is_not_overruled(closed, pilot, act, wave):
    with pytest.raises(CannotOpenWave, match="Nothing is missing"):
        overrule(closed, reason="why", version=1, act=act)
    make_criterion(pilot)
    with pytest.raises(CannotOpenWave, match="open already"):
        overrule(wave, reason="why", version=1, act=act)
    with pytest.raises(CannotOpenWave, match="open already"):
        open_wave(wave, version=1, act=act)
    with pytest.raises(EditedMeanwhile):
        overrule(closed, reason="why", version=9, act=act)


@pytest.mark.parametrize("count", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_rows(
    count, as_user, hq, closed, pilot, north, assert_queries
):
    for number in range(count):
        make_criterion(pilot, metric=f"M{number}")
        make_finding(pilot.programme, f"F{number}", pilot=pilot)
    browser = as_user(hq)

    with assert_queries(11):
        assert browser.get(f"/waves/{closed.pk}/").status_code == 200
