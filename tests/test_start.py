"""`manage.py start` with real processes: nothing of it is simulated."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from http.client import HTTPConnection
from pathlib import Path

import pytest

from rollout.management import broker, preflight, supervisor
from rollout.management.supervisor import (
    CannotStart,
    Part,
    PartEnded,
    Supervisor,
    claim_parts,
)
from tests.services import free_port

pytestmark = [
    pytest.mark.processes,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc"),
]

ROOT = Path(__file__).resolve().parent.parent
START = (sys.executable, str(ROOT / "manage.py"), "start")
PARTS = ("valkey-server", "gunicorn", " worker", " beat")
PATIENCE = 60.0


def wait_for(
    happened: Callable[[], object], what: str, patience: float = PATIENCE
) -> None:
    deadline = time.monotonic() + patience
    while not happened():
        assert time.monotonic() < deadline, f"not within {patience:.0f} s: {what}"
        time.sleep(0.02)


class Run:
    """One folder with all that is kept, and the starts on it."""

    def __init__(self, folder: Path, **more: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.started: list[subprocess.Popen[str]] = []
        self.said: list[str] = []
        known = ("PATH", "HOME", "LANG", "TMPDIR")
        self.env = {name: os.environ[name] for name in known if name in os.environ}
        self.env |= {
            "VAR_DIR": str(folder),
            "PORT": str(self.port),
            "SAMPLE": "0",
            **more,
        }

    def start(self, *command: str) -> subprocess.Popen[str]:
        """Start without waiting."""
        self.started.append(
            subprocess.Popen(
                command or START,
                env=self.env,
                cwd=ROOT,
                text=True,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        )
        return self.started[-1]

    def up(self, *command: str) -> subprocess.Popen[str]:
        """Start, and return once it says that all is up; `said` has its lines."""
        process = self.start(*command)
        self.read(process, "Ctrl-C stops it")
        return process

    def read(self, process: subprocess.Popen[str], awaited: str) -> None:
        """Read what it says, up to the line that begins so."""
        self.said = []
        for line in process.stdout or ():
            self.said.append(line.rstrip())
            if line.startswith(awaited):
                return
        pytest.fail(f"{awaited!r} not in {self.said} {process.communicate()[1]}")

    def refused(self) -> list[str]:
        """The lines of a start that ends by itself with exit code 1."""
        process = self.start()
        out, err = process.communicate(timeout=PATIENCE)
        assert process.returncode == 1
        return (out + err).splitlines()

    def living(self) -> dict[int, str]:
        """Every process of this folder: number and command.

        Known by its environment or by the folder that it works in: Valkey writes its
        title over its environment.
        """
        mark, found = f"VAR_DIR={self.folder}\0".encode(), {}
        for entry in Path("/proc").glob("[0-9]*"):
            with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
                works_in = (entry / "cwd").readlink()
                environment = (entry / "environ").read_bytes()
                if mark in environment or works_in.is_relative_to(self.folder):
                    command = (entry / "cmdline").read_bytes()
                    found[int(entry.name)] = command.replace(b"\0", b" ").decode()
        return found

    def pids(self, part: str) -> list[int]:
        return sorted(pid for pid, command in self.living().items() if part in command)

    def first_page(self) -> int:
        with closing(HTTPConnection("127.0.0.1", self.port, timeout=10)) as client:
            client.request("GET", "/accounts/login/")
            return client.getresponse().status

    def end(self) -> None:
        # All of them first: whoever still lives may hold the pipes that are read below.
        while living := self.living():
            for pid in living:
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
        for process in self.started:
            process.communicate()


@pytest.fixture
def fresh(tmp_path: Path) -> Iterator[Run]:
    """Nothing is kept yet, in a folder too long for a socket."""
    run = Run(tmp_path / ("a very long name, " * 6 + "ü"))
    yield run
    run.end()


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    run = Run(tmp_path_factory.mktemp("database"))
    command = (*START[:2], "migrate", "--verbosity=0")
    subprocess.run(command, env=run.env, cwd=ROOT, check=True)
    return run.folder / "rollout.sqlite3"


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
    run.up("sh", "-c", f'"{START[0]}" "{START[1]}" start --parent $$; true')
    return run


# --- Starting ------------------------------------------------------------------------


def test_start_brings_up_all_parts_and_the_first_page(run):
    run.up()

    commands = " | ".join(run.living().values())
    assert [part for part in PARTS if part not in commands] == []
    assert run.first_page() > 0


def test_first_start_prepares_the_database_and_the_broker_in_a_long_folder(fresh):
    fresh.up()

    log = fresh.folder / "log" / "worker.log"
    wait_for(
        lambda: " ready." in log.read_text(), "a worker that has reached the broker"
    )
    assert fresh.first_page() > 0


def test_second_start_names_address_and_process_of_the_first(run):
    first = run.up()

    lines = run.refused()

    address = f"http://127.0.0.1:{run.port}"
    assert lines == [f"Rollout is already running at {address} (process {first.pid})."]
    assert run.first_page() > 0


def test_start_says_how_to_make_the_first_account(run):
    run.up()

    told = 'manage.py add_person you@example.org --name "Your name" --role hq'
    assert f"  .venv/bin/python {told}" in run.said


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_signal_stops_everything_quietly(run, number):
    process = run.up()

    os.killpg(process.pid, number)
    out, err = process.communicate(timeout=PATIENCE)

    assert (process.returncode, out, err) == (0, "Rollout has stopped.\n", "")
    assert run.living() == {}


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


def test_kill_9_of_the_supervisor_leaves_nothing(run):
    process = run.up()
    # A worker of gunicorn that hangs cannot see by itself that it was orphaned.
    os.kill(run.pids("gunicorn")[-1], signal.SIGSTOP)

    process.kill()

    wait_for(lambda: not run.living(), "the end of all parts", patience=5)


def test_kill_9_of_the_parent_stops_everything(under_shell):
    under_shell.started[0].kill()

    wait_for(lambda: not under_shell.living(), "the end of all parts", patience=15)


def test_start_while_the_last_run_stops_waits_for_it(under_shell):
    [beat] = under_shell.pids(" beat")
    os.kill(beat, signal.SIGSTOP)
    under_shell.started[0].kill()

    second = under_shell.start()
    under_shell.read(second, "Waiting for the last run to end")
    os.kill(beat, signal.SIGCONT)
    under_shell.read(second, "Ctrl-C stops it")

    assert len(under_shell.pids("valkey-server")) == 1


@pytest.mark.parametrize("part", PARTS)
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
        ("PORT", "eighty"),
        ("PORT", "65536"),
        ("DEBUG", "perhaps"),
        ("SITE_URL", "rollout.example.org"),
        ("DATABASE_URL", "mysql://localhost/rollout"),
        ("DATABASE_URL", "postgres://user:secret@127.0.0.1:1/rollout"),
        ("REDIS_URL", "http://localhost"),
        ("EMAIL_URL", "imap://localhost"),
        ("TIME_ZONE", "Mars/Olympus"),
        ("SECRET_KEY", "secret"),
        ("SAMPLE", "secret"),
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
        "SECRET_KEY": "x" * 50,
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


def test_unwritable_file_in_the_folder_is_named(tmp_path, monkeypatch):
    kept = tmp_path / "rollout.sqlite3"
    kept.touch()
    # Root may write everything, so the answer of the system is given here.
    monkeypatch.setattr(os, "access", lambda path, _mode: path != kept)

    with pytest.raises(
        CannotStart, match=rf"^{kept} cannot be written \(Permission denied\)"
    ):
        preflight.writable_folder(tmp_path)


def test_unfinished_setup_is_named(tmp_path, monkeypatch):
    monkeypatch.setattr(
        preflight, "MADE_BY_SETUP", (ROOT / "manage.py", tmp_path / "none.css")
    )

    with pytest.raises(CannotStart, match=r"none\.css is missing.* Run: make run$"):
        preflight.check_setup()


# --- The supervisor ------------------------------------------------------------------


@pytest.fixture
def parts(tmp_path: Path) -> Iterator[Supervisor]:
    with Supervisor(ROOT, tmp_path, claim_parts(tmp_path, print)) as parts:
        yield parts


def shell(script: str) -> Part:
    return Part("shell", ("sh", "-c", script))


def test_part_that_ends_is_told_with_its_last_five_lines(parts, tmp_path):
    parts.start(shell("seq 7; exit 3"))

    with pytest.raises(PartEnded) as ended:
        parts.watch()

    head = f"The part shell ended (exit code 3). From {tmp_path}/shell.log:"
    assert str(ended.value).splitlines() == [head, "3", "4", "5", "6", "7"]


def test_part_that_ignores_sigterm_is_killed_with_its_children(
    parts, tmp_path, monkeypatch
):
    monkeypatch.setattr(supervisor, "GRACE", 0.2)
    parts.start(shell("trap '' TERM; sleep 600 & echo $!; wait; wait"))
    log = tmp_path / "shell.log"
    wait_for(
        lambda: log.exists() and log.read_text().strip(), "the number of the child"
    )

    parts.stop()

    child = Path("/proc", log.read_text().strip())
    wait_for(
        lambda: not child.exists() or "Z" in (child / "stat").read_text(), "its end"
    )


def test_large_log_begins_anew(parts, tmp_path, monkeypatch):
    monkeypatch.setattr(supervisor, "LOG_LIMIT", 10)
    log = tmp_path / "shell.log"
    log.write_text("old words, too many of them\n")

    parts.start(shell("echo new words"))

    wait_for(lambda: "new" in log.read_text(), "the new words")
    assert log.read_text() == "new words\n"


def test_missing_program_is_named(parts):
    with pytest.raises(CannotStart, match=r"^/no/such/program cannot be run"):
        parts.start(Part("none", ("/no/such/program",)))


def test_part_that_never_answers_ends_the_wait(parts, monkeypatch):
    monkeypatch.setattr(supervisor, "PATIENCE", 0.2)
    parts.start(shell("sleep 600"))

    with pytest.raises(CannotStart, match=r"^The shell did not answer"):
        parts.wait_until(lambda: False, "The shell")


def test_start_waits_for_the_parts_of_the_last_run(parts, tmp_path):
    parts.start(shell("sleep 600"))
    said: list[str] = []

    with pytest.raises(CannotStart, match=r"^A process of an earlier run still lives"):
        claim_parts(tmp_path, said.append, patience=0.3)

    assert said == ["Waiting for the last run to end…"]


def test_private_folder_of_the_socket_must_be_private(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    long = tmp_path / ("x" * 100)
    private = broker.socket_path(long).parent
    assert private.stat().st_mode & 0o777 == 0o700

    private.chmod(0o755)

    with pytest.raises(CannotStart, match="is open to other users"):
        broker.socket_path(long)
