"""Errors that are put side by side were measured in one way."""

from functools import partial

import pytest

from cnnviz.analysis.comparison import comparison
from cnnviz.analysis.comparison.text import printed_sentences
from cnnviz.architectures import variants
from cnnviz.architectures.published import COUNTS, ERRORS, _figures, protocols
from cnnviz.architectures.written import read
from cnnviz.ui.timeline import cached_errors
from tests.apps import open_in_app

open_timeline = partial(open_in_app, "timeline")
open_compare = partial(open_in_app, "compare")


def test_every_error_says_how_it_was_measured():
    """Somebody asks how an error was measured: each has a protocol, no count has one."""
    for figure in _figures():
        assert bool(figure.protocol) == (figure.quantity in ERRORS), figure
        assert figure.quantity in (*COUNTS, *ERRORS)


@pytest.mark.parametrize(
    ("protocol", "errors"),
    [
        ("10 crops", {"densenet201": 21.46, "resnet101": 21.75}),
        ("1 crop", {"densenet201": 22.58}),
        ("dense, several scales", {"resnet101": 19.87}),
    ],
)
def test_densenet_is_not_worse_than_resnet_by_its_crops(protocol, errors):
    """Somebody compares DenseNet-201 with ResNet-101: both on 10 crops, 21.46 against 21.75."""
    table = cached_errors()
    rows = table[(table["quantity"] == "top1_error") & (table["protocol"] == protocol)]
    values = rows.set_index("variant")["error"]
    assert values.index.is_unique
    for variant in ("densenet201", "resnet101"):
        assert values.get(variant) == errors.get(variant)


def test_timeline_draws_one_protocol():
    """Somebody opens the timeline: 10 crops are drawn, which most have; a menu offers more."""
    assert protocols("top1_error", variants())[:2] == ("10 crops", "1 crop")
    app = open_timeline()
    menu = app.selectbox(key="protocol")
    assert (menu.value, "1 crop" in menu.options) == ("10 crops", True)
    menu.select("1 crop").run()
    assert not app.exception
    app.selectbox(key="error").select("mnist_error").run()
    assert app.selectbox(key="protocol").value == "whole image"


def test_compare_draws_and_lists_one_protocol():
    """Somebody compares two networks: chart and table hold errors of the chosen protocol alone."""
    app = open_compare(a="densenet201", b="resnet101")
    assert app.selectbox(key="protocol").value == "10 crops"
    (printed,) = (t.value for t in app.dataframe if "printed" in t.value)
    assert set(printed["printed"]) == {"21.46", "5.54", "21.75", "6.05"}
    app.selectbox(key="protocol").select("1 crop").run()
    (printed,) = (t.value for t in app.dataframe if "printed" in t.value)
    assert set(printed["printed"]) == {"22.58", "6.34"}
    said = [each.value for each in app.markdown]
    assert "No error of ResNet-101 on 1 crop is known here." in said


def test_sentences_of_a_report_have_one_protocol():
    """Somebody hands in the comparison as an image: its sentences name the one protocol."""
    sentences = printed_sentences(comparison([read("densenet201"), read("resnet101")]))
    assert sentences[0] == "Measured on 10 crops:"
    assert "21.46 %" in sentences[1]
    assert "21.75 %" in sentences[2]
