"""Writing the playbook: drafts, their steps in order, and publishing what never changes again."""

from datetime import timedelta

import pytest

from pilots.changes import FIELDS, changes_between
from pilots.models import Procedure, Step, StepLink
from pilots.services.playbook import (
    CannotKeepPlaybook,
    add_step,
    begin_procedure,
    discard_draft,
    edit_step,
    open_draft,
    publish,
    remove_step,
)
from regions.enums import Change
from regions.history import Act, EditedMeanwhile
from regions.models import HistoryEntry
from regions.services.undo import CannotUndo, undo
from tests import factories
from tests.factories import NOW

pytestmark = pytest.mark.any_store
LATER = NOW + timedelta(hours=1)
SAID = {
    "title": "Clean the items",
    "kind": "data",
    "role": "centre",
    "function": "data helper",
    "offset_days": -20,
    "offset_unit": "working_day",
    "needs_region": True,
    "effort_hours": 3,
    "helper_ready": True,
    "needs_confirmation": True,
    "note": "Before the load",
    "how_to": "Sort.\nAsk.",
}


@pytest.fixture
def act(hq):
    return Act(by=hq, at=LATER)


@pytest.fixture
def published(programme):
    """Clean comes after Name, and its position before it; in the first version."""
    procedure = factories.make_procedure(programme, position=3)
    clean = factories.make_step(procedure, **SAID, position=1)
    name = factories.make_step(procedure, "Name a data owner", position=2)
    factories.make_step_link(clean, name)
    return procedure


@pytest.fixture
def draft(published, act):
    return open_draft(published, act=act)


def step_of(procedure, title="Clean the items"):
    return procedure.steps.get(title=title)


def version_of(draft):
    draft.refresh_from_db()
    return draft.version


def order_in(procedure):
    links = StepLink.objects.filter(step__procedure=procedure)
    return [(str(one.before), str(one.step)) for one in links.order_by("id")]


def rows():
    return [list(model.objects.values()) for model in (Procedure, Step, StepLink)]


# --- Beginning -----------------------------------------------------------------------


def test_new_procedure_is_a_draft_at_the_end(published, programme, act):
    begun = begin_procedure(programme, "Train", act=act)

    assert (begun.number, begun.position, begun.is_draft) == (1, 4, True)
    assert begun not in Procedure.objects.newest()
    with pytest.raises(CannotKeepPlaybook, match="has this name already"):
        begin_procedure(programme, "Train", act=act)


def test_draft_says_what_the_newest_version_says(published, draft):
    assert (draft.number, draft.position, draft.is_draft) == (2, 3, True)
    for former in published.steps.all():
        copy = draft.steps.get(key=former.key)
        assert copy.pk != former.pk
        for field in (*FIELDS, "position"):
            assert getattr(copy, field) == getattr(former, field), field
    assert order_in(draft) == order_in(published)
    assert order_in(draft) == [("Name a data owner", "Clean the items")]
    # So every field that a version may say is copied above.
    assert set(FIELDS) == set(SAID)
    assert changes_between(published.steps.all(), draft.steps.all()) == []


def test_draft_of_an_old_version_copies_the_newest(published, draft, act):
    add_step(draft, {"title": "Check", "offset_days": -1}, act=act)
    publish(draft, version=version_of(draft), act=act)

    third = open_draft(published, act=act)

    assert third.number == 3
    assert third.steps.filter(title="Check").exists()


def test_there_is_only_one_draft(published, draft, act):
    for version in (published, draft):
        with pytest.raises(CannotKeepPlaybook, match="exists already"):
            open_draft(version, act=act)


def test_history_tells_who_made_a_draft(draft, hq):
    told = HistoryEntry.objects.values_list("model", "change", "by").order_by("id")

    assert list(told) == [
        ("pilots.procedure", Change.CREATED, hq.pk),
        ("pilots.step", Change.CREATED, hq.pk),
        ("pilots.step", Change.CREATED, hq.pk),
        ("pilots.steplink", Change.CREATED, hq.pk),
    ]


def test_discarded_draft_stays_in_the_history_only(published, draft, act):
    numbers = {step.pk for step in draft.steps.all()}
    with pytest.raises(EditedMeanwhile):
        discard_draft(draft, version=draft.version + 1, act=act)

    discard_draft(draft, version=draft.version, act=act)

    assert list(Procedure.objects.all()) == [published]
    assert Step.objects.count() == 2
    gone = HistoryEntry.objects.filter(change=Change.DELETED)
    of_steps = gone.filter(model="pilots.step")
    assert set(of_steps.values_list("object_id", flat=True)) == numbers
    assert gone.filter(model="pilots.steplink").count() == 1
    assert gone.get(model="pilots.procedure").object_id == draft.pk
    assert open_draft(published, act=act).number == 2


# --- Steps ---------------------------------------------------------------------------


def test_new_step_comes_last_and_after_others(draft, act):
    first = step_of(draft)

    step = add_step(
        draft, {"title": "Check", "offset_days": -1}, act=act, after=[first]
    )

    assert step.position == 3
    assert order_in(draft)[-1] == ("Clean the items", "Check")
    with pytest.raises(CannotKeepPlaybook, match="this title already"):
        add_step(draft, {"title": "Check", "offset_days": -2}, act=act)


