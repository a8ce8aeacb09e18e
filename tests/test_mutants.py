"""The run that takes guards away: it finds them by what they are, and takes one at a time."""

import ast
import importlib
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from benchmarks.mutants.bench import METHODS, ROOT, TESTS, Bench, Mutant, all_mutants
from benchmarks.mutants.guards import guards_in, taken_away
from benchmarks.mutants.kept import Kept, digests
from benchmarks.mutants.report import document
from benchmarks.mutants.trying import take_away
from tests.matrix import all_addresses

pytestmark = pytest.mark.any_store

MODULE = """
class Rows:
    def visible_to(self, user):
        return self.filter(owner=user)


class Days:
    def visible_to(self, user):
        return self


@login_not_required
@require_http_methods(["GET", "HEAD"])
def show(request, pk):
    row = get_object_or_404(Task.objects.visible_to(request.user), pk=pk)
    can_work_on(request.user, row).insist()
    if row.is_gone:
        raise Http404
    return row


view = wrapped(require_safe(self.export_view))
MIDDLEWARE = ["regions.middleware.SignInMiddleware", "other.Middleware"]
"""
LEFT = {
    "Rows.visible_to": "return self\n\n\nclass Days",
    "login_not_required": "\n@require_http_methods(['GET', 'HEAD'])\ndef show",
    "require_http_methods(['GET', 'HEAD'])": "\n@login_not_required\ndef show",
    "Task.objects.visible_to(request.user)": "get_object_or_404(Task.objects.all(), pk=pk)",
    "can_work_on(request.user, row)": "fromlist=['ALLOWED']).ALLOWED.insist()",
    "raise Http404": "        pass\n    return row",
    "require_safe(self.export_view)": "wrapped(self.export_view)",
    "'regions.middleware.SignInMiddleware'": "MIDDLEWARE = ['other.Middleware']",
}


# Functions of a module that was imported; one stands within another, one in a class.
LIVING = """
class Http404(Exception):
    pass


class Rows:
    def all(self):
        return "all"

    def visible_to(self, user):
        return self and "mine"


def require_safe(view):
    def asked(user):
        try:
            return view(user)
        except Http404:
            return "refused"

    return asked


@require_safe
def show(user):
    if user != "me":
        raise Http404
    return "shown"


def seen(user):
    return [rows.visible_to(user) for rows in [Rows()]]
"""
NOTHING = {"functions": [], "seconds": 1}


def squeezed(text):
    return text.replace("\n\n\n", "\n").replace("\n\n", "\n")


def test_every_guard_is_found():
    assert [guard.text for guard in guards_in(MODULE)] == list(LEFT)


@pytest.mark.parametrize("text", LEFT)
def test_one_guard_is_taken_away_and_no_other(text):
    [guard] = [one for one in guards_in(MODULE) if one.text == text]

    lessened = taken_away(MODULE, guard.number)

    ast.parse(lessened)
    assert squeezed(LEFT[text]) in squeezed(lessened)
    left = [one.text for one in guards_in(lessened)]
    assert left == [one for one in LEFT if one != text]


def test_rules_of_access_are_opened():
    rule = "def can_plan(user: User) -> Answer:\n    return denied('no')\n"

    [guard] = guards_in(rule, is_access=True)

    assert taken_away(rule, guard.number, is_access=True).endswith("return ALLOWED\n")


def test_guards_of_the_product_are_found():
    kinds = {mutant.guard.kind for mutant in all_mutants()}

    assert kinds == {"rows", "rule", "question", "decorator", "refusal", "middleware"}


def test_guard_that_no_test_runs_is_not_caught():
    bench = object.__new__(Bench)
    bench.ran, bench.outside, bench.tree = {"other": NOTHING}, set(), Path("nowhere")
    [guard] = guards_in("def can(user):\n    raise Http404\n")

    assert not bench.is_caught(Mutant("regions/planted.py", guard))


