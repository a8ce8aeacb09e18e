"""What two versions say differently, as examples that a reader can follow."""

import pytest

from pilots.changes import BEFORE, FIELDS, changes_between
from pilots.models import Step
from tests import factories

pytestmark = pytest.mark.any_store

# Steps as `key: title, days before go-live, keys of those that come before`; and what differs,
# as `key field before → after`, `+ key` where it is new, `- key` where it was given up.
EXAMPLES = {
    "nothing": (
        ["a Name 60", "b Clean 30 a"],
        ["a Name 60", "b Clean 30 a"],
        [],
    ),
    "another day": (
        ["a Name 60"],
        ["a Name 50"],
        ["a offset_days -60 → -50"],
    ),
    "another title is the same step": (
        ["a Name 60"],
        ["a Appoint 60"],
        ["a title Name → Appoint"],
    ),
    "the same title under another key is another step": (
        ["a Name 60"],
        ["b Name 60"],
        ["+ b", "- a"],
    ),
    "two fields of one step": (
        ["a Name 60"],
        ["a Appoint 50"],
        ["a title Name → Appoint", "a offset_days -60 → -50"],
    ),
    "comes after another one": (
        ["a Name 60", "b Clean 30"],
        ["a Name 60", "b Clean 30 a"],
        ["b predecessors none → a"],
    ),
    "comes after one that is new": (
        ["a Name 60", "b Clean 30 a"],
        ["a Name 60", "c Count 40", "b Clean 30 ac"],
        ["+ c", "b predecessors a → ac"],
    ),
    "no longer comes after one that was given up": (
        ["a Name 60", "b Clean 30 a"],
        ["b Clean 30"],
        ["b predecessors a → none", "- a"],
    ),
    "another place in the list says nothing": (
        ["a Name 60", "b Clean 30"],
        ["b Clean 30", "a Name 60"],
        [],
    ),
    "all that is new, where there was none": (
        [],
        ["a Name 60", "b Clean 30"],
        ["+ a", "+ b"],
    ),
}


def key_of(letter):
    return f"00000000-0000-0000-0000-00000000000{letter}"


def letters(keys):
    return "".join(sorted(str(key)[-1] for key in keys)) or "none"


def make_version(programme, number, lines):
    """Its steps in the order of the lines."""
    procedure = factories.make_procedure(programme, number=number)
    parts = [[*line.split(), ""][:4] for line in lines]
    made = {
        letter: factories.make_step(
            procedure, title, key=key_of(letter), offset_days=-int(days), position=place
        )
        for place, (letter, title, days, _) in enumerate(parts)
    }
    for letter, _, _, before in parts:
        for one in before:
            factories.make_step_link(made[letter], made[one])
    steps = Step.objects.filter(procedure=procedure).order_by("position")
    return steps.prefetch_related("predecessors")


def told(changes):
    for change in changes:
        letter = letters([change.step.key])
        if change.is_new or change.is_gone:
            yield f"{'+' if change.is_new else '-'} {letter}"
        for one in change.fields:
            was, now = one.before, one.after
            if one.field == BEFORE:
                was, now = letters(was), letters(now)
            yield f"{letter} {one.field} {was} → {now}"


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
def test_changes_between_two_versions(example, programme):
    before, after, expected = example

    found = changes_between(
        make_version(programme, 1, before), make_version(programme, 2, after)
    )

    assert list(told(found)) == expected


def test_every_field_that_people_write_is_compared():
    """All but the key, which makes two steps the same, and the place in the list."""
    written = {
        field.name
        for field in Step._meta.get_fields()
        if field.concrete and not field.auto_created
    }

    assert written - {"version", "procedure", "key", "position"} == {*FIELDS, BEFORE}
