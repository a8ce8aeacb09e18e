"""The way from a version of the playbook to the plans that do not follow it yet."""

import pytest

from rollout.templatetags.pushing import carry_link
from tests.factories import NOW

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.mark.parametrize(("role", "may"), [("hq", True), ("auditor", False)])
def test_it_is_shown_to_who_carries_versions(role, may, shared_world):
    user = shared_world.people[role]
    user.as_of = NOW

    link = carry_link({"user": user}, shared_world.north.later)

    assert (link["count"] > 0) is may
