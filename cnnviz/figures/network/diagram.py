"""A network as boxes and arrows from top to bottom: blocks closed or open, skips as arcs."""

from collections.abc import Mapping, Sequence
from functools import reduce
from typing import Any

import pandas as pd

from cnnviz.figures import svg
from cnnviz.figures.network.frames import PAD, TITLE, Box, OpenBlock, auxiliary_heads, framed, room
from cnnviz.figures.network.layered import Layout, Link, layered
from cnnviz.figures.theme import count_text, stage_colour

HEIGHT, FLAT, NARROWEST, CIRCLE = 42.0, 22.0, 132.0, 26.0
GAP_ALONG, GAP_ACROSS = 26.0, 22.0


def diagram(
    items: pd.DataFrame,
    links: Sequence[Link],
    frames: Sequence[OpenBlock],
    title: str,
    selected: int = -1,
    shapes: bool = True,
) -> str:
    """SVG of what a folded network shows, from top to bottom.

    Args:
        items: Columns path, layer, title, kind, detail, stage, repeats, output_shape, params, macs,
            join and training_only, as in ``analysis.folding.Folded``.
        links: Pairs of rows (source, target).
        frames: The open blocks, inner ones first.
        title: What the drawing shows, for those who cannot see it.
        selected: The row to emphasise; -1 is none.
        shapes: Whether shapes are written.
    """
    written = items["output_shape"].map(lambda shape: " x ".join(map(str, shape)))
    rows = items.assign(size=written if shapes else "").to_dict("records")
    sizes = _sizes(rows)
    extra = room(frames, len(rows), PAD + TITLE, PAD + 4)
    before = [GAP_ALONG + e for e in extra]
    apart = auxiliary_heads(items["training_only"].tolist(), links)
    layout = layered([(h, w) for w, h in sizes], links, before, GAP_ACROSS, apart)
    boxes = [Box.centred(*layout.centres[i][::-1], *size) for i, size in enumerate(sizes)]
    borders, headings, outer = framed(frames, boxes)
    drawn = [borders]
    drawn += [_lane(boxes, link, points) for link, points in layout.lanes]
    drawn.append(headings)
    drawn += [_skip(layout, boxes, link) for link in layout.skips]
    drawn += [_item(row, boxes[i], i == selected) for i, row in enumerate(rows)]
    return svg.document(_extent(layout, [*boxes, *outer]), "".join(drawn), title)


def _sizes(rows: Sequence[Mapping[Any, Any]]) -> list[tuple[float, float]]:
    """Width and height of every item; equal widths let branches run straight."""
    boxes = [row for row in rows if row["kind"] not in svg.JOIN_SIGNS]
    longest = [max(len(_heading(row)) * 7.1, len(_below(row)) * 6.2) for row in boxes]
    width = max(NARROWEST, max(longest, default=0) + 28)
    return [_size(row, width) for row in rows]


def _size(row: Mapping[Any, Any], width: float) -> tuple[float, float]:
    if row["kind"] in svg.JOIN_SIGNS:
        return CIRCLE, CIRCLE
    return width, FLAT if row["kind"] == "concatenation" else HEIGHT


def _heading(row: Mapping[Any, Any]) -> str:
    if row["kind"] == "concatenation":
        return f"concat {row['size']}".strip()
    times = f" x {row['repeats']}" if row["repeats"] > 1 else ""
    return f"{row['title']} {row['detail']}".strip() + times


def _below(row: Mapping[Any, Any]) -> str:
    params = f"{count_text(row['params'])} params" if row["params"] else ""
    return " · ".join(filter(None, [row["size"], params]))


def _item(row: Mapping[Any, Any], box: Box, selected: bool) -> str:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    if row["kind"] in svg.JOIN_SIGNS:
        body = svg.join(x, y, row["kind"], CIRCLE / 2)
    elif row["kind"] == "concatenation":
        body = _rectangle(box, row, dashed=True) + svg.text(x, y + 4, _heading(row), 12)
    else:
        body = _rectangle(box, row) + svg.text(x, y - 3, _heading(row), 13, weight="600")
        body += svg.text(x, y + 14, _below(row), 11)
    drawn = svg.selectable(
        row["layer"], f"{row['path']}: {_heading(row)}, {_below(row)}", body, selected
    )
    if row["kind"] == "block":
        drawn += svg.sign(box.right, box.top + 4, row["path"], row["title"], opened=False)
    return drawn


def _rectangle(box: Box, row: Mapping[Any, Any], dashed: bool = False) -> str:
    """The box of an item with its stage's colour at the left; copies behind stand for repeats."""
    colour = stage_colour(row["stage"]) if row["kind"] != "input" else "#999999"
    face = f'rx="6" fill="{colour}" stroke="{colour}"'
    shifts = (6, 3) if row["repeats"] > 1 else ()
    drawn = [svg.rectangle(box.extent(shift=k), f'{face} fill-opacity="0.15"') for k in shifts]
    dashes = ' stroke-dasharray="5 3"' if dashed else ""
    opacity = 0.28 if row["kind"] == "block" or row["params"] else 0.10
    look = f'class="face" {face} fill-opacity="{opacity}" stroke-width="1.4"{dashes}'
    left, top, _, height = box.extent()
    stage = svg.rectangle((left, top, 5, height), f'rx="2" fill="{colour}"')
    return "".join([*drawn, svg.rectangle(box.extent(), look), stage])


def _lane(boxes: Sequence[Box], link: Link, points: Sequence[svg.Point]) -> str:
    source, target = link
    turned = [(across, along) for along, across in points]
    start = (turned[0][0], boxes[source].bottom)
    end = (turned[-1][0], boxes[target].top - 1)
    return svg.line([start, *turned[1:-1], end], horizontal=False)


def _skip(layout: Layout, boxes: Sequence[Box], link: Link) -> str:
    """An arc at the right of all that it passes."""
    source, target = link
    first, last = layout.ranks[source], layout.ranks[target]
    passed = [boxes[i].right for i, rank in enumerate(layout.ranks) if first <= rank <= last]
    start = (boxes[source].right, (boxes[source].top + boxes[source].bottom) / 2)
    end = (boxes[target].right + 1, (boxes[target].top + boxes[target].bottom) / 2)
    return svg.arc(start, end, _bend(max(passed), last - first), horizontal=False)


def _bend(right: float, span: int) -> float:
    return right + 24 + 14 * min(span, 24)


def _extent(layout: Layout, boxes: Sequence[Box]) -> svg.Extent:
    box = reduce(Box.around, boxes)
    spans = [layout.ranks[target] - layout.ranks[source] for source, target in layout.skips]
    right = max(
        box.right + 10, 0.75 * _bend(box.right, max(spans)) + 0.25 * box.right if spans else 0
    )
    return box.left - 10, box.top - 10, right - box.left + 20, box.bottom - box.top + 24
