"""The parts of `manage.py start` one by one, with small programs in place of its own."""

import os
from collections.abc import Iterator
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
from tests.runs import ROOT, wait_for

pytestmark = pytest.mark.processes


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


def test_start_waits_for_the_parts_of_the_last_run(tmp_path):
    lock = claim_parts(tmp_path, print)
    said: list[str] = []

    with Supervisor(ROOT, tmp_path, lock) as parts:
        parts.start(shell("sleep 600"))
        os.close(lock)  # as if the supervisor were gone
        with pytest.raises(CannotStart, match=r"^A process of an earlier run still"):
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


# --- Checks before the start ---


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