def test_guard_that_ran_while_modules_were_imported_is_tried_with_every_test():
    bench = object.__new__(Bench)
    bench.ran = {
        "slow": NOTHING | {"seconds": 2},
        "quick": NOTHING,
        "its": {"functions": ["regions/planted.py:1"], "seconds": 3},
    }
    bench.outside = {"regions/planted.py:1"}
    [early] = guards_in("def urls():\n    return require_safe(view)\n")
    [later] = guards_in("\n\ndef urls():\n    raise Http404\n")

    assert bench.tests_of(Mutant("regions/planted.py", early)) == [
        "its",
        "quick",
        "slow",
    ]
    assert bench.tests_of(Mutant("regions/planted.py", later)) == []


def test_guard_is_taken_out_of_functions_that_live(tmp_path, monkeypatch):
    """And not where there is none: a decorator has worked already."""
    (tmp_path / "planted.py").write_text(LIVING)
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    planted = importlib.import_module("planted")
    _rule, decorator, refusal, rows = (guard.number for guard in guards_in(LIVING))

    def told():
        return planted.seen("me"), planted.show("other")

    assert told() == (["mine"], "refused")
    assert not take_away("planted.py", decorator, is_access=False)
    assert told() == (["mine"], "refused")
    assert take_away("planted.py", rows, is_access=False)
    assert told() == (["all"], "refused")
    assert take_away("planted.py", refusal, is_access=False)
    assert told() == (["all"], "shown")


def test_view_stands_anew_behind_its_address(monkeypatch):
    path = "rollout/views/feeds.py"
    monkeypatch.chdir(ROOT)
    for address in all_addresses().values():
        monkeypatch.setattr(address, "callback", address.callback)
    [mark] = [
        guard.number
        for guard in guards_in((ROOT / path).read_text())
        if guard.text == "login_not_required"
    ]

    def is_open():
        view = all_addresses()["rollout:calendar"].callback
        return not getattr(view, "login_required", True)

    assert is_open()
    assert take_away(path, mark, is_access=False)
    assert not is_open()


def test_decorator_is_tried_with_who_asks_for_methods_and_with_its_view_first():
    bench = object.__new__(Bench)
    bench.ran = {
        "a::quick": NOTHING,
        "b::view": {"functions": ["regions/planted.py:1"], "seconds": 2},
        "c::quicker": NOTHING | {"seconds": 0},
        "a::slow": NOTHING | {"seconds": 3},
        METHODS: NOTHING | {"seconds": 4},
    }
    bench.outside = set()
    [guard] = guards_in("@require_safe\ndef show(request):\n    return row\n")

    tests = bench.tests_of(Mutant("regions/planted.py", guard))

    assert tests == [METHODS, "b::view", "c::quicker", "a::quick", "a::slow"]


def test_view_is_asked_for_its_methods_by_a_test_that_is_there():
    file, _, name = METHODS.partition("::")

    assert f"def {name}(" in (ROOT / file).read_text()


def test_what_was_caught_is_kept_until_anything_but_a_new_test_comes(tmp_path):
    first, second = TESTS[:2]
    file, then = tmp_path / "kept.json", {"regions/a.py": "1", first: "1"}
    [one, other] = guards_in("def can(user):\n    raise Http404\n    raise Http404\n")
    Kept(file, then).add(Mutant("regions/a.py", one))

    def kept(now):
        found = Kept(file, now)
        return [Mutant("regions/a.py", guard) in found for guard in (one, other)]

    assert kept(then) == kept(then | {second: "1"}) == [True, False]
    for changed in ("regions/a.py", first, "tests/factories.py"):
        assert kept(then | {changed: "2"}) == [False, False]


def test_what_decides_is_the_product_the_access_tests_and_what_tests_share():
    found = digests()

    assert {"regions/access.py", "tests/factories.py", *TESTS} <= set(found)
    assert "tests/test_mutants.py" not in found


def test_document_names_what_was_not_missed():
    [guard] = guards_in("def can(user):\n    raise Http404\n")
    planted = Mutant("regions/planted.py", guard)

    text = document(Counter({"refusal": 1}), [planted], tests=5)

    assert "| not missed | 1 |" in text
    assert text.endswith(f"- `{planted}`\n")


def test_run_begins():
    """Its modules are imported without the settings of the tests around them."""
    command = [sys.executable, "-m", "benchmarks.mutants", "--help"]

    said = subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True)

    assert "--only TEXT" in said.stdout
