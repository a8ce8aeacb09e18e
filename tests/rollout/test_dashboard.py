"""The Today page at a fixed moment: what it says, and from which facts."""

from datetime import date, timedelta

import pytest

from regions.enums import Role
from regions.history import Act
from rollout.dashboard import today_page
from rollout.enums import BlockReason, RegionState, TaskState
from rollout.services.plans import move_go_live
from tests.factories import (
    NOW,
    make_ask,
    make_ceo,
    make_contact,
    make_membership,
    make_plan,
    make_region,
    make_rhythm,
    make_task,
)

pytestmark = pytest.mark.any_store


@pytest.fixture
def talked(ceo_north, programme, rhythm_north, liaison_north, plan_north):
    """The CEO of the north was last talked to 18 days ago."""
    return make_contact(
        ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=18)
    )


def page_for(user, programme):
    return today_page(programme, user, at=NOW)


def words(page):
    return "".join(text for text, _strong in page.sentence)


def test_quiet_day_says_so_and_names_the_next_call(
    cio, programme, ceo_north, rhythm_north, plan_north, liaison_north
):
    make_contact(ceo_north, programme, liaison_north, held_at=NOW - timedelta(days=3))

    page = page_for(cio, programme)

    assert words(page) == "No calls, no decisions. Nothing got worse since Monday."
    assert page.next_call == "No call is due. Next: Mon 22 Mar, CEO of North Company."


def test_call_gives_its_reasons_phone_and_local_time(cio, talked, programme, ceo_north):
    make_ask(ceo_north, programme, text="name a data owner", due_date=date(2027, 3, 12))

    (call,) = page_for(cio, programme).calls

    assert call.who == "CEO of North Company"
    assert call.reasons == [
        "18 days since the last talk, ideal is 14.",
        "Go-live in 54 days, preparing.",
        "Caller: Liaison North.",
    ]
    assert call.ask == "Ask: name a data owner by Fri 12 Mar"
    assert call.there == "09:00 there"


def test_own_calls_stand_before_those_of_others(cio, talked, programme, liaison_north):
    mine = make_region("AAA", name="Another")
    make_plan(mine, talked.ceo.region.plans.get().wave)
    make_rhythm(make_ceo(mine), programme)  # no talk yet: the CIO calls

    assert [call.who for call in page_for(cio, programme).calls] == [
        "CEO of Another",
        "CEO of North Company",
    ]


def test_liaison_sees_only_the_calls_of_his_regions(
    talked, programme, liaison_north, ceo_south, rhythm_south, plan_south
):
    page = page_for(liaison_north, programme)

    assert [call.who for call in page.calls] == ["CEO of North Company"]
    assert [line.region.code for line in page.regions + page.folded] == ["NORTH"]


def test_task_blocked_on_the_cio_is_his_to_decide(cio, hq, plan_north, programme):
    make_task(
        plan_north,
        "Agree the budget",
        state=TaskState.BLOCKED,
        block_reason=BlockReason.DECISION,
        block_note="who pays for testers",
        waits_for=cio,
    )

    for reader in (cio, hq):
        (decision,) = page_for(reader, programme).decisions
        assert (decision.what, decision.reason) == (
            "North Company: Agree the budget",
            "who pays for testers",
        )


def test_task_blocked_on_the_ceo_makes_his_call_heavier_and_says_so(
    cio, talked, programme, plan_north, ceo_north
):
    make_task(
        plan_north,
        state=TaskState.BLOCKED,
        block_reason=BlockReason.PEOPLE,
        waits_for=ceo_north.user,
    )

    (call,) = page_for(cio, programme).calls

    assert "One blocked task waits for this CEO." in call.reasons


@pytest.mark.parametrize(
    ("due", "new"),
    [
        (date(2027, 3, 6), 0),  # overdue since Sunday
        (date(2027, 3, 7), 1),  # overdue since Monday
        (date(2027, 3, 9), 1),  # overdue since today
        (date(2027, 3, 10), 0),  # due today
    ],
)
def test_task_newly_overdue_since_monday_makes_a_region_worse(
    due, new, cio, plan_north, programme
):
    make_task(plan_north, "Clean the list", due_date=due)

    assert len(page_for(cio, programme).worse) == new


def test_moved_go_live_is_worse_with_its_reason(cio, hq, plan_north, programme):
    act = Act(by=hq, at=NOW - timedelta(days=1))
    move_go_live(
        plan_north, to=date(2027, 5, 17), reason="no testers", version=1, act=act
    )

    page = page_for(cio, programme)

    assert page.worse[0].what == ["Go-live moved by 14 days to 17 May: no testers"]
    assert words(page) == "No calls, no decisions. One region got worse since Monday."
    (line,) = page.folded
    go_live = line.go_live
    assert (go_live.was, go_live.now, go_live.signed, go_live.moved) == (
        "3 May",
        "17 May",
        "+14",
        "moved once",
    )


def test_move_of_last_week_is_no_news(cio, hq, plan_north, programme):
    act = Act(by=hq, at=NOW - timedelta(days=3))
    move_go_live(
        plan_north, to=date(2027, 5, 17), reason="no testers", version=1, act=act
    )

    assert page_for(cio, programme).worse == []


@pytest.mark.parametrize(
    ("go_live", "task_due", "state"),
    [
        (date(2027, 5, 3), None, RegionState.ON_TRACK),
        (date(2027, 5, 3), date(2027, 3, 9), RegionState.WATCH),
        (date(2027, 4, 7), date(2027, 3, 9), RegionState.NEEDS_HELP),
        (date(2027, 3, 10), date(2027, 3, 9), RegionState.LIVE),
        (date(2029, 3, 10), None, RegionState.ON_TRACK),
    ],
)
def test_state_of_a_region_follows_from_facts(
    go_live, task_due, state, cio, north, wave, programme
):
    plan = make_plan(north, wave, go_live_date=go_live)
    if task_due:
        make_task(plan, due_date=task_due)

    page = page_for(cio, programme)

    assert [line.state for line in page.regions + page.folded] == [state]


def test_region_before_its_talks_begin_is_not_started(cio, north, wave, programme):
    make_plan(north, wave, kick_off_date=date(2027, 4, 22))

    assert page_for(cio, programme).folded[0].state == RegionState.NOT_STARTED


@pytest.mark.parametrize("regions", [1, 3])
def test_page_takes_the_same_queries_for_one_and_three_regions(
    regions, cio, programme, wave, assert_queries, liaison_north
):
    for number in range(regions):
        region = make_region(f"R{number}")
        ceo = make_ceo(region)
        make_rhythm(ceo, programme)
        plan = make_plan(region, wave)
        make_membership(liaison_north, Role.LIAISON, region)
        make_contact(ceo, programme, liaison_north, held_at=NOW - timedelta(days=30))
        make_ask(ceo, programme)
        make_task(plan, due_date=date(2027, 3, 8))
        make_task(
            plan,
            state=TaskState.BLOCKED,
            block_reason=BlockReason.DECISION,
            waits_for=cio,
        )

    with assert_queries(15):
        page = page_for(cio, programme)

    assert len(page.calls) == len(page.decisions) == regions
