"""Activation volumes to scale, as LeNet-5 and AlexNet were drawn: height by resolution, depth by
channels. Branches are lanes, skip connections arcs; an addition is a circle, a concatenation a
volume in stripes.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import pandas as pd

from cnnviz.figures import svg
from cnnviz.figures.network.frames import PAD, Box, OpenBlock, auxiliary_heads, framed, room
from cnnviz.figures.network.layered import Layout, Link, layered
from cnnviz.figures.theme import count_text, stage_colour

# In pixels of the drawing.
TALLEST, DEEPEST, LONGEST_VECTOR = 150.0, 84.0, 130.0
SLANT = 0.28  # of the height: how far the third dimension goes right and up
LABELS = 43.0  # height of the text below a volume
LINE = 13.5
SHORT = {
    "convolution": "conv",
    "max pooling": "max pool",
    "average pooling": "avg pool",
    "global average pooling": "global pool",
    "concatenation": "concat",
    "local response norm": "LRN",
}


@dataclass(frozen=True)
class Scale:
    """Pixels of the drawing a pixel of a map and a channel."""

    side: float
    channel: float

    def size(self, shape: Sequence[int]) -> tuple[float, float]:
        """Depth and height of a volume; a vector is one pixel high."""
        if len(shape) == 1 or shape[-1] == 1:
            return min(max(shape[0] * self.channel, 8), LONGEST_VECTOR), 7
        return max(shape[0] * self.channel, 2.5), max(shape[-2] * self.side, 4)


def volumes(
    items: pd.DataFrame,
    links: Sequence[Link],
    frames: Sequence[OpenBlock],
    title: str,
    selected: int = -1,
    shapes: bool = True,
) -> str:
    """SVG of what a folded network shows, from left to right.

    Args:
        items: Columns path, layer, title, kind, detail, stage, repeats, output_shape,
            input_channels, params, macs, join and training_only, as in ``analysis.folding.Folded``.
        links: Pairs of rows (source, target).
        frames: The open blocks, inner ones first.
        title: What the drawing shows, for those who cannot see it.
        selected: The row to emphasise; -1 is none.
        shapes: Whether shapes are written.
    """
    scale = _scale(items["output_shape"])
    rows = items.assign(size=items["output_shape"].map(_size) if shapes else "").to_dict("records")
    sizes = [_extent(row, scale) for row in rows]
    before = [20 + extra for extra in room(frames, len(rows), PAD + 2, PAD + 2)]
    apart = auxiliary_heads(items["training_only"].tolist(), links)
    layout = layered(sizes, links, before, across=14, apart=apart)
    boxes = [Box.centred(*layout.centres[i], *size) for i, size in enumerate(sizes)]
    covered = list(boxes)  # with the arcs that end at each
    for link in layout.skips:
        covered[link[1]] = covered[link[1]].around(_under(layout, boxes, link))
    borders, headings, outer = framed(frames, covered)
    drawn = [borders]
    drawn += [_lane(rows, scale, link, points) for link, points in layout.lanes]
    drawn.append(headings)
    drawn += [_skip(layout, boxes, link) for link in layout.skips]
    for i, row in enumerate(rows):
        drawn.append(_item(row, layout.centres[i], scale, i == selected))
    box = reduce(Box.around, [*covered, *outer])
    return svg.document(box.extent(8), "".join(drawn), title)


def _scale(shapes: Collection[Sequence[int]]) -> Scale:
    maps = [shape for shape in shapes if len(shape) == 3]
    side = max((shape[-1] for shape in maps), default=1)
    deepest = max((shape[0] for shape in maps if shape[-1] > 1), default=1)
    return Scale(TALLEST / side, DEEPEST / max(deepest, 64))


def _extent(row: Mapping[Any, Any], scale: Scale) -> tuple[float, float]:
    """What an item takes along and across the flow, with its labels."""
    if row["kind"] in svg.JOIN_SIGNS:
        return 26, 30 + LABELS
    depth, height = scale.size(row["output_shape"])
    copies = 6 if row["repeats"] > 1 else 0
    labels = 7.4 * max(map(len, _labels(row)), default=0)
    return max(depth + SLANT * height + copies, labels), height * (1 + SLANT) + copies + LABELS


def _labels(row: Mapping[Any, Any]) -> list[str]:
    """What the layer does, and its volume as LeNet-5's paper writes it: 6@28x28."""
    if row["kind"] in svg.JOIN_SIGNS:
        return []
    name = SHORT.get(row["title"], row["title"])
    window = row["detail"].replace(", stride ", "/")
    times = f"x {row['repeats']}" if row["repeats"] > 1 else ""
    return [words for words in (name, window, times, row["size"]) if words]


def _size(shape: Sequence[int]) -> str:
    return f"{shape[0]}@{shape[1]}x{shape[2]}" if len(shape) == 3 else f"{shape[0]}"


def _item(row: Mapping[Any, Any], centre: svg.Point, scale: Scale, selected: bool) -> str:
    x, y = centre[0], centre[1] - LABELS / 2
    if row["kind"] in svg.JOIN_SIGNS:
        body = svg.join(x, y, row["kind"])
        bottom = y + 14
    else:
        body, bottom = _volume(row, x, y, scale)
    for number, words in enumerate(_labels(row), start=1):
        body += svg.text(x, bottom + number * LINE, words, 12)
    drawn = svg.selectable(row["layer"], _name(row), body, selected)
    if row["kind"] == "block":
        width, height = _extent(row, scale)
        sign_x, sign_y = x + width / 2 - 2, y - (height - LABELS) / 2 - 4
        drawn += svg.sign(sign_x, sign_y, row["path"], row["title"], opened=False)
    return drawn


