"""`manage.py start` with real processes: nothing of it is simulated."""

import json
import os
import re
import shlex
import shutil
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from rollout.queries.health import JOBS
from tests.runs import MANAGE, PATIENCE, ROOT, Run, wait_for
from tests.services.product import migrated

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]

PARTS = ("valkey-server", "gunicorn", " worker", " beat")


def proof_only(*cases):
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else [case]), marks=pytest.mark.long
        )
        for case in cases
    ]


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Run]:
    """Nothing is kept yet, in a folder too long for a socket."""
    run = Run(tmp_path / ("a very long name, " * 6 + "ü"))
    yield run
    run.end()


@pytest.fixture(scope="session")
def database() -> Path:
    return migrated(Path(os.environ["VAR_DIR"]).parent)


@pytest.fixture
def run(tmp_path: Path, database: Path) -> Iterator[Run]:
    """A folder that was used before: its database is up to date."""
    run = Run(tmp_path / "kept")
    run.folder.mkdir()
    shutil.copy(database, run.folder)
    yield run
    run.end()


@pytest.fixture
def under_shell(run: Run) -> Run:
    """Up as make runs it: below a parent that waits for it and gives its own number."""
    run.up("sh", "-c", f"{shlex.join(MANAGE)} start --parent $$; true")
    return run


# --- Starting ------------------------------------------------------------------------


def test_first_start_prepares_all_parts_and_the_first_page_in_a_long_folder(fresh):
    fresh.up()

    log = fresh.folder / "log" / "worker.log"
    wait_for(
        lambda: " ready." in log.read_text(), "a worker that has reached the broker"
    )
    commands = " | ".join(fresh.living().values())
    assert [part for part in PARTS if part not in commands] == []
    assert fresh.first_page() > 0
    for path in (fresh.folder / "rollout.sqlite3", log):
        assert path.stat().st_mode & 0o077 == 0
    told = 'manage.py add_person you@example.org --name "Your name" --role hq'
    assert f"  VAR_DIR={fresh.folder} .venv/bin/python {told}" in fresh.said


@pytest.mark.long
def test_first_seconds_are_not_taken_for_silence(run):
    """The jobs have not run yet, or the last time they ran was long ago."""
    run.up()

    with urlopen(f"http://127.0.0.1:{run.port}/health", timeout=PATIENCE) as answer:
        facts = json.load(answer)
    assert (facts["delivering"], sorted(facts["heartbeats"])) == (True, sorted(JOBS))


@pytest.mark.long
def test_second_start_names_address_and_process_of_the_first(run):
    first = run.up()

    lines = run.refused()

    address = f"http://127.0.0.1:{run.port}"
    assert lines == [f"Rollout is already running at {address} (process {first.pid})."]
    assert run.first_page() > 0


@pytest.mark.long
def test_sample_is_loaded_once_and_its_people_are_told_each_time(run):
    run.env["SAMPLE"] = "china"
    first = run.up()
    said_first = run.said
    first.terminate()
    first.communicate(timeout=PATIENCE)

    run.env["SAMPLE"] = "0"
    run.up()

    rows = (ROOT / "rollout/samples/china/signins.csv").read_text().splitlines()
    people = [row.split(",")[0] for row in rows if "@" in row]
    assert len(people) > 1
    assert [line.split()[0] for line in said_first if "@" in line] == people
    assert said_first[0] == "Loading the sample china…"
    assert run.said[1:] == said_first[2:]


# --- Ending --------------------------------------------------------------------------


@pytest.mark.parametrize(
    "number",
    [signal.SIGTERM, *proof_only(signal.SIGINT, signal.SIGHUP)],
)
def test_signal_stops_everything_quietly(run, number):
    process = run.up()

    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out, err) == (0, "Rollout has stopped.\n", "")
    assert run.living() == {}


@pytest.mark.long
def test_signal_during_the_start_stops_everything_quietly(run):
    process = run.start()
    wait_for(lambda: run.pids("gunicorn"), "gunicorn")

    process.send_signal(signal.SIGINT)
    process.send_signal(signal.SIGTERM)
    out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out.splitlines()[-1], err) == (
        0,
        "Rollout has stopped.",
        "",
    )
    assert run.living() == {}


