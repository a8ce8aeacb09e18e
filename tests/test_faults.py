"""The proof of the reminders is itself tested: each of its measures sees a planted fault."""

import ast
import math
import smtplib
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest

from benchmarks.faults import __main__ as runner
from benchmarks.faults import clock, results
from benchmarks.faults.bench import Control, Measured, Scenario
from benchmarks.faults.bounds import percentile, upper_bound
from benchmarks.faults.oracle import (
    Due,
    check_ledger,
    connections_in_a_minute,
    judge,
)
from benchmarks.faults.report import NoProof, document, table
from benchmarks.faults.results import Shelf, result_of
from benchmarks.faults.scenarios import ALL
from benchmarks.faults.wire import Wire

pytestmark = pytest.mark.any_store

HERE = Path(runner.__file__).parent
PRODUCT = {"django", "celery", "rollout", "pilots", "regions"}
LETTER = """Message-ID: <1@example.org>
Date: Wed, 25 Nov 2026 09:00:00 +0000
Subject: Call
Content-Type: text/plain; charset=utf-8

Call him: http://127.0.0.1/regions/NORTH/call/
"""

# --- The oracle: what is due, what was taken, what it says --------------------------

DUE = [Due("a@example.org", "NORTH", 100.0), Due("b@example.org", "SOUTH", 100.0)]


def taken(to, mark, number, **more):
    return {
        "event": "accepted",
        "at": 101.0,
        "to": f"{to}@example.org",
        "marks": [mark] if mark else [],
        "message_id": f"<{number}@example.org>",
        "date": "Wed, 25 Nov 2026 09:00:00 +0000",
        "body": f"body {number}",
        "head": f"head {number}",
    } | more


RIGHT = [taken("a", "NORTH", 1), taken("b", "SOUTH", 2)]


def counts(verdict):
    return verdict.lost, verdict.repeated, verdict.visible, verdict.wrong


def test_oracle_finds_no_fault_where_none_is():
    verdict = judge(DUE, [*RIGHT, {"event": "connect", "at": 100.5}])

    assert counts(verdict) == (0, 0, 0, 0)
    assert (verdict.due, verdict.messages, verdict.late) == (2, 2, [1.0, 1.0])


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        pytest.param(RIGHT[:1], (1, 0, 0, 0), id="lost"),
        pytest.param([*RIGHT, RIGHT[0]], (0, 1, 0, 0), id="repeated"),
        pytest.param([*RIGHT, taken("a", "NORTH", 3)], (0, 0, 1, 0), id="visible"),
        pytest.param(
            [*RIGHT, taken("a", "NORTH", 1, date="later")],
            (0, 0, 1, 1),
            id="another date",
        ),
        pytest.param(
            [*RIGHT, taken("a", "NORTH", 1, body="other")], (0, 0, 0, 1), id="mixed"
        ),
        pytest.param([*RIGHT, taken("b", "NORTH", 3)], (0, 0, 0, 1), id="wrong person"),
        pytest.param([*RIGHT, taken("a", "", 3)], (0, 0, 0, 1), id="about nothing"),
        pytest.param(
            [*RIGHT, taken("b", "SOUTH", "", message_id="")],
            (0, 0, 1, 1),
            id="no Message-ID",
        ),
    ],
)
def test_oracle_sees_each_fault(lines, expected):
    assert counts(judge(DUE, lines)) == expected


@pytest.mark.parametrize(("at", "expected"), [(100.5, 1), (101.5, 0)])
def test_oracle_sees_what_was_told_although_it_was_settled(at, expected):
    due = [replace(DUE[0], settled_at=at), DUE[1]]

    assert counts(judge(due, RIGHT)) == (0, 0, 0, expected)


def test_what_was_settled_is_not_lost():
    due = [replace(DUE[0], settled_at=100.5), DUE[1]]

    assert counts(judge(due, RIGHT[1:])) == (0, 0, 0, 0)


@pytest.mark.parametrize(
    ("rows", "wrong"),
    [
        ([("<1@example.org>", "sent"), ("<2@example.org>", "sent")], 0),
        ([("<1@example.org>", "sent"), ("<2@example.org>", "retry")], 1),
        ([("<1@example.org>", "sent")], 1),
        ([(f"<{number}@example.org>", "sent") for number in (1, 2, 3)], 1),
    ],
    ids=["true", "not sent by its word", "not known", "sent by its word alone"],
)
def test_oracle_sees_a_ledger_that_differs_from_the_wire(rows, wrong):
    verdict = judge(DUE, RIGHT)

    check_ledger(rows, RIGHT, verdict)

    assert verdict.wrong == wrong


def test_lateness_is_that_of_the_slowest_but_one_in_a_hundred():
    due = [Due(f"{number}@example.org", "NORTH", 0.0) for number in range(100)]
    lines = [taken(number, "NORTH", number, at=float(number)) for number in range(100)]

    assert judge(due, lines).p99 == 98.0


