"""Records what a network does with an image, without running it twice: a node a layer."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any

import torch
from torch import nn
from torch.overrides import TorchFunctionMode

from cnnviz.analysis.kinds import kind_of, kind_of_operation
from cnnviz.analysis.kinds.window import known_shape
from cnnviz.analysis.limits import GraphError
from cnnviz.analysis.node import Node, Shape, shape_text
from cnnviz.architectures import Layer, Network


class Recorder(TorchFunctionMode):
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
            if not is_layer(module):
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
        if self._in_layer:  # a part of a layer that has weights of its own beside its parts
            inner: torch.Tensor = forward(*args)
            return inner
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


def is_layer(module: nn.Module) -> bool:
    """Whether a module is one row: torch.nn's layers, our own and what has weights of its own.

    Containers and Identity are none.
    """
    if isinstance(module, Layer) or any(True for _ in module.parameters(recurse=False)):
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
