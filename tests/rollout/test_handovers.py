"""Handing over: exactly what the preview showed moves, in one act, and comes back in one."""

from datetime import date, timedelta

import pytest

from regions.enums import Change, Role
from regions.history import Act
from regions.models import HistoryEntry, Membership
from regions.services.undo import CannotUndo, undo
from rollout.enums import BlockReason, TaskState
from rollout.models import Handover
from rollout.queries.handover import moving_from
from rollout.services.handovers import CannotHandOver, hand_over, take_back
from rollout.services.people import let_go
from rollout.services.tasks import start_task
from tests.factories import (
    NOW,
    make_check_in,
    make_membership,
    make_task,
    make_user,
)
from tests.history_guard import unrecorded
from tests.tables import snapshot

pytestmark = pytest.mark.usefixtures("frozen")
TODAY = NOW.date()
LATER = date(2027, 4, 1)


@pytest.fixture
def act(hq):
    return Act(by=hq, at=NOW)


@pytest.fixture
def taker(db):
    return make_user("taker@example.org")


@pytest.fixture
def giver(liaison_north, south, ceo_north, plan_north, plan_south, programme):
    """Looks after two regions; with a talk booked and a task of each kind."""
    make_membership(liaison_north, Role.LIAISON, south)
    make_check_in(ceo_north, programme)
    make_task(plan_north, "In charge", owner=liaison_north)
    make_task(
        plan_south,
        "Waits",
        state=TaskState.BLOCKED,
        block_reason=BlockReason.DATA,
        waits_for=liaison_north,
    )
    make_task(
        plan_south,
        "Finished",
        owner=liaison_north,
        state=TaskState.DONE,
        finished_at=NOW,
    )
    return liaison_north


def give(giver, taker, act, seen=None):
    seen = moving_from(giver, NOW).seen if seen is None else seen
    return hand_over(giver, taker, seen=seen, act=act)


def liaisons(region):
    return [
        row.user
        for row in Membership.objects.held_on(NOW)
        .filter(role=Role.LIAISON, region=region)
        .order_by("id")
    ]


def test_preview_names_what_moves(giver):
    moving = moving_from(giver, NOW)

    assert [row.region.code for row in moving.roles] == ["NORTH", "SOUTH"]
    assert [row.ceo.region.code for row in moving.check_ins] == ["NORTH"]
    assert [row.title for row in moving.tasks] == ["In charge"]
    assert [row.title for row in moving.waiting] == ["Waits"]


def test_all_of_it_moves_in_one_act(giver, taker, act, north, south):
    give(giver, taker, act)

    assert (liaisons(north), liaisons(south)) == ([taker], [taker])
    moved = moving_from(taker, NOW)
    assert [row.title for row in moved.tasks + moved.waiting] == ["In charge", "Waits"]
    assert moving_from(giver, NOW).is_empty
    entries = HistoryEntry.objects.all()
    assert {entry.act for entry in entries} == {act.id}
    # Two roles ended and begun, one task in charge, one that waits.
    assert len(entries) == 6


def test_finished_tasks_stay_under_his_name(giver, taker, act):
    give(giver, taker, act)

    assert [task.title for task in giver.tasks.all()] == ["Finished"]


def test_undo_brings_back_every_row(giver, taker, act, hq):
    def state():
        return [
            sorted(Membership.objects.values_list("user", "role", "region", "to_date")),
            sorted(giver.tasks.values_list("pk", flat=True)),
            sorted(giver.blocked_tasks.values_list("pk", flat=True)),
        ]

    before = state()
    handover = give(giver, taker, act)
    assert state() != before

    take_back(handover, act=Act(by=hq, at=NOW + timedelta(hours=1)))

    assert state() == before
    handover.refresh_from_db()
    assert handover.undone_at == NOW + timedelta(hours=1)
    gone = HistoryEntry.objects.filter(change=Change.DELETED)
    assert {entry.model for entry in gone} == {"regions.membership"}


def test_undo_is_done_once(giver, taker, act, hq):
    handover = give(giver, taker, act)
    take_back(handover, act=Act(by=hq, at=NOW))

    with pytest.raises(CannotUndo, match="already"):
        take_back(handover, act=Act(by=hq, at=NOW))


