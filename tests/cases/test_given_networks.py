"""Networks as people hand them over: changed by hand, wrapped, foreign, at odd resolutions."""

import subprocess
import sys

import pytest
import torch
from torch import nn

import cnnviz
from cnnviz.analysis.export import csv, markdown, onnx
from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.memory import footprint
from cnnviz.analysis.source import source
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.loop.engine import train
from cnnviz.training.options import TrainingOptions


@pytest.fixture
def fine_tuned():
    network = cnnviz.build("resnet18")
    network.head.linear = nn.Linear(512, 10)
    return network


def test_a_new_head_is_counted(fine_tuned):
    """Somebody gave ResNet-18 a head for 10 classes: the summary counts that head."""
    summary = cnnviz.summary(fine_tuned)
    assert summary.totals.params == 11_181_642 == sum(p.numel() for p in fine_tuned.parameters())
    assert "3 x 224 x 224 to 10 classes: 11,181,642 parameters" in str(summary)
    assert (summary.spec.num_classes, summary.changed) == (10, ())
    assert footprint(network_graph(fine_tuned, 224)).params == 4 * 11_181_642


def test_a_new_head_is_exported(fine_tuned):
    """Somebody exports that network: the file builds the head for 10 classes."""
    assert "num_classes=10" in source(fine_tuned)
    assert "ResNet-18 with num_classes=10 at 224 px" in markdown(cnnviz.summary(fine_tuned))


def test_a_replaced_layer_is_counted_and_named():
    """Somebody put a 5x5 window into ResNet-20's stem: it is in the table, and named."""
    network = cnnviz.build("resnet20_cifar")
    network.stem.conv = nn.Conv2d(3, 16, 5, padding=2)
    summary = cnnviz.summary(network)
    assert summary.totals.params == sum(p.numel() for p in network.parameters())
    assert summary.layers.set_index("name").loc["stem.conv", "kernel_size"] == (5, 5)
    assert summary.changed == ("stem.conv",)
    assert summary.to_json()["changed"] == ["stem.conv"]
    assert "resnet20_cifar with changed stem.conv, 3 x 32 x 32" in str(summary)
    assert "changed in stem.conv" in markdown(summary)
    assert "stem.conv,stem,convolution,3 x 32 x 32,16 x 32 x 32,5 x 5" in csv(summary)


def test_what_no_specification_builds_has_no_source():
    """Somebody wants the code of a network with a layer of their own: one sentence names it."""
    network = cnnviz.build("resnet20_cifar")
    network.stages[0][0].relu1 = nn.GELU()
    with pytest.raises(ValueError, match=r"as cnnviz.build makes resnet20_cifar; .*relu1\.$"):
        source(network)


def test_the_file_for_other_programs_holds_the_given_weights(fine_tuned):
    """Somebody exports a fine-tuned network to ONNX: its answers are that network's."""
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("onnxscript")
    image = torch.rand(1, 3, 64, 64)
    file = onnx(fine_tuned.half().train(), 64)
    assert fine_tuned.training
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    with torch.inference_mode():
        expected = fine_tuned.float().eval()(image)
    torch.testing.assert_close(
        torch.from_numpy(session.run(None, {"image": image.numpy()})[0]), expected
    )


def test_a_new_head_is_trained():
    """Somebody trains a network with a new head for as many classes as the data have."""
    network = cnnviz.build("resnet20_cifar")
    network.head.linear = nn.Linear(64, 2)
    images = torch.randint(0, 255, (8, 32, 32, 3), dtype=torch.uint8)
    split = Split(images, torch.tensor([0, 1] * 4))
    data = Data("two", "Two", ("a", "b"), split, split, (0.5,) * 3, (0.5,) * 3)
    options = TrainingOptions(epochs=1, batch_size=8)
    assert [*train(network, data, options)]


