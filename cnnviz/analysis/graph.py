"""One pass on the meta device from a network to its graph: layers, edges, shapes.

Everything else in ``cnnviz.analysis`` reads this graph; nothing else runs the network.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnviz.analysis.kinds import Kind, kind_of, kind_of_operation
from cnnviz.analysis.kinds.window import known_shape
from cnnviz.analysis.limits import GraphError, check_memory, check_size
from cnnviz.architectures import Layer, Network, NetworkSpec, build, variant
from cnnviz.architectures.given import described, without_weights
from cnnviz.architectures.written import require_resolution

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Node:
    """One layer or operation.

    Attributes:
        name: Module path ("stages.0.1.conv1"); for an operation the path of its block and its kind.
        kind: What it is called on screen.
        stage: "stem", "stage 1", ..., or "head".
        inputs: Positions in ``NetworkGraph.nodes`` of the nodes that it reads.
        input_shapes: Shapes that it reads, without N: (C, H, W) or (features,).
        output_shape: Shape that it makes, without N.
        module: The layer itself (on the meta device), or None for an operation and for the input.
        training_only: Part of an auxiliary head, which does not run when the network is used.
    """

    name: str
    kind: str
    stage: str
    inputs: tuple[int, ...]
    input_shapes: tuple[Shape, ...]
    output_shape: Shape
    module: nn.Module | None
    training_only: bool = False

    @property
    def type(self) -> Kind:
        """The layer's row in the table of layer types."""
        return kind_of_operation(self.kind) if self.module is None else kind_of(self.module)


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
    recorder = _Recorder(module, image, made_for=input_shape[-1])
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
    check_size({name: module for name, module in twin.named_modules() if _is_layer(module)})
    recorder = _Recorder(twin, image, made_for=variant(spec.variant).resolution)
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


class _Recorder(TorchFunctionMode):
    """Records what a private network does with one image: a node a layer, a node an operation.

    Not torch.fx: its tracer patches ``nn.Module.__call__`` for the whole process while it runs, so
    that the inference of every other thread fails. Here the modules of a network that nobody else
    has are given new ``forward`` methods, and a function mode, which is local to its thread, sees
    the operations between them.
    """

    def __init__(self, network: nn.Module, image: torch.Tensor, made_for: int) -> None:
        super().__init__()
        self._made_for = made_for
        self.nodes = [Node("input", "input", "input", (), (), tuple(image.shape[1:]), None)]
        self._position = {id(image): 0}
        self._alive = [image]  # an id is only unique among living tensors
        self._blocks = [""]
        self._uses: Counter[str] = Counter()
        self._in_layer = False
        self._outputs: dict[str, torch.Tensor] = {}
        self._training_only = False
        self.blocks: dict[str, str] = {}
        for name, module in network.named_modules():
            run = self._layer
            if not _is_layer(module):
                run, self.blocks[name] = self._block, type(module).__name__
            module.forward = partial(run, name, module, module.forward)

    def run_auxiliary_heads(self, network: Network) -> None:
        """Record the heads that only training uses, on the outputs of the stages they read."""
        self._training_only = True
        for stage, head in network.auxiliary_heads.items():
            head(self._outputs[f"stages.{stage}"])

    def __torch_function__(
        self, func: Callable[..., Any], types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kind = kind_of_operation(func.__name__.strip("_"))
        read = list(_tensors(args))
        if kind.keeps_shape and len(read) == 2 and read[0].shape == read[1].shape:
            output = read[0].detach()  # it need not be run
        else:
            output = func(*args, **(kwargs or {}))
        if not self._in_layer and isinstance(output, torch.Tensor):
            return self._record(self._unused(kind.title), kind.title, None, read, output)
        return output

    def _block(self, name: str, module: nn.Module, forward: Callable[..., Any], *args: Any) -> Any:
        self._blocks.append(name)
        output = self._outputs[name] = forward(*args)
        self._blocks.pop()
        return output

    def _layer(
        self, name: str, module: nn.Module, forward: Callable[..., Any], *args: Any
    ) -> torch.Tensor:
        inputs = list(_tensors(args))
        self._in_layer = True
        try:
            output = self._output(module, forward, inputs[0], args)
        except RuntimeError as error:
            shape = tuple(inputs[0].shape[1:])
            raise GraphError(_misfit(name, module, shape, self._made_for)) from error
        finally:
            self._in_layer = False
        return self._record(name, kind_of(module).title_of(module), module, inputs, output)

    def _output(
        self, module: nn.Module, forward: Callable[..., Any], first: torch.Tensor, args: Any
    ) -> torch.Tensor:
        """What a layer makes; it is not run where that is known, which saves half of the time."""
        if kind_of(module).keeps_shape:
            return first.detach()
        if shape := known_shape(module, tuple(first.shape[1:])):
            return first.new_empty(len(first), *shape)
        output: torch.Tensor = forward(*args)
        return output

    def _record(
        self,
        name: str,
        kind: str,
        module: nn.Module | None,
        inputs: Sequence[torch.Tensor],
        output: torch.Tensor,
    ) -> torch.Tensor:
        sources = tuple(self._position[id(x)] for x in inputs if id(x) in self._position)
        shapes = tuple(self.nodes[index].output_shape for index in sources)
        self._position[id(output)] = len(self.nodes)
        self._alive.append(output)
        shape, early = tuple(output.shape[1:]), self._training_only
        self.nodes.append(Node(name, kind, _stage(name), sources, shapes, shape, module, early))
        return output

    def _unused(self, kind: str) -> str:
        """The path of the running block and the operation, numbered from the second one on."""
        name = f"{self._blocks[-1]}.{kind}".lstrip(".")
        self._uses[name] += 1
        return name if self._uses[name] == 1 else f"{name}{self._uses[name]}"


def _misfit(name: str, module: nn.Module, shape: Shape, made_for: int) -> str:
    """One sentence on a layer that cannot take what it receives."""
    if kind_of(module).role == "linear":
        return (
            f"{name} takes {module.in_features} numbers and receives {shape_text(shape)}: this "
            f"network is made for images of {made_for} px; choose that resolution."
        )
    return (
        f"The image is too small: {name} receives {shape_text(shape)} and cannot make an output "
        "of it; choose a larger resolution."
    )


def _is_layer(module: nn.Module) -> bool:
    """Whether a module is one row: torch.nn's layers and our own, no containers, no Identity."""
    if isinstance(module, Layer):
        return True
    is_container = isinstance(module, nn.Sequential | nn.ModuleList)
    is_passed = is_container or kind_of(module).role == "identity"
    return type(module).__module__.startswith("torch.nn") and not is_passed


def _tensors(args: Any) -> Iterator[torch.Tensor]:
    for arg in args:
        if isinstance(arg, torch.Tensor):
            yield arg
        elif isinstance(arg, tuple | list):
            yield from _tensors(arg)


def _stage(name: str) -> str:
    part, _, rest = name.partition(".")
    numbered = {"stages": "stage", "auxiliary": "auxiliary head after stage"}
    return f"{numbered[part]} {int(rest.split('.')[0]) + 1}" if part in numbered else part


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people write it: "64 x 56 x 56"."""
    return " x ".join(str(size) for size in shape)
