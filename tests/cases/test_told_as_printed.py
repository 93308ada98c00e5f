"""What a teacher reads beside a number: the paper's words as printed, slides' mistakes named."""

import pytest
import torch

from cnnviz.analysis.counting import FLOPS
from cnnviz.architectures import architecture, build
from cnnviz.architectures.initialisation import INITIALISERS, draw_weights
from cnnviz.architectures.results import result_tables
from cnnviz.architectures.written import read
from cnnviz.lab.comparisons import Module
from cnnviz.training.experiments.catalogue import experiment
from cnnviz.training.recipes import recipe


def test_vgg_is_drawn_as_its_paper_prints():
    """A teacher shows VGG's initialisation: variance 10^-2 is a standard deviation of 0.1."""
    weights = INITIALISERS["gaussian-0.1"](torch.empty(1000, 1000))
    assert float(weights.std()) == pytest.approx(0.1, rel=0.01)
    arms = {arm.title: arm for arm in experiment("initialisation").arms}
    assert arms["from A"].options == {"initialisation": "gaussian-0.1"}
    notes = architecture("vgg").deviation_notes
    assert "a variance of 10^-2 (a standard deviation of 0.1)" in notes
    assert "a standard deviation of 0.1" in recipe("vgg").scaled


@pytest.mark.parametrize(("how", "spread"), [("gaussian", 5e-16), ("gaussian-0.1", 5_000)])
def test_how_far_the_logits_of_the_deep_vgg_spread(how, spread):
    """A student asks why neither Gaussian learns: the logits' spread is told as it is."""
    torch.manual_seed(0)
    network = build(read("vgg19,width=16,hidden_units=256,num_classes=10").spec)
    draw_weights(network, convolution=INITIALISERS[how], linear=INITIALISERS[how])
    with torch.inference_mode():
        assert float(network(torch.randn(16, 3, 32, 32)).std()) == pytest.approx(spread, rel=0.6)


def test_clarifai_is_not_zfnet():
    """A teacher shows 11.7 for ZFNet as the slide does: the table says whose number it is."""
    table = result_tables()["ILSVRC winners by year"]
    assert table.rows[2]["top-5 error (%)"] == "11.7"
    assert "11.7 is Clarifai's entry" in table.source
    assert "16.5" in table.source
    assert "14.8" in table.source


@pytest.mark.parametrize(
    ("name", "left_out"),
    [
        ("googlenet", ["8 to 100 %", "3:4 to 4:3", "interpolation", "photometric", "ensemble"]),
        ("inception", ["0.94", "clipping of gradients at 2.0", "epsilon 1.0", "authors' code"]),
        ("alexnet", ["velocity holds the rate", "torch's does not", "not by a third each epoch"]),
    ],
)
def test_recipes_name_what_they_leave_out(name, left_out):
    """A student compares a recipe with its paper: all that was left out is named."""
    scaled = " ".join(recipe(name).scaled.split())
    assert [words for words in left_out if words not in scaled] == []


def test_the_small_stem_is_of_section_9():
    """A student looks up Inception's stem for small images in the paper: it is section 9."""
    notes = architecture("inception").deviation_notes
    assert "section 9's for 79 px" in notes
    assert "section 8's" not in notes


def test_both_sums_of_the_inception_slide():
    """A teacher adds up the slide's terms: both sums are there, as printed and mended."""
    maps = 28 * 28
    terms = [
        *(64 * 1 * 256, 64 * 1 * 256, 128 * 1 * 256, 192 * 9 * 64, 96 * 25 * 64),
        64 * 25 * 256,  # as printed; a 1x1 convolution behind pooling
    ]
    mended = [*terms[:-1], 64 * 1 * 256]
    assert (round(maps * sum(terms) / 1e6, 1), round(maps * sum(mended) / 1e6, 2)) == (
        579.6,
        271.35,
    )
    assert "579.6 million" in Module.slide
    assert "271.35 million" in Module.slide


def test_momentum_is_not_claimed_of_a_paper():
    """A student looks up "momentum beats plain SGD" in He et al.: it does not stand there."""
    source = experiment("optimisers").source
    assert source.startswith("common knowledge, not a claim of a course paper")


def test_mistakes_of_slides_are_named():
    """A teacher shows a deck's slide: FLOPs per second, conv-BN-ReLU, the limits of LRN."""
    assert "not a speed" in FLOPS.sentence.replace("a number of operations, ", "")
    assert "batch normalisation, ReLU, convolution, in this order" in (
        architecture("densenet").deviation_notes
    )
