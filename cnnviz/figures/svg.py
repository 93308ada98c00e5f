"""Pieces of SVG that the drawings of networks share.

Text and lines take the colour of the page (``currentColor``), so that one drawing suits light and
dark. What can be clicked carries ``data-select`` (a layer) or ``data-toggle`` (a block).
"""

import re
from collections.abc import Sequence
from html import escape

Point = tuple[float, float]
Extent = tuple[float, float, float, float]  # left, top, width, height

# Skip connections have a colour that no stage has.
SKIP = "#D55E00"
FONT = "system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"
# The open/close sign of a block: half its side.
SIGN = 8


def document(box: Extent, body: str, title: str, is_fixed: bool = True) -> str:
    """A drawing.

    Args:
        box: What of the plane is shown.
        body: What is drawn.
        title: What it shows, for those who do not see it.
        is_fixed: Whether it has its natural size, and is not as wide as its place.
    """
    left, top, width, height = box
    size = f'width="{width:.0f}" height="{height:.0f}" ' if is_fixed else ""
    arrows = "".join(
        _arrow(name, colour)
        for name, colour in {"arrow": "currentColor", "skip": SKIP}.items()
        if f"url(#{name})" in body
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(title)}" {size}'
        f'viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" font-family="{FONT}">'
        f"{f'<defs>{arrows}</defs>' if arrows else ''}{body}</svg>"
    )


def standalone(drawing: str) -> str:
    """The same drawing as a file: dark on white, and without signs that nothing would answer."""
    _, _, rest = re.sub(r'<g class="sign".*?</g>', "", drawing).partition("<svg ")
    head, _, body = rest.partition(">")
    white = '<rect x="-9999" y="-9999" width="99999" height="99999" fill="#ffffff"/>'
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<svg color="#222222" {head}>{white}{body}'


def _arrow(name: str, colour: str) -> str:
    return (
        f'<marker id="{name}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0,0.5 L8,4 L0,7.5 z" fill="{colour}"/></marker>'
    )


def text(
    x: float,
    y: float,
    words: str,
    size: float = 12,
    anchor: str = "middle",
    weight: str = "normal",
    colour: str = "currentColor",
) -> str:
    """A line of text whose baseline is at y."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{size:g}" text-anchor="{anchor}" '
        f'font-weight="{weight}" fill="{colour}">{escape(words)}</text>'
    )


def rectangle(box: Extent, look: str, title: str = "", digits: int = 1) -> str:
    """A rectangle with other attributes, and what pointing at it says."""
    x, y, width, height = (f"{number:.{digits}f}" for number in box)
    says = f"><title>{escape(title)}</title></rect>" if title else "/>"
    return f'<rect x="{x}" y="{y}" width="{width}" height="{height}" {look}{says}'


def selectable(path: str, name: str, body: str, selected: bool) -> str:
    """A part of the drawing that selects a layer."""
    mark = ' class="item selected"' if selected else ' class="item"'
    return (
        f'<g{mark} data-select="{escape(path)}" tabindex="0" role="button" '
        f'aria-label="{escape(name)}"><title>{escape(name)}</title>{body}</g>'
    )


def sign(x: float, y: float, path: str, title: str, opened: bool) -> str:
    """The sign, centred at (x, y), that opens or closes a block."""
    words = f"{'Close' if opened else 'Open'} {title}"
    upright = "" if opened else f"M{x:.1f},{y - 4:.1f} V{y + 4:.1f} "
    return (
        f'<g class="sign" data-toggle="{escape(path)}" tabindex="0" role="button" '
        f'aria-label="{escape(words)}"><title>{escape(words)}</title>'
        f'<rect x="{x - 14:.1f}" y="{y - 14:.1f}" width="28" height="28" fill="transparent"/>'
        f'<rect x="{x - SIGN:.1f}" y="{y - SIGN:.1f}" width="{2 * SIGN}" height="{2 * SIGN}" '
        'rx="3" fill="#ffffff" stroke="#555555"/>'
        f'<path d="{upright}M{x - 4:.1f},{y:.1f} H{x + 4:.1f}" stroke="#222222" '
        'stroke-width="1.8"/></g>'
    )


def line(points: Sequence[Point], horizontal: bool) -> str:
    """An arrow through points; it leaves and arrives along the flow."""
    (x, y), *rest = points
    path = f"M{x:.1f},{y:.1f}"
    for to_x, to_y in rest:
        if horizontal:
            half = (x + to_x) / 2
            path += f" C{half:.1f},{y:.1f} {half:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"
        else:
            half = (y + to_y) / 2
            path += f" C{x:.1f},{half:.1f} {to_x:.1f},{half:.1f} {to_x:.1f},{to_y:.1f}"
        x, y = to_x, to_y
    return (
        f'<path class="link" d="{path}" fill="none" stroke="currentColor" stroke-opacity="0.55" '
        'stroke-width="1.3" marker-end="url(#arrow)"/>'
    )


def arc(start: Point, end: Point, bend: float, horizontal: bool) -> str:
    """A skip connection from start to end that bends out to ``bend`` (y, or x in a column)."""
    (x, y), (to_x, to_y) = start, end
    if horizontal:
        path = f"M{x:.1f},{y:.1f} C{x:.1f},{bend:.1f} {to_x:.1f},{bend:.1f} {to_x:.1f},{to_y:.1f}"
    else:
        path = f"M{x:.1f},{y:.1f} C{bend:.1f},{y:.1f} {bend:.1f},{to_y:.1f} {to_x:.1f},{to_y:.1f}"
    return (
        f'<path class="skip" d="{path}" fill="none" stroke="{SKIP}" stroke-width="1.6" '
        'marker-end="url(#skip)"/>'
    )


JOIN_SIGNS = {"addition": "+", "multiplication": "×", "subtraction": "−", "mean": "mean"}  # noqa: RUF001


def join(x: float, y: float, kind: str, radius: float = 11) -> str:
    """A circle with the sign of an operation."""
    words = JOIN_SIGNS[kind]
    size = 17 if len(words) == 1 else 8.5
    return (
        f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:g}" fill="#ffffff" stroke="{SKIP}" '
        'stroke-width="2"/>'
        f'<text x="{x:.1f}" y="{y + size * 0.34:.1f}" font-size="{size:g}" text-anchor="middle" '
        f'fill="#222222" font-weight="600">{words}</text>'
    )
