"""DenseNet's Figure 5: how much of its weight a layer spends on each layer before it.

Source: Huang, Liu, van der Maaten, Weinberger 2017, section 5, "Feature Reuse", and Figure 5.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import nn

from cnnviz.analysis.kinds import layers_of
from cnnviz.architectures import Network
from cnnviz.architectures.densenet import DenseBlock, DenseLayer, Transition
from cnnviz.hyperparameters import named


@dataclass(frozen=True)
class Definition:
    """One way to say how much a layer reads of a source.

    Attributes:
        title: What a menu shows.
        formula: With W_s the weights that read source s, n_s the maps of the source, in LaTeX.
        value: Of the weights' magnitudes |W_s|, (outputs, n_s, ...).
    """

    title: str
    formula: str
    value: Callable[[torch.Tensor], torch.Tensor]


DEFINITIONS = {
    "mean": Definition(
        "mean absolute weight (the paper)",
        r"\frac{1}{|W_s|} \sum_{w \in W_s} |w|",
        lambda magnitudes: magnitudes.mean(),
    ),
    "l1": Definition("L1 norm", r"\sum_{w \in W_s} |w|", lambda magnitudes: magnitudes.sum()),
    "l1_per_map": Definition(
        "L1 norm divided by the source's feature maps",
        r"\frac{1}{n_s} \sum_{w \in W_s} |w|",
        lambda magnitudes: magnitudes.sum() / magnitudes.shape[1],
    ),
    "max": Definition(
        "largest absolute weight", r"\max_{w \in W_s} |w|", lambda magnitudes: magnitudes.max()
    ),
}


@dataclass(frozen=True, eq=False)
class Reader:
    """A layer that reads what a dense block has made.

    Attributes:
        label: "layer 3", "transition" or "classifier".
        weight: What reads the sources, (outputs, inputs, ...), on the CPU: for a bottleneck its
            1x1.
        sources: Feature maps of each source, in the order in which the weight reads them.
    """

    label: str
    weight: torch.Tensor
    sources: tuple[int, ...]

    def slices(self) -> Iterator[torch.Tensor]:
        """The weights that read each source, each (outputs, maps of the source, ...)."""
        start = 0
        for maps in self.sources:
            yield self.weight[:, start : start + maps]
            start += maps


@dataclass(frozen=True, eq=False)
class BlockReuse:
    """One panel of Figure 5.

    Attributes:
        sources: Labels of the rows: "input", "layer 1", ...
        targets: Labels of the columns: "layer 1", ..., then "transition" or "classifier".
        matrix: float64 (sources, targets); nan where a target does not read a source.
    """

    sources: tuple[str, ...]
    targets: tuple[str, ...]
    matrix: np.ndarray


def feature_reuse(network: Network, definition: str = "mean") -> tuple[BlockReuse, ...]:
    """How much each layer reads of each source, a panel for every dense block.

    Args:
        network: One with dense blocks.
        definition: A key of ``DEFINITIONS``.

    Raises:
        KeyError: There is no such definition; the message lists the known ones.
        ValueError: The network has no dense block.
    """
    value = named(definition, DEFINITIONS, "definition").value
    if not has_dense_blocks(network):
        raise ValueError(
            f"network must have dense blocks; received {network.spec.variant}: choose a DenseNet."
        )
    return tuple(_panel(readers, value) for readers in block_readers(network))


def has_dense_blocks(network: Network) -> bool:
    """Whether layers of a network read all layers before them."""
    return any(isinstance(each, DenseBlock) for each in network.modules())


def block_readers(network: Network) -> Iterator[tuple[Reader, ...]]:
    """For each dense block, all that read it: its layers, then what follows it."""
    blocks = [each for each in network.modules() if isinstance(each, DenseBlock)]
    transitions = [each for each in network.modules() if isinstance(each, Transition)]
    last = layers_of(network.head, "linear").values()
    after = [("transition", _weight(each, "conv.weight")) for each in transitions]
    after += [("classifier", _weight(each, "weight")) for each in last]
    for block, (label, weight) in zip(blocks, after, strict=True):
        layers = [each for each in block.children() if isinstance(each, DenseLayer)]
        readers = [
            Reader(f"layer {number}", _weight(layer, "conv1.weight"), layer.sources)
            for number, layer in enumerate(layers, 1)
        ]
        yield (*readers, Reader(label, weight, block.sources))


def _weight(module: nn.Module, name: str) -> torch.Tensor:
    """On the CPU: some devices know no float64, and a number each is slow to fetch."""
    return module.get_parameter(name).detach().cpu()


def has_bottlenecks(network: Network) -> bool:
    """Whether a 1x1 convolution reads the sources in front of each 3x3."""
    layers = (each for each in network.modules() if isinstance(each, DenseLayer))
    return any(hasattr(layer, "conv2") for layer in layers)


def _panel(readers: Sequence[Reader], value: Callable[[torch.Tensor], torch.Tensor]) -> BlockReuse:
    columns = [
        [float(value(weights.double().abs())) for weights in reader.slices()] for reader in readers
    ]
    return columns_as_matrix(readers, columns)


def columns_as_matrix(readers: Sequence[Reader], columns: Sequence[Sequence[float]]) -> BlockReuse:
    """The panel of a block's readers with, for each, a number for each source that it reads."""
    targets = tuple(reader.label for reader in readers)
    sources = ("input", *targets[:-1])
    matrix = np.full((len(sources), len(targets)), np.nan)
    for place, column in enumerate(columns):
        matrix[: len(column), place] = column
    return BlockReuse(sources, targets, matrix)


def largest(
    among: Sequence[Sequence[BlockReuse]], by: str = "column"
) -> list[np.ndarray | np.floating]:
    """For each block what its colours end at: the largest value over all of several networks.

    Args:
        among: The panels of one network, or of several with the same blocks.
        by: Of each column ("column"), of the block ("block") or of the whole network ("none").

    Raises:
        KeyError: It is none of the three.
    """
    columns = [
        np.nanmax(np.stack([each.matrix for each in blocks]), axis=(0, 1))
        for blocks in zip(*among, strict=True)
    ]
    blocks = [each.max() for each in columns]
    return {"column": columns, "block": blocks, "none": [max(blocks)] * len(blocks)}[by]


def shares(
    blocks: Sequence[BlockReuse], ends: Sequence[np.ndarray | np.floating]
) -> list[np.ndarray]:
    """The matrices in shares of what ``largest`` gave."""
    return [each.matrix / np.where(end > 0, end, 1) for each, end in zip(blocks, ends, strict=True)]
