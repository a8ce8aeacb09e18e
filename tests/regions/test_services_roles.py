"""Giving roles and ending them: dated, the past only with a reason, never the last one."""

from datetime import date

import pytest

from regions.enums import Role
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.services.roles import (
    CannotEndRole,
    CannotGiveRole,
    end_all_roles,
    end_role,
    give_role_on_page,
)
from tests.factories import NOW, make_membership, make_user

pytestmark = pytest.mark.usefixtures("frozen")

TODAY, YESTERDAY = NOW.date(), date(2027, 3, 9)
LATER = date(2027, 4, 1)


def act(by, reason=""):
    return Act(by=by, at=NOW, reason=reason)


def give(user, role, by, *, region=None, first=TODAY, last=None, reason=""):
    return give_role_on_page(
        user,
        role,
        region=region,
        from_date=first,
        to_date=last,
        act=act(by, reason),
    )


def test_role_is_given_from_a_day_to_a_day(staff_south, north, hq):
    row = give(staff_south, Role.HELPER, hq, region=north, first=TODAY, last=LATER)

    assert (row.role, row.region, row.from_date, row.to_date) == (
        Role.HELPER,
        north,
        TODAY,
        LATER,
    )
    assert HistoryEntry.objects.of(row).get().by == hq


def test_several_roles_are_held_at_once(staff_south, north, hq):
    give(staff_south, Role.LIAISON, hq, region=north)
    give(staff_south, Role.AUDITOR, hq)

    assert staff_south.standing.roles == {Role.STAFF, Role.LIAISON, Role.AUDITOR}


@pytest.mark.parametrize("role", [Role.CIO, Role.LIAISON])
def test_region_has_to_fit_the_role(role, staff_south, north, hq):
    region = north if role == Role.CIO else None

    with pytest.raises(CannotGiveRole, match="region"):
        give(staff_south, role, hq, region=region)


@pytest.mark.parametrize("first", [TODAY, LATER])
def test_role_is_held_once_at_a_time(first, liaison_north, north, hq):
    with pytest.raises(CannotGiveRole, match="holds this role already"):
        give(liaison_north, Role.LIAISON, hq, region=north, first=first)


def test_role_may_be_held_again_after_it_ended(staff_south, north, hq):
    make_membership(staff_south, Role.LIAISON, north, to_date=TODAY)

    assert give(staff_south, Role.LIAISON, hq, region=north)


def test_past_takes_a_reason_that_stays(staff_south, hq):
    with pytest.raises(CannotGiveRole, match="Say why"):
        give(staff_south, Role.AUDITOR, hq, first=YESTERDAY)

    row = give(staff_south, Role.AUDITOR, hq, first=YESTERDAY, reason="was forgotten")
    assert HistoryEntry.objects.of(row).get().reason == "was forgotten"


def test_who_left_gets_no_role(hq):
    gone = make_user("gone@example.org", may_sign_in=False, left_date=YESTERDAY)

    with pytest.raises(CannotGiveRole, match="left"):
        give(gone, Role.AUDITOR, hq)


def end(row, by, to_date=TODAY, reason="", version=None):
    version = row.version if version is None else version
    return end_role(row, to_date=to_date, version=version, act=act(by, reason))


def test_role_ends_with_the_next_request(liaison_north, hq, as_user):
    client = as_user(liaison_north)
    assert client.get("/regions/NORTH/").status_code == 200

    end(liaison_north.memberships.get(), hq)

    assert client.get("/regions/NORTH/").status_code == 404


def test_end_before_the_start_is_refused(liaison_north, hq):
    with pytest.raises(CannotEndRole, match="before it starts"):
        end(liaison_north.memberships.get(), hq, date(2019, 1, 1))


def test_end_in_the_past_takes_a_reason(liaison_north, hq):
    row = liaison_north.memberships.get()
    with pytest.raises(CannotEndRole, match="Say why"):
        end(row, hq, YESTERDAY)

    assert end(row, hq, YESTERDAY, reason="left earlier").to_date == YESTERDAY


def test_role_that_ended_is_revived_only_with_a_reason(staff_south, south, hq):
    row = make_membership(staff_south, Role.LIAISON, south, to_date=YESTERDAY)

    with pytest.raises(CannotEndRole, match="Say why"):
        end(row, hq, LATER)


def test_old_page_ends_nothing(liaison_north, hq):
    row = liaison_north.memberships.get()

    with pytest.raises(EditedMeanwhile):
        end(row, hq, version=row.version + 1)


def test_last_of_headquarters_cannot_end_his_role(hq):
    row = hq.memberships.get()
    with pytest.raises(CannotEndRole, match="Nobody else"):
        end(row, hq)

    make_user("second@example.org", Role.HQ)
    assert end(row, hq).to_date == TODAY


def test_second_of_headquarters_without_a_login_does_not_count(hq):
    make_user("second@example.org", Role.HQ, may_sign_in=False)

    with pytest.raises(CannotEndRole):
        end(hq.memberships.get(), hq)


def test_all_roles_end_and_none_is_deleted(staff_south, north, south, hq):
    ahead = make_membership(staff_south, Role.LIAISON, north, from_date=LATER)
    over = make_membership(staff_south, Role.HELPER, south, to_date=YESTERDAY)

    end_all_roles(staff_south, act(hq))

    days = dict(staff_south.memberships.values_list("pk", "to_date"))
    now = staff_south.memberships.get(role=Role.STAFF)
    assert days == {now.pk: TODAY, ahead.pk: LATER, over.pk: YESTERDAY}
