"""People and regions are chosen from in the order in which their reader looks for them."""

import pytest

from regions.models import Region, User
from rollout.forms.people import HandOverForm, PeopleFilter
from rollout.queries.asks import ceos_near
from tests.factories import make_ceo, make_region, make_user

pytestmark = [
    pytest.mark.django_db, pytest.mark.usefixtures("frozen"), pytest.mark.any_store
]  # fmt: skip
# By pinyin: bei jing, chong qing, (Coast), he nan, hei long jiang, zhe jiang.
IN_ORDER = [
    "北京公司", "重庆公司", "Coast Company", "河南公司", "黑龙江公司", "浙江公司",
]  # fmt: skip


def labels(field):
    return [label for value, label in field.choices if value]


@pytest.fixture
def regions():
    return [make_region(f"R{n}", name=name) for n, name in enumerate(sorted(IN_ORDER))]


def test_code_points_are_another_order():
    assert sorted(IN_ORDER) != IN_ORDER


def test_regions_are_offered_by_pinyin(regions, assert_queries):
    form = PeopleFilter(Region.objects.all())

    with assert_queries(1):
        assert labels(form.fields["region"]) == IN_ORDER


def test_people_are_offered_by_pinyin(cio, assert_queries):
    for n, name in enumerate(sorted(IN_ORDER)):
        make_user(f"p{n}@example.org", name=name)
    form = HandOverForm(User.objects.all(), cio)

    with assert_queries(1):
        assert labels(form.fields["taker"]) == IN_ORDER


def test_ceos_are_offered_by_the_pinyin_of_their_region(regions, cio):
    for region in regions:
        make_ceo(region)

    assert [one.region.name for one in ceos_near(cio)] == IN_ORDER
