"""A published version never changes: the database refuses it past the code."""

import pytest
from django.db import IntegrityError, connection, transaction

from pilots.models import Procedure, Step, StepLink
from tests import factories
from tests.factories import NOW
from tests.history_guard import unrecorded
from tests.opened import open_playbook

# Each would change, or take away, a row of every version there is.
CHANGES = {
    "rename": lambda: Procedure.objects.update(name="Another"),
    "withdraw": lambda: Procedure.objects.update(published_at=None),
    "reword": lambda: Step.objects.update(note="Another"),
    "turn round": lambda: StepLink.objects.update(version=7),
    "delete link": lambda: StepLink.objects.all()._raw_delete("default"),
    "delete step": lambda: Step.objects.all()._raw_delete("default"),
    "delete version": lambda: Procedure.objects.all()._raw_delete("default"),
}


def make_version(programme, published_at):
    """With two steps in order."""
    procedure = factories.make_procedure(programme, published_at=published_at)
    first, then = (factories.make_step(procedure, title) for title in ("First", "Then"))
    factories.make_step_link(then, first)
    return procedure


def said():
    return [list(model.objects.values()) for model in (Procedure, Step, StepLink)]


def attempt(change):
    """Taken back afterwards, as rows may be left that refer to nothing."""
    with transaction.atomic(), unrecorded():
        change()
        now = said()
        transaction.set_rollback(True)
    return now


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_database_keeps_what_is_published(change, programme):
    make_version(programme, NOW)
    before = said()

    with pytest.raises(IntegrityError, match="a published version is kept"):
        attempt(change)

    assert said() == before


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_drafts_change_and_without_the_triggers_all_would(change, programme):
    draft = make_version(programme, None)
    before = said()
    assert change is CHANGES["withdraw"] or attempt(change) != before

    with unrecorded():
        Procedure.objects.filter(pk=draft.pk).update(published_at=NOW)
    published = said()

    with open_playbook():
        assert attempt(change) != published


def test_triggers_stand_again_after_they_were_let_go(programme):
    make_version(programme, NOW)

    with open_playbook():
        pass

    with (
        pytest.raises(IntegrityError, match="is kept"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute("DELETE FROM pilots_steplink")
