"""The proof of the reminders in its short form, with the product's own processes."""

import pytest

from benchmarks.faults import __main__ as runner


@pytest.mark.processes
@pytest.mark.waits
def test_short_form_of_the_proof(tmp_path, capfd):
    """Kills on one store, and one control: the whole takes about a minute."""
    red = runner.main(["--short", "--store", "postgres", "--results", str(tmp_path)])

    out = capfd.readouterr().out
    assert not red, out
    assert "kill-worker" in out
    assert "fresh-id: 2 visible" in out