def test_connections_are_counted_in_any_minute():
    moments = [0, 59, 60, 61, 118, 200]
    lines = [{"event": "connect", "at": moment} for moment in moments]

    assert connections_in_a_minute(lines) == 4


# --- Bounds ---------------------------------------------------------------------------


@pytest.mark.parametrize(("faults", "trials"), [(0, 100), (1, 10), (5, 20), (40, 400)])
def test_so_few_faults_have_a_chance_of_one_in_twenty_at_the_bound(faults, trials):
    share = upper_bound(faults, trials)

    chance = sum(
        math.comb(trials, count) * share**count * (1 - share) ** (trials - count)
        for count in range(faults + 1)
    )
    assert chance == pytest.approx(0.05, rel=1e-6)


@pytest.mark.parametrize(
    ("faults", "trials", "expected"),
    [(0, 10_000, 3 / 10_000), (3, 3, 1.0), (0, 0, 1.0)],
    ids=["rule of three", "only faults", "no trial"],
)
def test_upper_bound_at_its_ends(faults, trials, expected):
    assert upper_bound(faults, trials) == pytest.approx(expected, rel=0.002)


def test_percentile_of_nothing_is_nothing():
    assert percentile([], 0.99) is None
    assert percentile([3.0, 1.0, 2.0], 0.5) == 2.0


# --- The sink -------------------------------------------------------------------------


@pytest.fixture
def wire(tmp_path):
    wire = Wire(tmp_path, {})
    wire.start()
    yield wire
    wire.part.kill()


def send(wire, to="a@example.org"):
    with smtplib.SMTP("127.0.0.1", wire.port, timeout=1) as client:
        return client.sendmail("rollout@example.org", [to], LETTER)


def test_sink_accounts_for_what_it_took(wire):
    send(wire)

    [line] = wire.accepted()
    assert (line["to"], line["marks"]) == ("a@example.org", ["NORTH"])
    assert (line["message_id"], line["subject"]) == ("<1@example.org>", "Call")
    assert line["date"] == "Wed, 25 Nov 2026 09:00:00 +0000"
    assert wire.lines()[0]["event"] == "connect"


def test_same_bytes_have_the_same_prints_and_others_do_not(wire):
    send(wire)
    send(wire)
    with smtplib.SMTP("127.0.0.1", wire.port) as client:
        client.sendmail("x@example.org", ["a@example.org"], LETTER + "More.\n")

    first, second, third = [line["body"] for line in wire.accepted()]
    assert first == second != third


@pytest.mark.parametrize(
    ("point", "do", "fault", "accepted"),
    [
        ("connect", "silent", smtplib.SMTPServerDisconnected, 0),
        ("mail", "answer", smtplib.SMTPSenderRefused, 0),
        ("rcpt", "answer", smtplib.SMTPRecipientsRefused, 0),
        ("data", "answer", smtplib.SMTPDataError, 0),
        ("data", "cut", smtplib.SMTPServerDisconnected, 0),
        ("body", "cut", smtplib.SMTPServerDisconnected, 0),
        ("dot", "answer", smtplib.SMTPDataError, 0),
        ("dot", "cut", smtplib.SMTPServerDisconnected, 0),
        ("taken", "cut", smtplib.SMTPServerDisconnected, 1),
        ("taken", "silent", smtplib.SMTPServerDisconnected, 1),
        ("taken", "hold", smtplib.SMTPServerDisconnected, 1),
    ],
)
def test_sink_misbehaves_where_it_is_told_to(wire, point, do, fault, accepted):
    wire.will({"at": point, "do": do, "text": "450 sorry"})

    with pytest.raises((fault, ConnectionError)):
        send(wire)

    assert len(wire.accepted()) == accepted


def test_rule_holds_for_its_recipient_and_as_often_as_it_says(wire):
    wire.will({"at": "rcpt", "do": "answer", "text": "550 no", "to": "^a@", "times": 1})

    send(wire, "b@example.org")
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        send(wire)
    send(wire)

    assert [line["to"][0] for line in wire.accepted()] == ["b", "a"]


def test_closed_door_refuses_until_it_is_opened(wire):
    wire.refuse()
    with pytest.raises(ConnectionRefusedError):
        send(wire)

    wire.listen()
    send(wire)

    assert len(wire.accepted()) == 1


@pytest.mark.parametrize("name", ["sink.py", "oracle.py", "bounds.py"])
def test_sink_and_oracle_share_no_code_with_the_product(name):
    assert imported(HERE / name) & PRODUCT == set()


def test_import_of_the_product_is_seen():
    assert imported(HERE / "arrange.py") & PRODUCT == {"django", "regions", "rollout"}