@pytest.mark.parametrize("wrap", [nn.DataParallel, torch.compile])
def test_a_wrapped_network_is_looked_at_inside(wrap):
    """Somebody's network runs on several cards or is compiled: its table is that of the network."""
    summary = cnnviz.summary(wrap(cnnviz.build("lenet5")))
    assert summary.totals.params == 60_000


@pytest.mark.parametrize(
    "network",
    [nn.Conv2d(3, 8, 3), nn.DataParallel(nn.Linear(2, 2)), nn.Sequential(), None, 3],
)
@pytest.mark.parametrize("read", [cnnviz.summary, source, lambda n: network_graph(n, 32)])
def test_a_foreign_module_gets_a_sentence(network, read):
    """Somebody hands over a module of their own: one sentence says what is taken."""
    with pytest.raises(
        TypeError, match=r"^network must be made by cnnviz.build; received a \w+\.$"
    ):
        read(network)


@pytest.mark.parametrize(
    ("resolution", "sentence"),
    [
        ((480, 640), r"whole number, the side of a square image; received \(480, 640\)\."),
        (224.0, "whole number, the side of a square image; received 224.0."),
        ("224", "whole number, the side of a square image; received '224'."),
        (True, "whole number, the side of a square image; received True."),
        (0, "between 1 and 4096 px; received 0."),
        (5000, "between 1 and 4096 px; received 5000."),
    ],
)
def test_an_odd_resolution_gets_a_sentence(resolution, sentence):
    """Somebody gives height and width, or 224.0: one sentence says what a resolution is."""
    spec = cnnviz.build("lenet5").spec
    for read in (
        lambda: cnnviz.summary("vgg16", resolution=resolution),
        lambda: network_graph(spec, resolution),
        lambda: source(spec, resolution),
    ):
        with pytest.raises(ValueError, match=f"^resolution must be (a )?{sentence}$"):
            read()


@pytest.mark.parametrize(
    ("ends", "sentence"),
    [
        ({"num_classes": "10"}, "num_classes must be a whole number; received '10'."),
        ({"num_classes": 10.0}, "num_classes must be a whole number; received 10.0."),
        ({"in_channels": "3"}, "in_channels must be 1 or 3; received '3'."),
        ({"in_channels": 3.0}, "in_channels must be 1 or 3; received 3.0."),
    ],
)
def test_classes_written_as_text_get_a_sentence(ends, sentence):
    """Somebody writes num_classes="10": one sentence says what it must be."""
    with pytest.raises(ValueError, match=f"^{sentence}$"):
        cnnviz.build("resnet18", **ends)


@pytest.mark.parametrize(
    "arguments",
    [
        ("vgg16", "--resolution", "9999"),
        ("vgg16", "--set", "resolution=9999"),
        ("vgg16,resolution=9999",),
    ],
)
@pytest.mark.parametrize("command", ["summary", "export", "train"])
def test_commands_have_one_rule_for_resolutions(command, arguments):
    """Somebody asks for 9999 px in any way, of any command: the same sentence."""
    data = ("--data", "digits") if command == "train" else ()
    ran = subprocess.run(
        [sys.executable, "-m", "cnnviz", command, *arguments, *data],
        capture_output=True,
        text=True,
    )
    assert ran.returncode == 2
    assert "esolution must be between 1 and 4096 px; received 9999." in ran.stderr


class Scaled(nn.Module):
    """A linear layer with a weight beside it, as people add to a head."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 10)
        self.scale = nn.Parameter(torch.ones(10))

    def forward(self, x):
        return self.linear(x) * self.scale


def test_a_layer_of_ones_own_is_counted():
    """Somebody gave ResNet-20 a head of their own class: its weights and products are counted."""
    network = cnnviz.build("resnet20_cifar")
    network.head.linear = Scaled()
    summary = cnnviz.summary(network)
    assert summary.totals.params == sum(p.numel() for p in network.parameters()) == 269_732
    row = summary.layers.set_index("name").loc["head.linear"]
    assert (row["kind"], row["params"], row["macs"]) == ("Scaled", 660, 640)
    assert footprint(network_graph(network, 32)).memory(1, "SGD").total
