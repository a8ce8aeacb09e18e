"""Drafts of logs: one per person and CEO, read by their author, forgotten in the end."""

from datetime import timedelta

import pytest

from regions.models import ContactDraft
from regions.services.drafts import forget_old, keep_draft
from tests.factories import NOW, make_contact, make_draft

pytestmark = pytest.mark.any_store


def test_newer_draft_replaces_the_older_and_each_author_has_his_own(
    ceo_north, programme, liaison_north, cio
):
    for by, note in ((liaison_north, "a"), (cio, "b"), (liaison_north, "c")):
        assert keep_draft(ceo_north, programme, {"note": note}, by=by, at=NOW)

    seen = {
        user: [row.data for row in ContactDraft.objects.visible_to(user)]
        for user in (liaison_north, cio)
    }
    assert seen == {liaison_north: [{"note": "c"}], cio: [{"note": "b"}]}


@pytest.mark.parametrize(("key", "is_kept"), [(None, False), ("nonsense", True)])
def test_draft_of_a_talk_that_is_logged_comes_too_late(
    key, is_kept, ceo_north, programme, liaison_north
):
    talk = make_contact(ceo_north, programme, liaison_north)
    data = {"key": key or str(talk.key)}

    kept = keep_draft(ceo_north, programme, data, by=liaison_north, at=NOW)

    assert (kept, ContactDraft.objects.exists()) == (is_kept, is_kept)


def test_old_drafts_are_forgotten(ceo_north, programme, liaison_north):
    make_draft(ceo_north, programme, liaison_north, saved_at=NOW)

    counts = [forget_old(at=NOW + timedelta(days=days)) for days in (30, 31)]

    assert counts == [0, 1]
