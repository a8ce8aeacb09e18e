"""The CIO hands talks to the liaison and takes them back."""

import pytest

from regions.enums import Caller
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.services.callers import (
    CannotSetCaller,
    hand_over_talks,
    take_talks_back,
)
from regions.services.undo import undo
from regions.telling import change
from tests.factories import NOW
from tests.history_guard import unrecorded


@pytest.fixture
def act(cio):
    return Act(by=cio, at=NOW)


def caller(rhythm):
    rhythm.refresh_from_db()
    return rhythm.caller


def test_handed_over_talks_are_the_liaisons(rhythm_north, liaison_north, act):
    hand_over_talks(rhythm_north, version=1, act=act)

    entry = HistoryEntry.objects.of(rhythm_north).get()
    assert caller(rhythm_north) == Caller.LIAISON
    assert (entry.by, entry.at, entry.region) == (act.by, NOW, rhythm_north.ceo.region)
    assert change(entry) == (
        "Who calls: the liaison, the CIO for the first talk → always the liaison"
    )


def test_region_without_a_liaison_keeps_the_cio(rhythm_north, act):
    with pytest.raises(CannotSetCaller, match="no liaison who could call"):
        hand_over_talks(rhythm_north, version=1, act=act)

    assert caller(rhythm_north) == Caller.USUAL
    assert not HistoryEntry.objects.of(rhythm_north).exists()


def test_liaison_of_another_region_does_not_count(rhythm_south, liaison_north, act):
    with pytest.raises(CannotSetCaller):
        hand_over_talks(rhythm_south, version=1, act=act)


def test_liaison_who_left_does_not_count(rhythm_north, liaison_north, act):
    with unrecorded():
        liaison_north.memberships.update(to_date=NOW.date())

    with pytest.raises(CannotSetCaller):
        hand_over_talks(rhythm_north, version=1, act=act)


@pytest.mark.parametrize(
    ("is_first_talk", "expected"), [(True, Caller.USUAL), (False, Caller.CIO)]
)
def test_taken_back_the_next_talk_is_the_cios(
    is_first_talk, expected, rhythm_north, liaison_north, act
):
    hand_over_talks(rhythm_north, version=1, act=act)

    take_talks_back(rhythm_north, is_first_talk=is_first_talk, version=2, act=act)

    assert caller(rhythm_north) == expected


@pytest.mark.parametrize("service", [hand_over_talks, take_talks_back])
def test_old_version_is_refused(service, rhythm_north, liaison_north, act):
    more = {} if service is hand_over_talks else {"is_first_talk": True}
    with unrecorded():
        rhythm_north.version = 2
        rhythm_north.save()

    with pytest.raises(EditedMeanwhile):
        service(rhythm_north, version=1, act=act, **more)

    assert not HistoryEntry.objects.of(rhythm_north).exists()


def test_handing_over_can_be_undone_by_the_history(rhythm_north, liaison_north, act):
    hand_over_talks(rhythm_north, version=1, act=act)

    undo(act.id, act=Act(by=act.by, at=NOW))

    assert caller(rhythm_north) == Caller.USUAL
