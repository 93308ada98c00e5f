"""What the papers print, beside what is counted."""

import pytest

from cnnviz.architectures import variants
from cnnviz.architectures.published import COUNTS, ERRORS, _figures, published
from tests.networks import summary_of

SCALES = {"": 1, "k": 1e3, "M": 1e6, "G": 1e9}
PRINTED = [f for name in variants() for f in published(name) if f.quantity in COUNTS]


def agrees(figure, count):
    """Whether a count, rounded to the printed digits, equals the published number."""
    decimals = len(figure.value.partition(".")[2])
    return f"{count / SCALES[figure.unit]:.{decimals}f}" == figure.value


@pytest.mark.parametrize("figure", PRINTED, ids=lambda f: f"{f.variant}-{f.quantity}")
def test_counts_round_to_what_the_papers_print_or_the_deviation_is_stated(figure):
    count = getattr(summary_of(figure.variant).totals, figure.quantity)
    against = f"{count} against {figure.value} {figure.unit}"
    assert agrees(figure, count) == (not figure.deviation), against
    assert figure.source


def test_every_printed_figure_is_of_a_variant_and_every_deviation_of_a_count():
    assert {figure.quantity for figure in _figures()} <= {*COUNTS, *ERRORS}
    assert all(figure.source for figure in _figures())
    assert {figure.variant for figure in _figures()} <= set(variants())
    stated = [figure for figure in _figures() if figure.deviation]
    assert stated and all(figure.quantity in COUNTS for figure in stated)


def test_printed_figures_are_compared_as_printed():
    figure = published("resnet20_cifar")[0]
    assert (figure.value, figure.unit) == ("0.27", "M")
    assert agrees(figure, 269_722)
    assert not agrees(figure, 275_001)
    assert not agrees(figure, 264_999)
