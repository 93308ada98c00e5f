"""Counts by torchinfo, fvcore and torch's own counter, with the reasons why they differ from ours.

Each tool runs on a private network that nobody else has: the tools patch or hook it while they
count, and are silently wrong on one that another thread is using.
"""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from itertools import combinations
from math import prod

import torch
from torch import nn

from cnnviz.analysis import counting
from cnnviz.analysis.graph import NetworkGraph, network_graph
from cnnviz.analysis.kinds import AVERAGE_POOLING, BATCH_NORM, is_adaptive
from cnnviz.analysis.limits import MAX_TO_RUN
from cnnviz.analysis.node import Node
from cnnviz.architectures import Layer, Network, NetworkSpec, build

# fvcore's tracing is a state of the whole process.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class ToolCount:
    """What a tool says of a network.

    Attributes:
        tool: Its name.
        version: Of its package.
        params: Its number of parameters; None where it counts none, or failed.
        operations: Its total for one image; None where it failed.
        unit: What it calls them, translated: "MACs" or "FLOPs" (2 x MACs).
        counts: What it counts, in words.
        why: One sentence: why its total is not ours, or that it is; or why there is no total.
    """

    tool: str
    version: str
    params: int | None
    operations: int | None
    unit: str
    counts: str
    why: str


@dataclass(frozen=True)
class Tool:
    """A tool and how it is called.

    Attributes:
        name: Its name on screen.
        package: Its name on PyPI.
        unit: "MACs" or "FLOPs" (2 x MACs).
        counts: What it counts, in words, from its documentation and its code.
        ask: Its (parameters, operations) of a network for one image.
        device: Where it can run.
    """

    name: str
    package: str
    unit: str
    counts: str
    ask: Callable[[nn.Module, torch.Tensor], tuple[int | None, int]]
    device: str = "meta"


@dataclass(frozen=True)
class Term:
    """Something that a tool may count and we do not: in words, and how much it is in MACs."""

    words: str
    count: int


def other_tools(spec: NetworkSpec, resolution: int) -> list[ToolCount]:
    """What each of the tools says of a network for one square image.

    Raises:
        ValueError: Parameters and activations would need more than 8 GB.
        GraphError: The image is too small for one of the layers.
    """
    graph = network_graph(spec, resolution)
    needed = sum(map(counting.memory, graph.nodes))
    if needed > MAX_TO_RUN:
        raise ValueError(
            f"The parameters and activations of {spec.variant} at {resolution} px must be at most "
            f"{MAX_TO_RUN / 1e9:.0f} GB to be counted by other tools; they are "
            f"{needed / 1e9:.1f} GB."
        )
    return [_counted(tool, graph, spec, resolution) for tool in TOOLS]


def _counted(tool: Tool, graph: NetworkGraph, spec: NetworkSpec, resolution: int) -> ToolCount:
    """What one tool says; a sentence in place of numbers where it is missing or gives up."""
    answer = partial(ToolCount, tool.name, unit=tool.unit, counts=tool.counts)
    try:
        installed = version(tool.package)
        image = torch.zeros(1, spec.in_channels, resolution, resolution, device=tool.device)
        with _one_at_a_time, torch.no_grad():
            params, count = tool.ask(_private_network(spec, tool.device), image)
    except ModuleNotFoundError:
        return answer("", None, None, why=f"{tool.package} is not installed here.")
    except RuntimeError as error:  # what all three raise for a network that they cannot run
        first_line = str(error).strip().partition("\n")[0].rstrip(".")
        why = f"{tool.name} fails on this network: {first_line}."
        return answer(installed, None, None, why=why)
    why = f"{_why(tool, count, graph)}{_why_params(params, graph)}."
    return answer(installed, params, count, why=why)


def _private_network(spec: NetworkSpec, device: str) -> Network:
    """A network of nobody else's; its numbers do not matter, so that none are drawn."""
    with torch.device("meta"):
        network = build(spec)
    if device == "meta":
        return network
    network.to_empty(device=device)
    with torch.no_grad():
        for tensor in (*network.parameters(), *network.buffers()):
            tensor.zero_()
    return network


def _torchinfo(network: nn.Module, image: torch.Tensor) -> tuple[int, int]:
    from torchinfo import summary

    summarised = summary(
        network, input_data=image, device=image.device, verbose=0, cache_forward_pass=False
    )
    return summarised.total_params, summarised.total_mult_adds


