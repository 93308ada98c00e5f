import threading
from dataclasses import replace

import pytest

from cnnviz.analysis import other_tools as module
from cnnviz.analysis.other_tools import TOOLS, Term, explanation, other_tools
from cnnviz.architectures import specify
from cnnviz.architectures.given import made_for
from tests.networks import summary_of


def answers(name):
    spec = specify(name)
    counts = other_tools(spec, made_for(spec))
    return {count.tool: count for count in counts}


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("resnet18", ["the biases of linear layers (1,000)", "batch norm's scales and shifts"]),
        (
            "alexnet",
            ["the biases of convolutions (650,080)", "the biases of linear layers (9,192)"],
        ),
        ("lenet5", ["the biases of convolutions", "the biases of the paper's own layers"]),
        ("squeezenet1_1", ["the biases of convolutions"]),
    ],
)
def test_torchinfo_counts_biases_and_each_norm_once(name, reasons):
    count = answers(name)["torchinfo"]
    ours = summary_of(name).totals
    assert count.params == ours.params
    assert f"{count.operations - ours.macs:,} more than our MACs, which are exactly" in count.why
    assert all(reason in count.why for reason in reasons)


@pytest.mark.parametrize("name", ["resnet20_cifar", "googlenet_aux", "simple_densenet"])
def test_fvcore_counts_norm_and_pooling_too(name):
    count = answers(name)["fvcore"]
    ours = summary_of(name).totals
    assert count.params == ours.params
    assert f"{count.operations - ours.macs:,} more than our MACs, which are exactly" in count.why
    assert "pooling, 1 for each element read" in count.why
    assert ("batch norm, 2 for each element" in count.why) == (name != "googlenet_aux")


@pytest.mark.parametrize("name", ["resnet20_cifar", "lenet5", "highway19_cifar"])
def test_torchs_counter_agrees(name):
    count = answers(name)["torch.utils.flop_counter"]
    macs = summary_of(name).totals.macs
    assert (count.params, count.operations, count.unit) == (None, 2 * macs, "FLOPs")
    assert count.why == f"Exactly twice our MACs: {2 * macs:,} = 2 x {macs:,}."


def test_the_fewest_terms_explain_a_difference():
    terms = [Term("a", 3), Term("b", 4), Term("c", 7), Term("nothing", 0)]
    assert [term.words for term in explanation(7, terms)] == ["c"]
    assert [term.words for term in explanation(10, terms)] == ["a", "c"]
    assert explanation(5, terms) is None


def asked_alone(monkeypatch, **changes):
    monkeypatch.setattr(module, "TOOLS", (replace(TOOLS[2], **changes),))
    return other_tools(specify("lenet5"), 32)[0]


def test_what_nothing_explains_is_said(monkeypatch):
    count = asked_alone(monkeypatch, ask=lambda network, image: (60_001, 2 * 325_680 - 5))
    assert count.why.startswith("5 fewer than twice our MACs (0.00%), and no sum of what we know")
    assert count.why.endswith("; its parameters differ from our 60,000 by +1.")


def test_a_tool_that_fails_says_so(monkeypatch):
    def fail(network, image):
        raise RuntimeError("unknown operator.\n  at line 3")

    count = asked_alone(monkeypatch, ask=fail)
    assert (count.params, count.operations) == (None, None)
    assert count.why == "torch.utils.flop_counter fails on this network: unknown operator."


def test_a_tool_that_is_not_installed_says_so(monkeypatch):
    assert asked_alone(monkeypatch, package="no-such-tool").why == (
        "no-such-tool is not installed here."
    )


def test_a_network_too_large_is_refused_before_any_time_is_spent():
    with pytest.raises(ValueError, match=r"at most 8 GB .* they are \d+\.\d GB"):
        other_tools(specify("vgg16"), 4096)


def test_visitors_at_once_get_the_same_answers():
    alone, replies = answers("lenet5"), []
    threads = [threading.Thread(target=lambda: replies.append(answers("lenet5"))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert replies == [alone] * 4
