"""What one guard alone keeps back, on pages that no address of the matrix shows."""

from datetime import timedelta

import pytest
from django.urls import reverse

from tests import factories
from tests.factories import NOW
from tests.matrix import args_of

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]


@pytest.fixture
def world(shared_world):
    return shared_world


def test_talks_are_moved_as_far_as_one_sees_and_may(world):
    """By the week that is named, or as they are ticked."""
    both = [world.north.booked.pk, world.south.booked.pk]
    week = {"week": world.north.booked.day_date.isoformat()}

    def moved(role, **chosen):
        query = {"by": "days", "days": "2", **chosen}
        path = reverse("rollout:check-in-move", query=query)
        page = world.clients[role].get(path).context
        preview = page["preview"]
        return (
            page["pks"],
            [one.check_in.pk for one in preview.changes],
            [one.check_in.pk for one in preview.staying],
        )

    assert moved("cio", **week) == (both, both, [])
    assert moved("liaison", **week) == (both[:1], both[:1], [])
    assert moved("liaison", check_in=both) == (both, both[:1], [])
    assert moved("auditor", **week) == (both, [], both)


def test_part_of_todays_page_for_a_call_that_is_no_longer_on_it(world, as_user):
    liaison, rhythm = world.people["liaison"], world.north.rhythm
    name = "rollout:call-put-off"
    path = reverse(name, args=args_of(name, world.north))

    def code():
        htmx = {"HX-Request": "true"}
        return as_user(liaison).post(path, {}, headers=htmx).status_code

    before = code()
    held_at = NOW - timedelta(hours=1)
    factories.make_contact(rhythm.ceo, rhythm.programme, liaison, held_at=held_at)

    assert (before, code()) == (200, 404)
