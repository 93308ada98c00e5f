"""The rank of a kernel, and its separation into column and row passes."""

from dataclasses import dataclass

import numpy as np
import torch

from cnnviz.lab.grid import plane
from cnnviz.vision.maps.filters import filtered

TOLERANCE = 1e-4  # relative to the largest singular value: 0 within three decimals


@dataclass(frozen=True, eq=False)
class Separated:
    """A kernel as the sum of columns times rows.

    Attributes:
        kernel: float64 (h, w).
        singular_values: Largest first, (min(h, w),).
        passes: Pairs of a column (h,) and a row (w,), as many as the rank, whose outer products
            add up to the kernel. The smallest nonzero weight of a row is 1 or -1.
    """

    kernel: np.ndarray
    singular_values: np.ndarray
    passes: tuple[tuple[np.ndarray, np.ndarray], ...]

    @property
    def rank(self) -> int:
        """Rank of the kernel."""
        return len(self.passes)

    @property
    def is_separable(self) -> bool:
        """Whether the rank is at most 1."""
        return self.rank == 1

    @property
    def products(self) -> int:
        """Products per pixel with the full kernel."""
        return int(self.kernel.size)

    @property
    def products_in_passes(self) -> int:
        """Products per pixel with two passes per rank."""
        return self.rank * sum(self.kernel.shape)


def separated(kernel: np.ndarray) -> Separated:
    """Decompose a kernel (h, w) by singular values."""
    matrix = torch.from_numpy(np.asarray(kernel, dtype=np.float64))
    columns, values, rows = torch.linalg.svd(matrix, full_matrices=False)
    rank = int((values > TOLERANCE * values[0]).sum()) if float(values[0]) else 0
    passes = tuple(
        _readable((columns[:, i] * values[i]).numpy(), rows[i].numpy()) for i in range(rank)
    )
    return Separated(matrix.numpy(), values.numpy(), passes)


def _readable(column: np.ndarray, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rescale a column and a row so that the row's smallest weight is 1."""
    sizes = np.abs(row)
    scale = sizes[sizes > TOLERANCE * sizes.max()].min()
    # The column starts with a positive number, so that the row carries the sign.
    first = column[np.abs(column) > TOLERANCE * np.abs(column).max()][0]
    scale = scale if first > 0 else -scale
    return column * scale, row / scale


def filtered_in_passes(photo: np.ndarray, separated: Separated) -> np.ndarray:
    """Filter a grey photo by column and row passes.

    Args:
        photo: In [0, 1], (H, W).
        separated: A kernel with odd sides.

    Returns:
        float32 (H, W), equal to ``cnnviz.vision.maps.filters.filtered`` up to rounding.
    """
    total = np.zeros(photo.shape, dtype=np.float32)
    for column, row in separated.passes:
        total += filtered(filtered(photo, column[:, None]), row[None])
    return total


def written_kernel(written: str) -> np.ndarray:
    """Parse a kernel for grey photos in the format of ``grid``, float64 (h, w).

    Raises:
        ValueError: The text is not a grid, has several channels, or an even side.
    """
    numbers = plane(written, "kernel")
    height, width = numbers.shape
    if height % 2 == 0 or width % 2 == 0:
        raise ValueError(f"kernel must have odd sides; received {height} x {width}.")
    kernel: np.ndarray = numbers.numpy().astype(np.float64)
    return kernel