def _fvcore(network: nn.Module, image: torch.Tensor) -> tuple[int, int]:
    from fvcore.nn import FlopCountAnalysis, parameter_count

    counter = FlopCountAnalysis(network, image)
    counter.unsupported_ops_warnings(False).uncalled_modules_warnings(False)
    return parameter_count(network)[""], int(counter.total())


def _torch(network: nn.Module, image: torch.Tensor) -> tuple[None, int]:
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        network(image)
    return None, counter.get_total_flops()


TOOLS = (
    Tool(
        "torchinfo",
        "torchinfo",
        "MACs",
        "Mult-adds of every layer with a weight or a bias: for a convolution all its parameters at "
        "every position of the output, for every other layer each parameter once.",
        _torchinfo,
    ),
    Tool(
        "fvcore",
        "fvcore",
        "MACs",
        "Convolutions and linear layers without bias, one for a multiply-add, although it calls "
        "them flops; also batch norm, 2 for each element, and adaptive pooling, 1 for each element "
        "that it reads. No activation functions, no additions, no other pooling.",
        _fvcore,
        device="cpu",
    ),
    Tool(
        "torch.utils.flop_counter",
        "torch",
        "FLOPs",
        "Convolutions and matrix products without bias, 2 FLOPs for a multiply-add, and nothing "
        "else. It counts no parameters.",
        _torch,
    ),
)


def _why(tool: Tool, count: int, graph: NetworkGraph) -> str:
    """Why a tool's total is not ours, from what it may count; without the full stop."""
    ours = sum(map(counting.macs, graph.nodes))
    factor = 2 if tool.unit == "FLOPs" else 1
    same = "twice our MACs" if factor == 2 else "our MACs"
    difference = count - factor * ours
    if difference == 0:
        return f"Exactly {same}: {count:,}" + (f" = 2 x {ours:,}" if factor == 2 else "")
    how = f"{abs(difference):,} {'more' if difference > 0 else 'fewer'} than {same}"
    terms = explanation(difference, [Term(t.words, factor * t.count) for t in _terms(graph)])
    if terms is None:
        share = abs(difference) / max(factor * ours, 1)
        return f"{how} ({share:.2%}), and no sum of what we know it to count explains them"
    reasons = " and ".join(f"{term.words} ({term.count:,})" for term in terms)
    return f"{how}, which are exactly {reasons}"


def explanation(difference: int, terms: Sequence[Term]) -> tuple[Term, ...] | None:
    """The fewest terms whose sum is exactly a difference; None if no sum of them is."""
    useful = [term for term in terms if term.count]
    for size in range(1, len(useful) + 1):
        for chosen in combinations(useful, size):
            if sum(term.count for term in chosen) == difference:
                return chosen
    return None


def _why_params(params: int | None, graph: NetworkGraph) -> str:
    """A clause on its number of parameters, where it is not ours."""
    ours = sum(map(counting.params, graph.nodes))
    if params is None or params == ours:
        return ""
    heads = sum(counting.params(node) for node in graph.nodes if node.training_only)
    if params == ours - heads:
        return f"; it leaves out the {heads:,} parameters of the auxiliary heads"
    return f"; its parameters differ from our {ours:,} by {params - ours:+,}"


def _terms(graph: NetworkGraph) -> list[Term]:
    """What tools count besides the products of convolutions and linear layers."""
    totals: Counter[str] = Counter()
    for node in graph.layers:
        if not node.training_only:
            totals.update(_beside_products(node))
    return [Term(words, count) for words, count in totals.items()]


def _beside_products(node: Node) -> dict[str, int]:
    """What tools count of one layer besides products, by what it is."""
    where = "linear layers" if node.type.role == "linear" else "convolutions"
    counts = {f"the biases of {where}": counting.added_biases(node)}
    if node.type is BATCH_NORM:
        counts["batch norm's scales and shifts, each once"] = counting.params(node)
        counts["batch norm, 2 for each element"] = 2 * prod(node.output_shape)
    if node.type is AVERAGE_POOLING and is_adaptive(node.module):
        counts["pooling, 1 for each element read"] = prod(node.input_shapes[0])
    bias = getattr(node.module, "bias", None)
    if isinstance(node.module, Layer) and not counting.macs(node) and bias is not None:
        # torchinfo takes it once, whatever the size of the map.
        counts["the biases of the paper's own layers, each once"] = bias.numel()
    return counts
