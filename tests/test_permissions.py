"""The permission matrix: every address, method, person, and whose row it is."""

import pytest
from django.http import HttpResponse

from tests.markers import leaks, unmarked
from tests.matrix import (
    CSRF,
    Ask,
    all_addresses,
    args_of,
    every_address,
    send,
    undone,
)
from tests.offered import offered_in_vain
from tests.permissions import (
    ADMIN,
    ARGS,
    METHODS,
    NOBODY_SUCCEEDS,
    PEOPLE,
    codes,
    codes_elsewhere,
    codes_of_absent,
    rows,
)
from tests.printed import text_of
from tests.tables import snapshot
from tests.texts import our_models

pytestmark = [pytest.mark.usefixtures("frozen"), pytest.mark.any_store]

NAMES = sorted({row.name for row in rows()})
SHORT = ("GET", "POST")
SOME = ("anonymous", "outsider", "hq", "south")
TAKEN = {(row.name, row.method) for row in rows()}
SUCCESS, REFUSED = {200, 302}, {403, 404}
# Whoever holds the key in the address is taken for its owner.
KEYED = (
    "/pause/",
    "/sign-in/",
    "/invitation/",
    "/my-list/",
    "/answers/",
    "/brief/",
    "/calendar/",
    "/close-out/",
)
# Differ from answer to answer, and say nothing of the row.
UNTOLD = {"Content-Length", "Date"}


@pytest.fixture
def world(shared_world):
    return shared_world


def asked(world, ask, role):
    """What somebody is answered; what the request changed is taken back."""
    with undone():
        return send(world.clients[role], ask)


def answers(world, ask, expected, people=PEOPLE):
    """Everybody's answer to the same bytes; the codes, the markers and what is offered are
    compared here."""
    sides = [world.north, world.south]
    found = {role: asked(world, ask, role) for role in people}
    got = {role: answer.status_code for role, answer in found.items()}
    assert got == {role: expected[role] for role in people}, ask
    for role, answer in found.items():
        if not ask.path.startswith(KEYED):
            assert leaks(role, text_of(answer)) == set(), (ask, role)
        if answer.status_code == 200:
            assert offered_in_vain(role, answer, ask.path, sides) == set(), (ask, role)
    return found


def told(answer, ask):
    """All of an answer, but for the address and the form's token, which is masked anew."""
    text = text_of(answer).replace(ask.path, "")
    if answer.context and answer.context.get("csrf_token"):
        text = text.replace(str(answer.context["csrf_token"]), "")
    headers = {name: text for name, text in answer.items() if name not in UNTOLD}
    if "Location" in headers:
        headers["Location"] = headers["Location"].replace(ask.path, "")
    return answer.status_code, headers, sorted(answer.cookies), text


def acts(world, ask, role):
    """Whether the request does something when this person sends it."""
    with undone():
        before = snapshot()
        answer = send(world.clients[role], ask)
        return bool(answer.cookies) or snapshot() != before


# --- The walk ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "methods",
    [SHORT, pytest.param(METHODS, marks=pytest.mark.long)],
    ids="-".join,
)
@pytest.mark.parametrize("name", NAMES)
def test_everybody_gets_the_answer_of_the_table(name, methods, world):
    """A method that an address does not take is refused before any row is looked for; that
    this is so for each row and everybody, the long run asks. It also lets everybody ask for
    a row of the south, whose people ask for one of the north here."""
    is_short = methods == SHORT
    for method in methods:
        is_untaken = is_short and (name, method) not in TAKEN
        own = Ask.of(name, method, world.north)
        people = SOME if is_untaken else PEOPLE
        found = answers(world, own, codes(name, method), people)
        if is_untaken or not args_of(name, world.north):
            continue
        pairs = [(own, found)]
        if not is_short:
            other = Ask.of(name, method, world.south)
            pairs += [(other, answers(world, other, codes_elsewhere(name, method)))]
        absent = own.at_absent(name, world.north)
        hidden = [
            role
            for role in PEOPLE
            if any(theirs[role].status_code == 404 for _ask, theirs in pairs)
        ]
        people = (*hidden, "hq") if is_short else PEOPLE
        gone = answers(world, absent, codes_of_absent(name, method), people)
        for ask, theirs in pairs:
            unseen = [role for role in hidden if theirs[role].status_code == 404]
            assert {role: told(theirs[role], ask) for role in unseen} == {
                role: told(gone[role], absent) for role in unseen
            }, ask


@pytest.mark.parametrize("row", rows(), ids=str)
def test_what_is_refused_to_one_succeeds_for_another(row, world):
    """The same bytes, so that nobody is refused only because they were malformed."""
    sides = [(world.north, codes(row.name, row.method))]
    if row.name in ARGS:
        sides.append((world.south, codes_elsewhere(row.name, row.method)))
    for made, expected in sides:
        if not REFUSED & set(expected.values()) or row.name in NOBODY_SUCCEEDS:
            continue
        ask = Ask.of(row.name, row.method, made)
        able = [
            role for role in PEOPLE if role != "anonymous" and expected[role] in SUCCESS
        ]
        assert able != []
        if row.method == "POST":
            assert all(acts(world, ask, role) for role in able[:2]), ask


# The key in the address is all that these ask for.
UNWATCHED = (
    "rollout:pause", "rollout:mailed-tasks", "rollout:answers", "rollout:brief-answer",
    "rollout:close-out-answer",
)  # fmt: skip
POSTED = [row for row in rows() if row.method == "POST" and row.name not in UNWATCHED]


