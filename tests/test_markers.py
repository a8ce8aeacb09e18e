"""What one may not see stands nowhere: not in searches, not in mails, not in a number."""

import re
from email import message_from_bytes, policy

import pytest

from regions.models import User
from rollout import reminders
from rollout.services import mail
from tests.factories import NOW
from tests.markers import WAY_TO_REGION, fillable, leaks, marker, without
from tests.matrix import Ask, send, undone
from tests.permissions import PEOPLE, rows
from tests.printed import text_of
from tests.texts import text_fields

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

READ = [row.name for row in rows() if row.method == "GET"]
# What can be asked of the lists, in words that stand in the rows of both regions.
QUESTIONS = [
    ("rollout:region-list", "q=mark"),
    ("rollout:region-list", "q=SOUTH"),
    ("rollout:region-list", "wave=mark"),
    ("rollout:region-list", "programme=ERP"),
    ("rollout:today", "programme=ERP"),
    ("rollout:my-tasks", "later=1"),
    ("rollout:mail-list", "q=mark"),
    ("rollout:mail-list", "region=SOUTH"),
    ("rollout:mail-list", "region=NORTH&kind=check_in&state=planned&days=30"),
    ("rollout:mail-list", "page=2"),
    ("rollout:history", "q=mark"),
    ("rollout:history", "q=private"),
    ("rollout:history", "kind=region&region=NORTH"),
    ("rollout:history-export", "format=csv"),
    ("rollout:clarification-list", "region=NORTH&state=open&page=2"),
    ("rollout:clarification-list", "region=SOUTH&format=csv"),
    ("rollout:ask-list", "q=mark"),
    ("rollout:ask-list", "region=SOUTH&state=all&format=csv"),
    ("pilots:finding-list", "q=mark"),
    ("pilots:finding-list", "state=adopted"),
]
# A new form has a key of its own, and so has each page for its styles.
KEY = re.compile(r'(?<=name="key" value=")[\w-]+|(?<=style nonce=")[^"]+')
REGIONAL = (
    "liaison",
    "manager",
    "staff",
    "helper",
    "proofreader",
    "former",
    "outsider",
)


@pytest.fixture
def world(shared_world):
    return shared_world


def test_every_text_of_both_regions_holds_a_marker(world):
    """Else nothing would be there to leak."""
    for side in (world.north, world.south):
        place = f"mark_{side.region.code.lower()}_"
        for model, way in WAY_TO_REGION.items():
            found = list(model._default_manager.filter(**{way: side.region.pk}))
            for field in text_fields(model):
                texts = [
                    getattr(row, field.name) for row in found if field in fillable(row)
                ]
                assert any(text.startswith(place) for text in texts), field


@pytest.mark.long
def test_private_note_stands_in_no_answer_to_others(world):
    note = marker(world.north.region, "private")
    able = {"cio", "liaison"}

    told = {
        role
        for role in PEOPLE
        if note in pages(world, role, world.north).get("rollout:region", "")
    }

    assert told == able


@pytest.mark.parametrize("question", QUESTIONS, ids="?".join)
def test_search_tells_of_nothing_hidden(question, world):
    name, query = question
    path = f"{Ask.of(name, 'GET', world.north).path}?{query}"
    for role in PEOPLE:
        text = text_of(send(world.clients[role], Ask("GET", path)))
        assert leaks(role, text.replace(query, "")) == set(), role


def pages(world, role, made):
    """What somebody reads at every address, without what differs by itself."""
    found = {}
    for name in READ:
        with undone():
            answer = send(world.clients[role], Ask.of(name, "GET", made))
        token = answer.context.get("csrf_token") if answer.context else None
        text = KEY.sub("", text_of(answer))
        found[name] = text.replace(str(token), "") if token else text
    return found


@pytest.mark.parametrize(
    "role",
    [
        role
        if role in ("staff", "liaison")
        else pytest.param(role, marks=pytest.mark.long)
        for role in REGIONAL
    ],
)
def test_numbers_are_the_same_without_the_other_region(role, world):
    """Not only numbers: every page says letter for letter the same."""
    before = pages(world, role, world.north)
    without(world.south.region)

    after = pages(world, role, world.north)

    # Whether mail goes out at all is asked by whoever watches the product; an app gets a
    # secret of its own each time.
    assert {name for name in before if before[name] != after[name]} <= {
        "rollout:health",
        "rollout:security-app",
    }


def test_numbers_of_who_sees_all_change(world):
    """So the comparison above can see a number that counts too much."""
    before = pages(world, "hq", world.north)
    without(world.south.region)

    after = pages(world, "hq", world.north)

    changed = {name for name in before if before[name] != after[name]}
    assert changed >= {"rollout:today", "rollout:region-list", "rollout:mail-list"}


# --- Mails ---------------------------------------------------------------------------


def sent(folder):
    """Every mail that went out: to whom, and all that it says, decoded."""
    for path in sorted(folder.glob("*.eml")):
        message = message_from_bytes(path.read_bytes(), policy=policy.default)
        texts = [
            part.get_content() for part in message.walk() if not part.is_multipart()
        ]
        headers = "\n".join(str(value) for value in message.values())
        [to] = re.findall(r"[\w.]+@example\.org", message["To"])
        yield to, "\n".join([headers, *texts])


def test_mails_tell_of_nothing_hidden(world, settings, tmp_path):
    settings.MAIL_DIR = tmp_path / "mail"
    roles = {user.email: role for role, user in world.people.items() if user}

    reminders.queue(at=NOW)
    mail.deliver(clock=lambda: NOW)

    found = list(sent(settings.MAIL_DIR))
    marked = {to for to, text in found if "mark_" in text}
    assert marked >= {"liaison.north@example.org", "liaison.south@example.org"}
    for to, text in found:
        assert leaks(roles[to], text) == set(), to
    assert User.objects.filter(email__in=marked).count() == len(marked)