def test_kill_9_of_the_supervisor_leaves_nothing_and_the_next_start_works(run):
    first = run.up()
    assert (
        len(run.living()) >= 6
    )  # the four parts, gunicorn's worker and the supervisor

    first.kill()
    first.wait()
    run.up()  # at once: it has to wait for what is still ending by itself

    assert first.pid not in run.living()
    assert len(run.pids("valkey-server")) == 1
    assert run.first_page() > 0


@pytest.mark.long
def test_kill_9_of_the_supervisor_leaves_nothing(run):
    process = run.up()
    # A worker of gunicorn that hangs cannot see by itself that it was orphaned.
    os.kill(run.pids("gunicorn")[-1], signal.SIGSTOP)

    process.kill()

    wait_for(lambda: not run.living(), "the end of all parts", patience=5)


@pytest.mark.long
def test_kill_9_of_the_parent_stops_everything(under_shell):
    under_shell.started[0].kill()

    wait_for(lambda: not under_shell.living(), "the end of all parts", patience=15)


@pytest.mark.long
def test_start_while_the_last_run_stops_waits_for_it(under_shell):
    web = under_shell.pids("gunicorn")[0]
    os.kill(web, signal.SIGSTOP)  # so that the stop takes its time
    under_shell.started[0].kill()

    second = under_shell.start()
    under_shell.read(second, "Waiting for the last run to end")
    os.kill(web, signal.SIGCONT)
    under_shell.read(second, "Ctrl-C stops it")

    assert len(under_shell.pids("valkey-server")) == 1


@pytest.mark.parametrize("part", [PARTS[0], *proof_only(*PARTS[1:])])
def test_part_that_dies_stops_the_others_and_is_named(run, part):
    process = run.up()

    os.kill(run.pids(part)[0], signal.SIGKILL)
    _, err = process.communicate(timeout=PATIENCE)

    name = {"valkey-server": "valkey", "gunicorn": "web"}.get(part, part.strip())
    assert err.startswith(
        f"The part {name} ended (killed by SIGKILL). From {run.folder}/log/"
    )
    assert process.returncode == 1
    assert run.living() == {}


# --- Refusing ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("VAR_DIR", "/dev/null/below-a-file"),
        ("DATABASE_URL", "postgres://user:secret@127.0.0.1:1/rollout"),
        ("SECRET_KEY", "secret"),
        *proof_only(
            ("PORT", "eighty"),
            ("PORT", "65536"),
            ("DEBUG", "perhaps"),
            ("SITE_URL", "rollout.example.org"),
            ("DATABASE_URL", "mysql://localhost/rollout"),
            ("REDIS_URL", "http://localhost"),
            ("EMAIL_URL", "imap://localhost"),
            ("TIME_ZONE", "Mars/Olympus"),
            ("SAMPLE", "secret"),
        ),
    ],
)
def test_bad_setting_stops_the_start_with_one_line(run, name, value):
    run.env[name] = value

    lines = [line for line in run.refused() if line != "Preparing the database…"]

    assert len(lines) == 1, lines
    word = {"VAR_DIR": value, "DATABASE_URL": "database|DATABASE_URL"}.get(name, name)
    assert re.search(word, lines[0])
    assert "secret" not in lines[0].replace("SAMPLE=secret", "")
    assert run.living() == {}


def test_production_is_refused(run):
    run.env |= {
        "SITE_URL": "https://rollout.example.org",
        "SECRET_KEY": "0123456789" * 5,
        "DATABASE_URL": "postgres://127.0.0.1:1/rollout",
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "EMAIL_URL": "smtp://127.0.0.1:1",
    }

    lines = run.refused()

    assert len(lines) == 1
    assert lines[0].startswith("SITE_URL is set, so this is production")


def test_busy_port_stops_the_start_with_one_line(run):
    with socket.create_server(("127.0.0.1", run.port)):
        lines = run.refused()

    other = run.port + 80 if run.port + 80 < 65536 else run.port - 80
    assert lines == [
        f"Port {run.port} is in use. Free it, or choose another: PORT={other} make run"
    ]