@pytest.mark.parametrize("row", POSTED, ids=str)
def test_form_without_its_token_does_nothing(row, world):
    """It came from another site; one click in a mail program brings a key instead."""
    ask = Ask.of(row.name, "POST", world.north)
    forged = Ask("POST", ask.path, ask.body.replace(CSRF.encode(), b"d" * 32))
    able = [role for role in PEOPLE if codes(row.name, "POST")[role] in SUCCESS]

    before = snapshot()
    for role in able:
        assert send(world.clients[role], forged).status_code in (302, 403), role
    assert snapshot() == before


def test_reads_change_nothing(world):
    """GET, twice, of every address that takes one: the rows stay as they were.

    But for the log of who read private texts, which `tests/test_privacy.py` watches, and
    the last use of a calendar (`tests/rollout/test_feeds.py`).
    """
    for role in ("cio", "staff"):
        before = snapshot()
        for row in rows():
            if row.method == "GET" and row.name != "rollout:calendar":
                for _ in range(2):
                    send(world.clients[role], Ask.of(row.name, "GET", world.north))
        after = snapshot()
        written = {label for label in after if after[label] != before[label]}
        assert written <= {"regions.privateview"}, role


# --- What the walk would see ---------------------------------------------------------


def test_marker_that_is_not_ones_own_is_found():
    text = "<td>mark_south_all_</td> MARK_NORTH_PRIVATE_ mark_north_all_"

    assert leaks("staff", text) == {
        "staff reads south's all",
        "staff reads north's private",
    }
    assert leaks("cio", text) == set()


def test_answer_that_tells_of_a_row_is_found(world):
    """A page that says whose the row is, a header more, a cookie more."""
    ask = Ask.of("rollout:task", "GET", world.north)
    gone = ask.at_absent("rollout:task", world.north)
    absent = told(asked(world, gone, "south"), gone)
    told_of = {"body": 3, "headers": 1, "cookies": 2}

    for change, part in told_of.items():
        answer = asked(world, ask, "south")
        if change == "body":
            answer.content = answer.content.replace(b"</h1>", b" in the north</h1>")
        elif change == "headers":
            answer["X-Region"] = "NORTH"
        else:
            answer.set_cookie("region", "NORTH")
        assert told(answer, ask)[part] != absent[part]


def test_link_and_form_that_are_refused_are_found(world):
    """Who may not have the row at all, and who may not do that with his."""
    ask = Ask.of("rollout:region", "GET", world.north)
    edit = Ask.of("rollout:task-edit", "GET", world.north).path
    drop = Ask.of("rollout:task-drop", "POST", world.south).path
    page = HttpResponse(
        f'<a href="{edit}?x=1">Change</a><form method="post" action="{drop}">'
    )

    def found(role):
        return offered_in_vain(role, page, ask.path, [world.north, world.south])

    assert found("staff") == {f"POST {drop}"}
    assert found("auditor") == {f"GET {edit}", f"POST {drop}"}
    assert found("cio") == set()


def test_request_that_does_nothing_is_found(world):
    ask = Ask.of("rollout:task-complete", "POST", world.north)
    empty = Ask(ask.method, ask.path, b"csrfmiddlewaretoken=" + b"c" * 32)

    assert acts(world, ask, "cio")
    with undone():
        assert send(world.clients["cio"], empty).status_code == 302


# --- The file is whole ---------------------------------------------------------------


def pattern_of(name):
    """The line of the admin that speaks of an address."""
    word = name.removeprefix("admin:")
    if word.endswith("object_id>/"):
        return "short"
    if word.startswith("(?P<url>"):
        return "catch-all"
    return word if word in ADMIN.split() else word.rpartition("_")[2]


def missing(names, table):
    """Addresses that no line speaks of."""
    admin = {line.split()[0] for line in ADMIN.strip().splitlines()}
    return {
        name
        for name in names
        if (
            pattern_of(name) not in admin
            if name.startswith("admin:")
            else name not in table
        )
    }


def test_every_address_stands_in_the_table():
    names = {one.name for one in every_address()}

    assert missing(names, NAMES) == set()
    assert set(NAMES) <= names


@pytest.mark.parametrize("planted", ["rollout:new", "admin:rollout_task_merge"])
def test_address_that_is_missing_is_found(planted):
    assert missing({"rollout:home", planted}, NAMES) == {planted}


def test_every_address_with_a_row_says_which():
    with_row = {
        one.name
        for one in every_address()
        if one.takes_row and not one.name.startswith("admin:")
    }

    assert with_row == set(ARGS)


def test_every_model_with_texts_says_whose_they_are():
    assert unmarked(our_models()) == set()


OURS = ("regions", "pilots", "rollout")


def our_views():
    """Each address with a function of the three apps; the admin, and what stems from a
    class of allauth, not."""
    for name, pattern in all_addresses().items():
        view = pattern.callback
        app = view.__module__.partition(".")[0]
        is_of_others = name.startswith("admin:") or hasattr(view, "view_class")
        if app in OURS and not is_of_others:
            yield name, view


def test_every_view_says_which_methods_it_takes(rf):
    """By itself, besides the middleware that says so for the pages of others."""
    refused = {name: view(rf.put("/")).status_code for name, view in our_views()}

    assert len(refused) > 100
    assert set(refused.values()) == {405}, refused


@pytest.mark.parametrize("path", ["/admin/", "/accounts/login/"])
def test_pages_of_others_are_read_and_posted_to_only(path, world):
    assert world.clients["hq"].put(path).status_code == 405