def test_undo_is_refused_whole_after_another_change(giver, taker, act, hq):
    handover = give(giver, taker, act)
    task = taker.tasks.get()
    start_task(task, version=task.version, act=Act(by=taker, at=NOW))
    before = snapshot()

    with pytest.raises(CannotUndo, match="changed this since"):
        take_back(handover, act=Act(by=hq, at=NOW))

    assert snapshot() == before


def test_undo_is_refused_when_a_row_of_it_is_gone(giver, taker, act, hq):
    handover = give(giver, taker, act)
    with unrecorded():
        taker.memberships.first().delete()

    with pytest.raises(CannotUndo, match="deleted"):
        take_back(handover, act=Act(by=hq, at=NOW))


def test_undo_of_other_acts_still_refuses_what_made_rows(giver, taker, act, hq):
    give(giver, taker, act)

    with pytest.raises(CannotUndo, match="cannot be taken back"):
        undo(act.id, act=Act(by=hq, at=NOW))


def test_what_changed_since_the_preview_is_not_moved(giver, taker, act, plan_north):
    seen = moving_from(giver, NOW).seen
    make_task(plan_north, "New", owner=giver)

    with pytest.raises(CannotHandOver, match="Look at it again"):
        give(giver, taker, act, seen)
    assert not Handover.objects.exists()


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        # What the taker holds of the north already: from, to; then what he gets.
        (None, (TODAY, None)),
        ((date(2020, 1, 1), None), None),
        ((date(2020, 1, 1), TODAY), (TODAY, None)),
        ((date(2020, 1, 1), LATER), (LATER, None)),
        ((LATER, None), (TODAY, LATER)),
    ],
)
def test_taker_gets_what_he_lacks_of_a_region(
    known, expected, liaison_north, taker, act, north
):
    if known is not None:
        first, last = known
        make_membership(taker, Role.LIAISON, north, from_date=first, to_date=last)
    old = set(taker.memberships.values_list("pk", flat=True))

    give(liaison_north, taker, act)

    new = taker.memberships.exclude(pk__in=old).values_list("from_date", "to_date")
    assert list(new) == ([] if expected is None else [expected])
    assert liaison_north.memberships.get().to_date == TODAY


def test_role_with_an_end_keeps_its_end(liaison_north, taker, act):
    with unrecorded():
        liaison_north.memberships.update(to_date=LATER)

    give(liaison_north, taker, act)

    assert taker.memberships.get().to_date == LATER


def test_role_that_begins_later_moves_whole(taker, act, north):
    giver = make_user("next@example.org")
    make_membership(giver, Role.LIAISON, north, from_date=LATER)

    give(giver, taker, act)

    assert taker.memberships.get().from_date == LATER
    assert giver.memberships.get().to_date == LATER


def test_what_somebody_left_behind_is_handed_over_afterwards(giver, taker, act):
    let_go(giver, version=giver.version, act=act)

    give(giver, taker, Act(by=act.by, at=NOW))

    assert [task.title for task in taker.tasks.all()] == ["In charge"]
    assert not taker.memberships.exists()


def test_nobody_hands_over_to_himself(giver, act):
    with pytest.raises(CannotHandOver, match="somebody else"):
        give(giver, giver, act)


def test_taker_needs_a_login(giver, act, ceo_south):
    with pytest.raises(CannotHandOver, match="no login"):
        give(giver, ceo_south.user, act)


def test_nothing_is_not_handed_over(taker, outsider, act):
    with pytest.raises(CannotHandOver, match="nothing"):
        give(outsider, taker, act)


@pytest.mark.parametrize("count", [1, 3])
def test_hand_over_costs_the_same_however_much(
    count, liaison_north, taker, act, plan_north, assert_queries
):
    for number in range(count):
        make_task(plan_north, f"Task {number}", owner=liaison_north)
    seen = moving_from(liaison_north, NOW).seen

    with assert_queries(21):
        hand_over(liaison_north, taker, seen=seen, act=act)
