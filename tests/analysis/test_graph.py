import subprocess
import sys
import threading

import pytest
import torch
from torch import nn

from cnnviz.analysis.graph import network_graph
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.node import shape_text
from cnnviz.architectures import build, specify, variants
from tests.networks import graph_of, meta_of


def by_name(graph):
    return {node.name: node for node in graph.nodes}


@pytest.mark.parametrize("name", variants())
def test_every_layer_of_the_network_is_a_node_and_runs_after_its_inputs(name):
    graph = graph_of(name)
    network = meta_of(name)
    leaves = {
        path
        for path, module in network.named_modules()
        if not list(module.children()) and not isinstance(module, nn.Identity | nn.Sequential)
    }
    assert leaves <= set(by_name(graph))
    assert all(source < target for source, target in graph.edges)
    unread = set(range(len(graph.nodes))) - {source for source, _ in graph.edges}
    ends = [graph.nodes[index].stage for index in unread]
    assert len(ends) == len(set(ends)), "every output but that of a head is read"
    assert all(end == "head" or end.startswith("auxiliary") for end in ends)


@pytest.mark.parametrize("name", ["resnet18", "vgg16_bn", "squeezenet1_1", "resnet20_cifar"])
def test_shapes_are_those_of_a_real_forward_pass(name):
    network = build(name)
    seen = {}
    for path, module in network.named_modules():
        module.register_forward_hook(
            lambda _, __, output, path=path: seen.update({path: tuple(output.shape[1:])})
        )
    with torch.no_grad():
        network(torch.randn(1, 3, 64, 64))
    for path, node in by_name(network_graph(network, 64)).items():
        if node.module is not None:
            assert node.output_shape == seen[path]


def test_a_residual_block_joins_its_branches():
    graph = network_graph(specify("resnet18"), 224)
    nodes = by_name(graph)
    addition = nodes["stages.1.0.addition"]
    assert addition.kind == "addition"
    sources = {graph.nodes[index].name for index in addition.inputs}
    assert sources == {"stages.1.0.norm2", "stages.1.0.shortcut.norm"}
    identity = nodes["stages.0.1.addition"]
    sources = {graph.nodes[index].name for index in identity.inputs}
    assert sources == {"stages.0.1.norm2", "stages.0.0.relu2"}


def test_a_plain_network_has_no_junctions_and_option_a_has_no_weights():
    assert all(len(node.inputs) == 1 for node in network_graph(specify("plain18"), 224).layers)
    shortcut = by_name(network_graph(specify("resnet20_cifar"), 32))["stages.1.0.shortcut"]
    assert shortcut.kind == "shortcut (A)"
    assert (shortcut.input_shapes[0], shortcut.output_shape) == ((16, 32, 32), (32, 16, 16))


def test_a_fire_module_concatenates():
    node = by_name(network_graph(specify("squeezenet1_1"), 224))["stages.0.fire2.concatenation"]
    assert node.input_shapes == ((64, 55, 55), (64, 55, 55))
    assert node.output_shape == (128, 55, 55)


def test_stages_are_counted_from_one():
    graph = network_graph(specify("vgg16"), 224)
    assert list(dict.fromkeys(node.stage for node in graph.layers)) == [
        *(f"stage {number}" for number in range(1, 6)),
        "head",
    ]


def test_the_graph_shows_eval_mode_and_leaves_the_network_alone():
    network = build("vgg11", hidden_units=256).train()
    before = {path: module.forward for path, module in network.named_modules()}
    network_graph(network, 32)
    assert network.training
    assert {path: module.forward for path, module in network.named_modules()} == before


def test_an_image_too_small_names_the_layer():
    with pytest.raises(GraphError, match=r"too small: head\.pool receives 512 x 1 x 1"):
        network_graph(specify("vgg16"), 16)


@pytest.mark.parametrize("resolution", [0, -1, 4097])
def test_resolution_is_bounded(resolution):
    with pytest.raises(ValueError, match=f"between 1 and 4096 px; received {resolution}"):
        network_graph(specify("vgg16"), resolution)


def test_inference_in_another_thread_is_not_disturbed():
    """A tracer that patches nn.Module for the process (torch.fx) fails this in most rounds."""
    network, image = build("resnet20_cifar"), torch.randn(1, 3, 32, 32)
    with torch.no_grad():
        expected = network(image)
    done, wrong, rounds = threading.Event(), [], []

    def infer():
        while not done.is_set():
            rounds.append(1)
            try:
                with torch.no_grad():
                    if not network(image).equal(expected):
                        wrong.append("another answer")
            except Exception as error:
                wrong.append(repr(error))

    thread = threading.Thread(target=infer)
    thread.start()
    try:
        graphs = [network_graph(specify("resnet50"), 224) for _ in range(10)]
    finally:
        done.set()
        thread.join()
    assert len(rounds) > 10
    assert not wrong
    assert len({len(graph.nodes) for graph in graphs}) == 1


def test_shapes_as_people_write_them():
    assert shape_text((64, 56, 56)) == "64 x 56 x 56"


@pytest.mark.parametrize("name", ["resnet18", "vgg11"])
def test_shapes_are_computed_without_the_packages_of_torchs_compiler(name):
    """To import sympy with the first graph would take a second."""
    program = (
        "import sys, torch; from cnnviz.analysis.graph import network_graph; "
        "from cnnviz.architectures import specify; before = set(sys.modules); "
        f"network_graph(specify({name!r}), 224); print(*set(sys.modules) - before)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert not {"sympy", "torch._dynamo"} & set(done.stdout.split())