def test_step_keeps_its_key_when_it_says_something_else(published, draft, act):
    step, name = step_of(draft), step_of(draft, "Name a data owner")
    with pytest.raises(CannotKeepPlaybook, match="this title already"):
        edit_step(step, {"title": name.title}, version=step.version, act=act)

    values = {"title": "Clean all items", "offset_days": -25}
    edit_step(step, values, version=step.version, act=act, after=[])

    [change] = changes_between(published.steps.all(), draft.steps.all())
    assert change.after == step
    assert [one.field for one in change.fields] == [
        "title", "offset_days", "predecessors",
    ]  # fmt: skip
    told = HistoryEntry.objects.of(step).filter(change=Change.CHANGED)
    assert set(told.values_list("field", flat=True)) == {"title", "offset_days"}
    with pytest.raises(EditedMeanwhile):
        edit_step(step, {"note": "Late"}, version=step.version, act=act)


def test_change_of_the_order_alone_is_a_change_of_the_step(draft, act):
    """Else who saw the old order would save over it."""
    step = step_of(draft)
    edit_step(step, {}, version=step.version, act=act, after=[])

    with pytest.raises(EditedMeanwhile):
        edit_step(step, {"note": "Late"}, version=step.version, act=act)


def test_removed_step_takes_its_order_along(draft, act):
    name = step_of(draft, "Name a data owner")

    remove_step(name, version=name.version, act=act)

    assert [str(step) for step in draft.steps.all()] == ["Clean the items"]
    assert order_in(draft) == []


def test_steps_do_not_wait_for_each_other(published, draft, act):
    """Clean comes after Name; Check after Clean; so Name after neither."""
    clean, name = step_of(draft), step_of(draft, "Name a data owner")
    check = add_step(
        draft, {"title": "Check", "offset_days": -1}, act=act, after=[clean]
    )
    before = order_in(draft)

    for other in (clean, check, name, step_of(published)):
        with pytest.raises(CannotKeepPlaybook, match="already comes after"):
            edit_step(name, {}, version=name.version, act=act, after=[other])
        assert order_in(draft) == before, other
    # The same the other way round makes no circle.
    edit_step(check, {}, version=check.version, act=act, after=[clean, name])


# --- Publishing ----------------------------------------------------------------------


def test_published_version_takes_the_place_of_the_former(published, draft, act, hq):
    step = step_of(draft)
    edit_step(step, {"note": "Twice"}, version=step.version, act=act)

    row = publish(draft, version=version_of(draft), act=act)

    assert (row.published_at, row.published_by) == (LATER, hq)
    assert list(Procedure.objects.newest()) == [draft]
    [told] = HistoryEntry.objects.of(row).filter(field="published_at")
    assert told.by == hq


def test_only_a_draft_that_says_something_new_is_published(draft, programme, act):
    empty = begin_procedure(programme, "Train", act=act)
    with pytest.raises(CannotKeepPlaybook, match="without steps"):
        publish(empty, version=empty.version, act=act)
    with pytest.raises(CannotKeepPlaybook, match="the same as the version before"):
        publish(draft, version=draft.version, act=act)
    with pytest.raises(EditedMeanwhile):
        publish(draft, version=draft.version + 1, act=act)

    assert not Procedure.objects.published().filter(pk__in=[empty.pk, draft.pk])


SINCE = {
    "add": lambda row, step, act: add_step(
        row, {"title": "New", "offset_days": 1}, act=act
    ),
    "edit": lambda row, step, act: edit_step(step, {"note": "x"}, version=1, act=act),
    "order": lambda row, step, act: edit_step(step, {}, version=1, act=act, after=[]),
    "remove": lambda row, step, act: remove_step(step, version=1, act=act),
}


@pytest.mark.parametrize("change", SINCE.values(), ids=SINCE)
def test_what_changed_since_it_was_shown_is_not_published(change, draft, act):
    """The version on the page is that of the draft with all its steps."""
    shown = version_of(draft)
    change(draft, step_of(draft), act)

    with pytest.raises(EditedMeanwhile):
        publish(draft, version=shown, act=act)
    publish(draft, version=version_of(draft), act=act)


CHANGES = SINCE | {
    "discard": lambda row, step, act: discard_draft(row, version=1, act=act),
    "publish": lambda row, step, act: publish(row, version=1, act=act),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_published_version_refuses_every_change(change, published, act):
    before = rows()

    with pytest.raises(CannotKeepPlaybook, match="Changes go into the next one"):
        change(published, step_of(published), act)

    assert rows() == before
    assert not HistoryEntry.objects.exists()


def test_what_became_published_since_is_not_taken_back(draft, hq, act):
    """The same act is taken back while the version is a draft."""
    step, taken_back = step_of(draft), Act(by=hq, at=LATER)
    kept = Act(by=hq, at=LATER)
    edit_step(step, {"note": "Twice"}, version=step.version, act=taken_back)
    undo(taken_back.id, act=act)
    step.refresh_from_db()
    assert step.note == SAID["note"]

    edit_step(step, {"note": "Thrice"}, version=step.version, act=kept)
    publish(draft, version=version_of(draft), act=act)

    with pytest.raises(CannotUndo):
        undo(kept.id, act=act)
    step.refresh_from_db()
    assert step.note == "Thrice"
