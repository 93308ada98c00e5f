"""The rank of a kernel, and a kernel as columns times rows: one pass down and one across."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.lab.grid import plane
from cnnviz.vision.maps.filters import filtered

TOLERANCE = 1e-4  # of the largest singular value: what three written decimals cannot tell from 0


@dataclass(frozen=True, eq=False)
class Separated:
    """A kernel as the sum of columns times rows.

    Attributes:
        kernel: float64 (h, w).
        singular_values: Largest first, (min(h, w),).
        passes: A column (h,) and a row (w,) for each of the kernel's rank; their products add up
            to the kernel. The smallest weight of a row that is not 0 is 1 or -1.
    """

    kernel: np.ndarray
    singular_values: np.ndarray
    passes: tuple[tuple[np.ndarray, np.ndarray], ...]

    @property
    def rank(self) -> int:
        """How many columns times rows are needed."""
        return len(self.passes)

    @property
    def is_separable(self) -> bool:
        """Whether one column times one row is all of it."""
        return self.rank == 1

    @property
    def products(self) -> int:
        """Products for a pixel with the kernel as it is."""
        return int(self.kernel.size)

    @property
    def products_in_passes(self) -> int:
        """Products for a pixel in two passes for each of its rank."""
        return self.rank * sum(self.kernel.shape)


def separated(kernel: np.ndarray) -> Separated:
    """The singular value decomposition of a kernel, by torch.

    Args:
        kernel: (h, w).
    """
    matrix = torch.from_numpy(np.asarray(kernel, dtype=np.float64))
    columns, values, rows = torch.linalg.svd(matrix, full_matrices=False)
    rank = int((values > TOLERANCE * values[0]).sum()) if float(values[0]) else 0
    passes = tuple(
        _readable((columns[:, i] * values[i]).numpy(), rows[i].numpy()) for i in range(rank)
    )
    return Separated(matrix.numpy(), values.numpy(), passes)


def _readable(column: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The same product with round numbers where there are any: the row's smallest weight is 1."""
    sizes = np.abs(row)
    scale = sizes[sizes > TOLERANCE * sizes.max()].min()
    # The column begins with a positive number, so that the signs stand in the row.
    first = column[np.abs(column) > TOLERANCE * np.abs(column).max()][0]
    scale = scale if first > 0 else -scale
    return column * scale, row / scale


def filtered_in_passes(photo: np.ndarray, found: Separated) -> np.ndarray:
    """The map of a grey photo by a pass down and a pass across for each of the kernel's rank.

    Args:
        photo: In [0, 1], (H, W).
        found: Of ``separated``, with odd sides.

    Returns:
        float32 (H, W), what ``cnnviz.vision.filters.filtered`` gives up to rounding.
    """
    total = np.zeros(photo.shape, dtype=np.float32)
    for column, row in found.passes:
        total += filtered(filtered(photo, column[:, None]), row[None])
    return total


def written_kernel(written: str) -> np.ndarray:
    """A kernel of a grey photo as ``grid`` reads it, float64 (h, w).

    Raises:
        ValueError: It is no grid, has several channels, or a side without a middle.
    """
    numbers = plane(written, "kernel")
    height, width = numbers.shape
    if height % 2 == 0 or width % 2 == 0:
        raise ValueError(f"kernel must have odd sides; received {height} x {width}.")
    found: np.ndarray = numbers.numpy().astype(np.float64)
    return found


def written_picture(written: str) -> np.ndarray:
    """A grey picture as ``grid`` reads it, float32 (H, W).

    Raises:
        ValueError: It is no grid, or has several channels.
    """
    found: np.ndarray = plane(written, "picture").numpy()
    return found
