"""Frames around the open blocks of a drawing, with the sign that closes each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Protocol

from cnnviz.figures import svg

PAD, TITLE = 6.0, 17.0  # px
FRAME = (
    'rx="8" fill="#808080" fill-opacity="0.07" stroke="#808080" stroke-opacity="0.6" '
    'stroke-dasharray="4 3"'
)


class OpenBlock(Protocol):
    """An open block: rows ``first`` to ``last`` of the items (``analysis.folding.Frame``)."""

    @property
    def path(self) -> str: ...  # noqa: D102
    @property
    def title(self) -> str: ...  # noqa: D102
    @property
    def repeats(self) -> int: ...  # noqa: D102
    @property
    def first(self) -> int: ...  # noqa: D102
    @property
    def last(self) -> int: ...  # noqa: D102


@dataclass(frozen=True)
class Box:
    """A rectangle of the drawing, in pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @classmethod
    def centred(cls, x: float, y: float, width: float, height: float) -> Box:
        """The box of that size around a point."""
        return cls(x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def extent(self, margin: float = 0, shift: float = 0) -> svg.Extent:
        """Left, top, width and height, with a margin and shifted to the right and down."""
        width, height = self.right - self.left, self.bottom - self.top
        start = shift - margin
        return self.left + start, self.top + start, width + 2 * margin, height + 2 * margin

    def around(self, other: Box) -> Box:
        """The smallest box that holds both."""
        return Box(
            min(self.left, other.left),
            min(self.top, other.top),
            max(self.right, other.right),
            max(self.bottom, other.bottom),
        )

    def meets(self, other: Box) -> bool:
        """Whether they share an area."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


def room(blocks: Sequence[OpenBlock], count: int, first: float, last: float) -> list[float]:
    """Extra gap before each of ``count`` items: for frames that begin there or end before it."""
    extents = {(block.first, block.last) for block in blocks if block.last > block.first}
    extra = [0.0] * (count + 1)
    for start, end in extents:
        extra[start] += first
        extra[end + 1] += last
    return extra[:count]


def auxiliary_heads(training_only: Sequence[bool], links: Sequence[tuple[int, int]]) -> list[int]:
    """Lengths of the chains of items that only training uses."""
    lengths: list[int] = []
    for item, is_head in enumerate(training_only):
        if is_head and lengths and (item - 1, item) in links:
            lengths[-1] += 1
        elif is_head:
            lengths.append(1)
    return lengths


def framed(blocks: Sequence[OpenBlock], boxes: Sequence[Box]) -> tuple[str, str, list[Box]]:
    """The frames as SVG, outer ones first; their titles; and their boxes.

    A block of one item has no frame, nor one that would cut another's items. Of two that would be
    the same, one is drawn, with both titles.

    Args:
        blocks: Inner blocks before those that hold them.
        boxes: Of each item.
    """
    drawn: dict[tuple[int, int], tuple[OpenBlock, list[str], Box]] = {}
    for block in blocks:
        key = (block.first, block.last)
        if key in drawn:
            drawn[key][1].insert(0, _title(block))
        elif block.last > block.first:
            box = _box(block, boxes, [(k, b) for k, (_, _, b) in drawn.items()])
            if not any(box.meets(b) for i, b in enumerate(boxes) if not key[0] <= i <= key[1]):
                drawn[key] = (block, [_title(block)], box)
    frames = [svg.rectangle(box.extent(), FRAME) for _, _, box in drawn.values()]
    titles = [_heading(block, " · ".join(names), box) for block, names, box in drawn.values()]
    return "".join(reversed(frames)), "".join(titles), [box for _, _, box in drawn.values()]


def _title(block: OpenBlock) -> str:
    return f"{block.title} x {block.repeats}" if block.repeats > 1 else block.title


def _box(
    block: OpenBlock, boxes: Sequence[Box], inner: Sequence[tuple[tuple[int, int], Box]]
) -> Box:
    held = [b for (first, last), b in inner if block.first <= first and last <= block.last]
    box = reduce(Box.around, [*boxes[block.first : block.last + 1], *held])
    return Box(box.left - PAD, box.top - TITLE - 4, box.right + PAD, box.bottom + PAD)


def _heading(block: OpenBlock, title: str, box: Box) -> str:
    """The sign that closes the block, and its title, legible where a line crosses it."""
    middle = box.top + TITLE / 2 + 2
    halo = "font-weight:600;paint-order:stroke;stroke-width:4px;"
    halo += "stroke:var(--st-background-color,#ffffff)"
    words = svg.text(box.left + 24, middle + 4, title, 11.5, "start", halo)
    return svg.sign(box.left + 12, middle, block.path, block.title, opened=True) + words
