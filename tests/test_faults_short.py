"""The proof of the reminders in its short form, with the product's own processes."""

import pytest

from benchmarks.faults import __main__ as runner


@pytest.mark.processes
@pytest.mark.waits
@pytest.mark.parametrize(
    ("name", "told"),
    [("kill-worker", "reached"), ("after-dot", "fresh-id: 2 visible")],
)
def test_short_form_of_the_proof(name, told, tmp_path, capfd):
    """A few kills on one store, and one control: less than a minute each."""
    words = ["--short", "--only", name, "--store", "postgres"]

    red = runner.main([*words, "--results", str(tmp_path)])

    out = capfd.readouterr().out
    assert not red, out
    assert name in out
    assert told in out