def imported(path):
    """The top names of all that a module imports, those of its own package left out."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            found |= {name.name.partition(".")[0] for name in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            found.add(node.module.partition(".")[0])
    return found


# --- The report -----------------------------------------------------------------------


def measured_(**counted):
    measured = Measured(kills=100, repeats_allowed=100)
    measured.verdict.due = 1000
    for name, value in counted.items():
        setattr(measured.verdict, name, value)
    return measured


def full(**counted):
    """A result of every scenario on every store, as after a full run."""
    first = result_of(ALL[0], "sqlite", measured_(**counted), 1.0)
    return [
        replace(
            first,
            name=scenario.name,
            store=store,
            size=scenario.size,
            control=scenario.control.tamper,
            control_measure=scenario.control.measure,
            control_value=3,
        )
        for scenario in ALL
        for store in scenario.stores
    ]


def test_full_run_is_published():
    text = document(ALL, full())

    assert "Every row reached its goal." in text
    assert all(f"| {scenario.name} |" in text for scenario in ALL)
    assert results.product_version() in text


def test_missed_goals_are_published_too():
    text = document(ALL, full(lost=2))

    assert "kill-worker on postgres: 2 lost" in text
    assert "Every row reached its goal." not in text


def fewer(rows):
    rows[1].size -= 1


def missing(rows):
    rows.pop()


def without_control(rows):
    rows[0].control = ""


def control_is_green(rows):
    rows[0].control_value = 0


def other_code(rows):
    rows[0].code = "other"


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (fewer, "instead of"),
        pytest.param(missing, "did not run", marks=pytest.mark.long),
        pytest.param(without_control, "is not red", marks=pytest.mark.long),
        (control_is_green, "is not red"),
        pytest.param(other_code, "code changed", marks=pytest.mark.long),
    ],
)
def test_less_than_a_full_run_is_not_published(spoil, words):
    rows = full()
    spoil(rows)

    with pytest.raises(NoProof, match=words):
        document(ALL, rows)


def test_table_names_the_breach():
    rows = full(lost=2)

    text = table(rows)

    assert "missed" in text
    assert "kill-worker on postgres: 2 lost" in text


@pytest.mark.parametrize(
    ("counted", "breaches"),
    [
        ({}, []),
        ({"lost": 1}, ["1 lost"]),
        ({"visible": 1}, ["1 visible"]),
        ({"wrong": 1}, ["1 wrong"]),
        ({"repeated": 100}, []),
        ({"repeated": 101}, ["101 repeated on the wire, 100 allowed"]),
    ],
)
def test_each_count_is_a_breach(counted, breaches):
    assert measured_(**counted).breaches == breaches


def test_shelf_gives_only_what_was_measured_in_full_of_this_code(tmp_path, monkeypatch):
    shelf = Shelf(tmp_path)
    row = full()[0]
    shelf.keep(row)

    assert shelf.find(row.name, row.store, row.size) == row
    assert shelf.find(row.name, row.store, row.size + 1) is None
    monkeypatch.setattr(results, "fingerprint", lambda: "changed")
    assert shelf.find(row.name, row.store, row.size) is None


# --- The run --------------------------------------------------------------------------


@pytest.fixture
def one_scenario(monkeypatch, tmp_path):
    """A run that has one made-up scenario and writes its document into a folder."""
    made = SimpleNamespace(document=tmp_path / "reliability.md", tampers=[])

    def run(bench, size):
        made.tampers.append((bench.tamper, size))
        return measured_(lost=size if bench.tamper else 0)

    control = Control("broken", 2, "lost")
    scenario = Scenario("made-up", "does", "goal", run, 10, control, ("sqlite",))
    monkeypatch.setattr(runner, "ALL", [scenario])
    monkeypatch.setattr(
        runner, "STORES", {"sqlite": lambda _folder: SimpleNamespace(name="sqlite")}
    )
    monkeypatch.setattr(runner, "DOCUMENT", made.document)
    made.words = ["--jobs", "1", "--results", str(tmp_path / "kept")]
    return made


def test_full_run_writes_the_document_and_runs_nothing_twice(one_scenario, capsys):
    assert runner.main(one_scenario.words) == 0
    assert runner.main(one_scenario.words) == 0

    assert one_scenario.tampers == [("", 10), ("broken", 2)]
    assert "| made-up | sqlite | 100 | 1,000 |" in one_scenario.document.read_text()


def test_run_with_fewer_kills_refuses_to_write_the_document(one_scenario, capsys):
    assert runner.main([*one_scenario.words, "--size", "9"]) == 0

    assert not one_scenario.document.exists()
    assert "made-up" in capsys.readouterr().out
    assert runner.main(["--only", "nothing", *one_scenario.words]) == 0
    assert "is not written: made-up did not run" in capsys.readouterr().out


def test_run_names_the_package_that_is_missing(one_scenario, monkeypatch):
    monkeypatch.setattr(clock, "LIBRARIES", ())

    with pytest.raises(SystemExit, match="sudo apt-get install -y faketime"):
        runner.main(one_scenario.words)
