"""One pass on the meta device from a network to its graph: layers, edges, shapes.

Everything else in ``cnnviz.analysis`` reads this graph; nothing else runs the network.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import torch
from torch import nn

from cnnviz.analysis.limits import check_memory, check_size
from cnnviz.analysis.node import Node, Shape
from cnnviz.analysis.recording import Recorder, is_layer
from cnnviz.architectures import Network, NetworkSpec, build, variant
from cnnviz.architectures.given import described, without_weights
from cnnviz.architectures.written import require_resolution


@dataclass(frozen=True, eq=False, kw_only=True)
class NetworkGraph:
    """Layers in the order of execution; ``nodes[0]`` is the input image.

    Attributes:
        nodes: The input, then every layer and operation.
        blocks: Class name by module path of everything that contains layers.
        root: What was run: the network or its part, on the meta device.
        spec: The network; None of a part alone.
        changed: Paths of modules that ``spec`` would make otherwise: they were replaced by hand.
    """

    nodes: tuple[Node, ...]
    blocks: Mapping[str, str]
    root: nn.Module
    spec: NetworkSpec | None = None
    changed: tuple[str, ...] = ()

    @property
    def input_shape(self) -> Shape:
        """(C, H, W) of the image."""
        return self.nodes[0].output_shape

    @property
    def layers(self) -> tuple[Node, ...]:
        """All nodes but the input."""
        return self.nodes[1:]

    def position(self, layer: str) -> int:
        """The position in ``nodes`` of the layer or operation of that name.

        Raises:
            KeyError: There is none; the message names it.
        """
        for index, node in enumerate(self.nodes):
            if node.name == layer:
                return index
        last = self.nodes[-1].name
        raise KeyError(
            f"{layer} is no layer of this network; known are its table's, such as {last}."
        )

    def read_at(self, index: int) -> tuple[str, int | None]:
        """The module that has a node's value: its path and the input, or None for its output.

        An operation is no module, but its result is what the next module reads. Where only
        operations read it, its block stands for it.
        """
        node = self.nodes[index]
        if node.module is not None:
            return node.name, None
        for reader in self.nodes[index + 1 :]:
            if index in reader.inputs and reader.module is not None and not reader.training_only:
                return reader.name, reader.inputs.index(index)
        return node.name.rpartition(".")[0], None

    @property
    def edges(self) -> list[tuple[int, int]]:
        """Pairs (source, target) of positions in ``nodes``."""
        return [(s, target) for target, node in enumerate(self.nodes) for s in node.inputs]


def module_graph(module: nn.Module, input_shape: Shape) -> NetworkGraph:
    """The graph of a part of a network that nobody else has; the part is of no use afterwards.

    Args:
        module: On the meta device, in eval mode where that matters.
        input_shape: (C, H, W) of what it reads.

    Raises:
        GraphError: The input is too small for one of the layers.
    """
    image = torch.empty(1, *input_shape, device="meta")
    recorder = Recorder(module, image, made_for=input_shape[-1])
    with torch.no_grad(), recorder:
        module(image)
    for part in module.modules():
        del part.forward
    return NetworkGraph(nodes=tuple(recorder.nodes), blocks=recorder.blocks, root=module)


def network_graph(network: Network | NetworkSpec, resolution: int) -> NetworkGraph:
    """The graph of a network for one square image, in eval mode; auxiliary heads come last.

    The network itself is not run: its twin on the meta device, where it has no weights, is.

    Args:
        network: A network of ``cnnviz.build`` as it is now, whatever was replaced in it; or what
            one would be built from.
        resolution: Height and width of the image in pixels.

    Raises:
        TypeError: It is no network of ``cnnviz.build``.
        ValueError: ``resolution`` is no whole number from 1 to 4096.
        GraphError: The image is too small for one of the layers, or the network is larger than
            ``limits`` allow.
    """
    require_resolution(resolution)
    twin, spec, changed = _twin(network)
    image = torch.empty(1, spec.in_channels, resolution, resolution, device="meta")
    check_size({name: module for name, module in twin.named_modules() if is_layer(module)})
    recorder = Recorder(twin, image, made_for=variant(spec.variant).resolution)
    with torch.no_grad(), recorder:
        twin(image)
        recorder.run_auxiliary_heads(twin)
    check_memory({node.name: node.output_shape for node in recorder.nodes})
    for module in twin.modules():
        del module.forward  # without the recorder's, the nodes' modules are plain layers again
    return NetworkGraph(
        nodes=tuple(recorder.nodes), blocks=recorder.blocks, root=twin, spec=spec, changed=changed
    )


def _twin(network: Network | NetworkSpec) -> tuple[Network, NetworkSpec, tuple[str, ...]]:
    """A network of nobody else's without weights, its specification, and what differs from it."""
    if isinstance(network, NetworkSpec):
        with torch.device("meta"):
            return build(network), network, ()
    return without_weights(network), *described(network)
