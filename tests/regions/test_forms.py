"""What forms make of what was typed, and of what was left alone."""

from datetime import timedelta

import pytest
from django.utils.datastructures import MultiValueDict

from regions.forms.contacts import ContactForm
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.any_store

SECONDS = timedelta(seconds=41, microseconds=7)


def test_moment_of_a_talk_that_is_left_alone_stays_to_the_second(
    ceo_north, programme, liaison_north
):
    held_at = NOW - timedelta(days=1) + SECONDS
    talk = factories.make_contact(
        ceo_north, programme, liaison_north, held_at=held_at, minutes=15
    )

    def moment(typed):
        data = {"outcome": "reached", "minutes": "15", "version": 1, "key": talk.key}
        form = ContactForm.for_contact(
            talk, data | {"held_at": typed}, reads_private=True
        )
        assert form.is_valid(), form.errors
        return form.to_log(talk.held_at, ask=None).held_at

    shown = ContactForm.for_contact(talk, reads_private=True)["held_at"]
    widget = shown.field.widget

    as_shown = widget.format_value(shown.field.prepare_value(talk.held_at))
    assert moment(as_shown) == moment("") == held_at
    assert moment("2027-03-09T15:30").minute == 30


def test_topics_that_were_taken_from_somebody_else_come_as_the_row_holds_them(
    ceo_north, programme, liaison_north
):
    talk = factories.make_contact(
        ceo_north, programme, liaison_north, topics="how,people"
    )
    theirs = ContactForm.for_contact(talk, reads_private=True).seen
    sent = {"outcome": "reached", "minutes": "15", "version": 1, "key": talk.key}
    taken = {"take-topics": "theirs", **dict(theirs)}
    data = MultiValueDict({name: [text] for name, text in (sent | taken).items()})

    form = ContactForm.for_contact(talk, data, reads_private=True)

    assert form.is_valid(), form.errors
    assert form.cleaned_data["topics"] == ["how", "people"]