def _name(row: Mapping[Any, Any]) -> str:
    times = f", {row['repeats']} times" if row["repeats"] > 1 else ""
    counts = {"parameters": row["params"], "MACs": row["macs"]}
    texts = [f"{count_text(count)} {unit}" for unit, count in counts.items() if count]
    return ", ".join(
        [f"{row['path']}: {row['title']}{times}", *filter(None, [row["size"]]), *texts]
    )


def _volume(row: Mapping[Any, Any], x: float, y: float, scale: Scale) -> tuple[str, float]:
    """The box (with copies behind it for repeats), and where its bottom is."""
    depth, height = scale.size(row["output_shape"])
    slant = SLANT * height if len(row["output_shape"]) == 3 else 3
    left, top = x - (depth + slant) / 2, y - (height - slant) / 2
    colour = stage_colour(row["stage"]) if row["kind"] != "input" else "#999999"
    faint = "pooling" in row["kind"] or row["kind"] in ("input", "flatten")
    drawn = ""
    for copy in range(2 if row["repeats"] > 1 else 0, -1, -1):
        drawn += _cuboid(left + 3 * copy, top - 3 * copy, depth, height, slant, colour, faint)
    if row["input_channels"]:
        drawn += _stripes(left, top, depth, height, row["input_channels"])
    if row["join"]:
        drawn += _own_arc(left, left + depth + slant, top - slant, row["join"])
    if scale.channel * row["output_shape"][0] > depth + 1:
        drawn += _break(left + depth / 2, top, height)
    return drawn, top + height


def _cuboid(
    x: float, y: float, depth: float, height: float, slant: float, colour: str, faint: bool
) -> str:
    opacity = 0.4 if faint else 0.95
    back, front = f"l{slant:.1f},{-slant:.1f}", f"l{-slant:.1f},{slant:.1f}"
    faces = {
        f"M{x:.1f},{y:.1f} h{depth:.1f} v{height:.1f} h{-depth:.1f} z": 1.0,
        f"M{x:.1f},{y:.1f} {back} h{depth:.1f} {front} z": 0.55,
        f"M{x + depth:.1f},{y:.1f} {back} v{height:.1f} {front} z": 0.75,
    }
    return "".join(
        f'<path d="{path}" fill="{colour}" fill-opacity="{opacity * shade:.2f}" '
        'stroke="currentColor" stroke-width="0.6"/>'
        for path, shade in faces.items()
    )


def _stripes(x: float, y: float, depth: float, height: float, channels: Sequence[int]) -> str:
    """Every second input of a concatenation is a white stripe on the face."""
    total, drawn, edge = sum(channels), "", 0
    for number, count in enumerate(channels):
        if number % 2:
            box = (x + depth * edge / total, y, depth * count / total, height)
            drawn += svg.rectangle(box, 'fill="#ffffff" fill-opacity="0.65"')
        edge += count
    return drawn


def _own_arc(left: float, right: float, top: float, kind: str) -> str:
    """The skip connection inside of a closed block."""
    curve = svg.arc((left, top + 6), (right, top + 6), top - 16, horizontal=True)
    mark = svg.JOIN_SIGNS.get(kind, "concat")
    return curve + svg.text((left + right) / 2, top - 13, mark, 12, colour=svg.SKIP)


def _break(x: float, y: float, height: float) -> str:
    """A jagged gap: the bar would be longer."""
    return (
        f'<path d="M{x - 3:.1f},{y - 2:.1f} l4,{height / 3 + 2:.1f} l-4,{height / 3:.1f} '
        f'l4,{height / 3 + 2:.1f}" fill="none" stroke="#ffffff" stroke-width="3"/>'
    )


def _lane(
    rows: Sequence[Mapping[Any, Any]],
    scale: Scale,
    link: Link,
    points: Sequence[svg.Point],
) -> str:
    source, target = link
    (x, y), *between, (to_x, to_y) = points
    start = (x + _half(rows[source], scale), y - LABELS / 2)
    end = (to_x - _half(rows[target], scale) - 1, to_y - LABELS / 2)
    return svg.line([start, *((a, b - LABELS / 2) for a, b in between), end], horizontal=True)


def _half(row: Mapping[Any, Any], scale: Scale) -> float:
    """From the middle of an item to where its drawing ends along the flow."""
    if row["kind"] in svg.JOIN_SIGNS:
        return 12
    depth, height = scale.size(row["output_shape"])
    return (depth + (SLANT * height if len(row["output_shape"]) == 3 else 3)) / 2


def _skip(layout: Layout, boxes: Sequence[Box], link: Link) -> str:
    """An arc above all that it passes."""
    start, end = ((layout.centres[i][0], boxes[i].top + 2) for i in link)
    return svg.arc(start, end, _bend(layout, boxes, link), horizontal=True)


def _bend(layout: Layout, boxes: Sequence[Box], link: Link) -> float:
    first, last = (layout.ranks[i] for i in link)
    above = min(boxes[i].top for i, rank in enumerate(layout.ranks) if first <= rank <= last)
    return above - 14 - 5 * (last - first)


def _under(layout: Layout, boxes: Sequence[Box], link: Link) -> Box:
    """The room of an arc: a cubic reaches three quarters of the way to where it bends."""
    box = boxes[link[1]]
    ends = (boxes[link[0]].top + box.top) / 2
    top = 0.75 * _bend(layout, boxes, link) + 0.25 * ends - 4
    return Box(box.left, top, box.right, box.bottom)
