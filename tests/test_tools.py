"""The tools of conftest.py do what the tests rely on."""

import pytest
from django.utils import timezone

from regions.enums import Role
from regions.models import Region
from tests.conftest import runs_nowhere
from tests.factories import NOW


def test_assert_queries_passes_on_the_exact_number(assert_queries, north):
    with assert_queries(1):
        Region.objects.get(code="NORTH")


def test_assert_queries_prints_what_was_asked(assert_queries, north):
    message = r'(?s)2 queries instead of 1:.*FROM "regions_region"'

    with pytest.raises(pytest.fail.Exception, match=message), assert_queries(1):
        list(Region.objects.prefetch_related("plans"))


def test_frozen_clock_stands_until_it_is_moved(frozen):
    assert timezone.now() == NOW

    frozen.shift(60)

    assert (timezone.now() - NOW).total_seconds() == 60


def test_cast_holds_its_roles(cio, liaison_north, outsider, north):
    assert cio.standing.roles == {Role.CIO}
    assert liaison_north.standing.liaison_of == {north.pk}
    assert outsider.standing.roles == set()


def test_as_user_signs_in(as_user, cio):
    session = as_user(cio).session

    assert session["_auth_user_id"] == str(cio.pk)


def test_test_that_no_run_takes_is_found(request):
    assert not runs_nowhere(request.node)

    request.node.add_marker("any_store")
    assert not runs_nowhere(request.node)
    request.node.add_marker("processes")
    assert runs_nowhere(request.node)
