"""DenseNet's Figure 5 over a training run: what is stored of each epoch, and all definitions of it.

The mean and the largest magnitude of every slice are stored; both L1 norms follow from the mean and
the slice's shape.
"""

from collections.abc import Callable, Mapping, Sequence

import torch

from cnnviz.analysis.reuse.matrices import (
    DEFINITIONS,
    BlockReuse,
    Reader,
    block_readers,
    columns_as_matrix,
    has_dense_blocks,
)
from cnnviz.architectures import Network
from cnnviz.hyperparameters import named

DIGITS = 4  # of a stored number
KEPT = ("mean", "max")  # keys of ``DEFINITIONS``

# By block ("block 1", ...) and definition: of each reader a number for each source that it reads.
Record = Mapping[str, Mapping[str, Sequence[Sequence[float]]]]


def reuse_record(network: Network) -> dict[str, dict[str, list[list[float]]]]:
    """What is stored of a network's dense blocks; empty where it has none.

    Returns:
        By block and definition of ``KEPT`` the columns of the matrix, each number to ``DIGITS``
        digits.
    """
    if not has_dense_blocks(network):
        return {}
    return {
        f"block {number}": _columns(readers)
        for number, readers in enumerate(block_readers(network), 1)
    }


def _columns(readers: Sequence[Reader]) -> dict[str, list[list[float]]]:
    magnitudes: dict[str, list[list[float]]] = {name: [] for name in KEPT}
    for reader in readers:
        parts = [part.double().abs() for part in reader.slices()]
        for name, columns in magnitudes.items():
            values = torch.stack([DEFINITIONS[name].value(part) for part in parts]).tolist()
            columns.append([float(f"{value:.{DIGITS}g}") for value in values])
    return magnitudes


def recalled_reuse(network: Network, record: Record, definition: str) -> tuple[BlockReuse, ...]:
    """The matrices of a stored epoch, as ``feature_reuse`` gives them of a network.

    Args:
        network: Of the run, at any epoch: for the shapes of its slices.
        record: What ``reuse_record`` gave.
        definition: A key of ``DEFINITIONS``.

    Raises:
        KeyError: There is no such definition, or the record is of another network.
    """
    named(definition, DEFINITIONS, "definition")
    return tuple(
        columns_as_matrix(readers, _recalled(readers, record[f"block {number}"], definition))
        for number, readers in enumerate(block_readers(network), 1)
    )


# What the mean of a slice (outputs, maps, ...) is multiplied by.
_WEIGHTS_OF: dict[str, Callable[[torch.Tensor], float]] = {
    "l1": lambda part: part.numel(),
    "l1_per_map": lambda part: part.numel() / part.shape[1],
}


def _recalled(
    readers: Sequence[Reader], stored: Mapping[str, Sequence[Sequence[float]]], definition: str
) -> Sequence[Sequence[float]]:
    if definition in KEPT:
        return stored[definition]
    times = _WEIGHTS_OF[definition]
    return [
        [value * times(part) for value, part in zip(column, reader.slices(), strict=True)]
        for column, reader in zip(stored["mean"], readers, strict=True)
    ]
