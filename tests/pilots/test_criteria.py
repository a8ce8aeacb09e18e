"""Whether a criterion is met, at its edges."""

from decimal import Decimal

import pytest

from pilots.criteria import judgement
from regions.wording import figure

pytestmark = pytest.mark.any_store


@pytest.mark.parametrize(
    ("actual", "target", "direction", "said"),
    [
        (None, "95", "at_least", "unknown"),
        (None, "0", "at_most", "unknown"),
        ("95", "95", "at_least", "met"),
        ("94.999", "95", "at_least", "unmet"),
        ("95.001", "95", "at_least", "met"),
        ("2", "2", "at_most", "met"),
        ("2.001", "2", "at_most", "unmet"),
        ("1.999", "2", "at_most", "met"),
        ("0", "0", "at_most", "met"),
        ("0", "1", "at_least", "unmet"),
        ("-3", "-2", "at_least", "unmet"),
        ("-3", "-2", "at_most", "met"),
    ],
)
def test_criterion_is_met_on_its_target_and_beyond(actual, target, direction, said):
    reached = None if actual is None else Decimal(actual)

    assert judgement(reached, Decimal(target), direction) == said


@pytest.mark.parametrize(
    ("stored", "said"),
    [("98.600", "98.6"), ("2.000", "2"), ("1200.000", "1,200"), ("-0.125", "-0.125")],
)
def test_figures_have_no_more_digits_than_they_say(stored, said):
    assert figure(Decimal(stored)) == said
