"""Numbers in boxes: small tensors, kernels, gates of highway networks, factors of a product."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from cnnviz.figures.colour_maps import coloured, signed
from cnnviz.figures.templates import render
from cnnviz.figures.theme import CATEGORIES, hexadecimal

SLOPE, WEIGHT = CATEGORIES[0], CATEGORIES[1]


@dataclass(frozen=True, eq=False)
class Tile:
    """A channel.

    Attributes:
        numbers: (rows, columns).
        caption: Below it; empty leaves no room.
        colour: "#rrggbb" of the bar above it.
    """

    numbers: np.ndarray
    caption: str
    colour: str


@dataclass(frozen=True)
class _Cell:
    """A number; its ground is "#rrggbb" or the page's."""

    text: str
    fill: str = ""
    title: str = ""


@dataclass(frozen=True)
class _Grid:
    """Cells in so many columns, between a title and a caption, below a bar of a colour."""

    cells: Sequence[_Cell]
    columns: int = 0
    title: str = ""
    caption: str = ""
    colour: str = ""


def number_tiles(tiles: Sequence[Tile], title: str, caption: str = "") -> str:
    """HTML of tiles in rows that break where the page ends.

    Args:
        tiles: The channels.
        title: What the tensor is, for those who do not see it; its numbers are added.
        caption: Below all of them; empty leaves no room.
    """
    groups = [
        _Grid(
            [_Cell(number_text(number)) for number in tile.numbers.ravel()],
            tile.numbers.shape[1],
            caption=tile.caption,
            colour=tile.colour,
        )
        for tile in tiles
    ]
    name = f"{title}: " + "; ".join(map(_tile_text, tiles))
    return render("cells", groups=groups, name=name, kind="", caption=caption)


def kernel_drawing(numbers: Sequence[Sequence[float]], divisor: int = 1, title: str = "") -> str:
    """HTML of a kernel: a cell a weight, its number in it, its colour signed.

    Args:
        numbers: The weights times ``divisor``, row by row.
        divisor: Said below the kernel, unless it is 1.
        title: What the kernel is, for those who do not see it.
    """
    values = np.asarray(numbers, dtype=np.float64)
    colours = signed(values / (np.abs(values).max() or 1)).reshape(-1, 3)
    cells = [
        _Cell(f"{value:g}".replace("-", "\N{MINUS SIGN}"), hexadecimal(colour))
        for value, colour in zip(values.ravel(), colours, strict=True)
    ]
    below = f"all divided by {divisor}" if divisor != 1 else ""
    grid = _Grid(cells, values.shape[1], caption=below)
    return render("cells", groups=[grid], name=title, kind="kernel", caption="")


def gate_table(rows: Sequence[tuple[str, Mapping[str, float]]]) -> str:
    """HTML of mean gate values in [0, 1], a row for each network; dark is 0 and yellow is 1.

    Args:
        rows: Title of the network, and its gates' means by unit, from the input to the output.
    """
    grids = [_Grid(_gates(title, gates), title=title) for title, gates in rows]
    return render("cells", groups=grids, name="", kind="gates", caption="")


def _gates(title: str, gates: Mapping[str, float]) -> list[_Cell]:
    (colours,) = coloured(np.clip([list(gates.values())], 0, 1))
    return [
        _Cell(f"{value:.2f}", hexadecimal(colour), f"{title}, unit {unit}: mean gate {value:.4f}")
        for (unit, value), colour in zip(gates.items(), colours, strict=True)
    ]


def number_text(value: float) -> str:
    """A number with what fits a cell: "3", "0.25", "1.333", with a true minus sign."""
    rounded = round(float(value), 3) + 0.0
    words = f"{rounded:.4g}" if abs(rounded) < 10_000 else f"{rounded:,.0f}"
    return words.replace("-", "\N{MINUS SIGN}")


def _tile_text(tile: Tile) -> str:
    rows = ", ".join(" ".join(map(number_text, row)) for row in tile.numbers)
    return f"{tile.caption} {rows}".strip()


@dataclass(frozen=True)
class Factor:
    """A factor of the product.

    Attributes:
        name: What it is.
        value: As it is written.
        is_slope: A derivative, or else a weight; they have different colours.
    """

    name: str
    value: str
    is_slope: bool


def factor_strip(factors: Sequence[Factor], product: str, title: str) -> str:
    """HTML of the factors with their signs, and the product at the end.

    Args:
        factors: At least one.
        product: As it is written.
        title: What it shows, for those who do not see it.
    """
    values = {"factors": factors, "product": product, "title": title}
    return render("factors", slope=SLOPE, weight=WEIGHT, **values)
