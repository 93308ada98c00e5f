"""What is said of networks whose counts no paper prints."""

from cnnviz.architectures import variant, variants
from cnnviz.architectures.published import has_printed_counts, published
from tests.apps import open_in_app

IN_NO_PAPER = {
    *("mlp", "lenet5_full", "simple_densenet"),
    *("preact_resnet18", "preact_resnet34", "preact_resnet50", "preact_resnet101"),
}


def test_home_counts_the_networks_with_printed_counts():
    """A teacher reads Home: of 74 networks, papers print the counts of 39."""
    assert (len(variants()), sum(map(has_printed_counts, variants()))) == (74, 39)
    said = open_in_app("home").caption[-1].value
    assert said.startswith("74 networks of 18 families, 39 with the paper's printed counts beside")
    assert "Simple DenseNet" in said


def test_networks_of_nobody_are_marked():
    """A student looks for a network's paper: those that are in none say whose they are."""
    assert {name for name in variants() if variant(name).origin} == IN_NO_PAPER
    assert all(variant(name).origin.startswith("In no paper: ") for name in IN_NO_PAPER)
    assert not any(published(name) for name in IN_NO_PAPER)


def test_explore_says_that_no_paper_prints_the_counts():
    """A student opens a network without printed counts: the page says that there are none."""
    captions = [c.value for c in open_in_app("explore", variant="simple_densenet").caption]
    said = "In no paper: the walk-through network of a lecture. No paper prints its counts."
    assert said in captions
