"""Headquarters sees every row; here those of the south are hidden from it, so that what is
still told of them goes past `visible_to`."""

from dataclasses import replace

import pytest
from django.db.models import Q

from tests.markers import WAY_TO_REGION
from tests.matrix import Ask, encoded, send, undone
from tests.permissions import ARGS, OF_ALL, OF_PEOPLE, rows
from tests.printed import text_of

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

# What belongs to no region, or to whoever holds the key; and acts, of which who sees all is
# told even when their rows are gone.
NO_DOORS = (OF_ALL - OF_PEOPLE) | {"rollout:act", "rollout:act-undo"}
# The history is narrowed by its entries, a wave is chosen among all of the programme, and a
# CEO among all people: who leads another region has no role in it that would hide him.
TOLD = {
    "rollout:history", "rollout:history-export", "rollout:wave-change", "rollout:ceo-change",
}  # fmt: skip


@pytest.fixture
def world(shared_world):
    return shared_world


def numbers(model, way, region):
    """The rows of a region; people are of it by a role, or as its CEO."""
    near = Q(**{way: region})
    if way.endswith("memberships__region"):
        near |= Q(**{way.replace("memberships__region", "ceo_of__region"): region})
    return list(model._default_manager.filter(near).values_list("pk", flat=True))


@pytest.fixture
def hidden(world, monkeypatch):
    """From now on `visible_to` leaves out the rows of the south, for everybody."""
    region = world.south.region.pk
    away = {model: numbers(model, way, region) for model, way in WAY_TO_REGION.items()}
    for kind in {type(model._default_manager.all()) for model in away}:
        full = kind.visible_to

        def less(self, user, full=full):
            return full(self, user).exclude(pk__in=away.get(self.model, []))

        monkeypatch.setattr(kind, "visible_to", less)


def answered(world, row, made):
    with undone():
        return send(world.clients["hq"], Ask.of(row.name, row.method, made))


def test_no_address_leads_headquarters_to_a_hidden_row(world, hidden):
    """Where the matrix has a row in the address that is somebody's."""
    doors = [row for row in rows() if row.name in ARGS and row.name not in NO_DOORS]

    codes = {str(row): answered(world, row, world.south).status_code for row in doors}

    # A method that is not taken is refused before any row is looked for.
    assert {row for row, code in codes.items() if code not in (404, 405)} == set()
    assert len(codes) > 60


def test_no_other_page_tells_headquarters_of_a_hidden_row(world, hidden):
    pages = [row for row in rows() if row.method == "GET" and row.name not in TOLD]

    told = {
        row.name
        for row in pages
        if "mark_south" in text_of(answered(world, row, world.north))
    }

    assert told == set()


# What a form of the north is given, by the row of the south that it names.
NAMED = {
    "rollout:role-give": lambda made: {"role": "staff", "region": made.region.pk},
    "rollout:absence-plan": lambda made: {"deputy": made.other.pk},
}


@pytest.mark.parametrize("name", NAMED)
def test_form_takes_no_hidden_row(name, world, request):
    """Its control is the same before the row is hidden."""
    ask = Ask.of(name, "POST", world.north)
    ask = replace(ask, body=ask.body + b"&" + encoded(NAMED[name](world.south)))

    def code():
        with undone():
            return send(world.clients["hq"], ask).status_code

    before = code()
    request.getfixturevalue("hidden")

    assert (before, code()) == (302, 422)


def test_rows_are_told_before_they_are_hidden(world):
    """The control of both."""
    pages = [row for row in rows() if row.name in ("rollout:today", "rollout:task")]

    told = [
        "mark_south" in answered(world, row, world.south).content.decode()
        for row in pages
    ]

    assert told == [True, True]
