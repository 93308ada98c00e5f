"""The picture of a network: volumes, graph or one block, and which layer of it is selected."""

import re
from collections.abc import Collection, Sequence

import streamlit as st

from cnnviz.analysis.folding import BUDGETS, Folding, View
from cnnviz.architectures import variant
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.network import DRAWINGS
from cnnviz.figures.svg import standalone
from cnnviz.ui.network.formulas import concealed
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import (
    choose_flag,
    choose_option,
    choose_option_or_none,
    choose_segment,
)
from cnnviz.ui.parts.drawing import clickable, clicked
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.server.cached import cached_folding, cached_graph, cached_view

COLUMN = 1140  # px: the width that most screens leave
CAPTIONS = {
    "volumes": "Heights and depths are to scale: the side of the maps and the number of channels "
    "(the smallest are drawn a little larger; a jagged bar is longer than shown). 64@56x56 is 64 "
    "maps of 56 x 56. An arc is a skip connection, + adds, a striped volume concatenates. ReLU, "
    "batch norm and dropout change no volume and are left out.",
    "graph": "A box is a layer or a closed block: its output and its parameters. Open a block with "
    "+. An arc is a skip connection, a circle combines number by number, a dashed box "
    "concatenates.",
    "block": "One block with this configuration's shapes, in the order in which it computes.",
}


def show_picture(choice: SizedNetwork, selected: str, hidden: Collection[str]) -> None:
    """Draw the controls and the picture.

    Args:
        choice: The network.
        selected: The layer whose card is open, or "".
        hidden: Quantities that a teacher hides.
    """
    folding = cached_folding(choice.spec, choice.resolution)
    view = _choose_view(folding, choice.spec.variant)
    drawing = _drawing(choice, view, selected, hidden)
    clickable(
        drawing,
        name=f"{choice.spec.variant} {view.kind} {view.block}",
        selected=selected,
        height=_window(drawing),
        key="picture",
        on_click=_follow_click,
    )
    words, download = st.columns([6, 1], vertical_alignment="top")
    words.caption(CAPTIONS[view.kind])
    with download:
        file = f"{choice.spec.variant}-{view.kind}.svg"
        offer_file("SVG", standalone(drawing), file, width="stretch")


def _choose_view(folding: Folding, variant: str) -> View:
    kinds, which = st.columns([1, 2], vertical_alignment="bottom")
    with kinds:
        kind = choose_segment(
            "Picture",
            list(BUDGETS),
            address.PICTURE,
            "volumes",
            "Volumes to scale, the graph of layers and blocks, or one block as in its paper.",
        )
    block, full = "", False
    with which:
        if kind == "block":
            paths = list(dict.fromkeys(each.path for each in folding.anatomies()))
            block = choose_option(
                "Block", paths, address.BLOCK, help="One of each make; the others repeat it."
            )
        elif kind == "graph":
            full = choose_flag(
                "All connections",
                address.ALL_CONNECTIONS,
                "Repeated blocks one by one: all connections of a dense block.",
            )
    return View(kind, block, full, _toggled(f"{variant} {kind} {block}"))


def _drawing(choice: SizedNetwork, view: View, selected: str, hidden: Collection[str]) -> str:
    folded, unsaid = cached_view(choice.spec, choice.resolution, view), concealed(hidden)
    items = folded.items.assign(**{name: 0 for name in ("params", "macs") if name in unsaid})
    graph = cached_graph(choice.spec, choice.resolution)
    nodes = {node.name: index for index, node in enumerate(graph.nodes)}
    row = folded.item_of[nodes[selected]] if selected in nodes else -1
    name = f"{variant(choice.spec.variant).title}: {view.kind}"
    shapes = "output" not in unsaid
    return DRAWINGS[view.kind](items, folded.links, folded.frames, name, row, shapes)


def _window(drawing: str) -> int:
    """Height of the window on a drawing in pixels: all of it, or what a screen leaves."""
    width, height = map(float, re.findall(r' (?:width|height)="(\d+)"', drawing)[:2])
    # The browser shows a drawing at 0.85 to 1 of its size, whatever fits its column best.
    zoom = min(max(COLUMN / width, 0.85), 1)
    return round(min(max(zoom * height + 24, 160), 620))


def _toggled(shown: str) -> frozenset[str]:
    """The blocks that the visitor opened or closed; the address alone remembers them.

    Args:
        shown: What the picture shows; another network or view begins as it opens by itself.
    """
    if st.session_state.get("opened_in", shown) != shown and not st.session_state["arrived"]:
        address.write({address.OPEN_BLOCKS: ""})
    st.session_state["opened_in"] = shown
    return frozenset(filter(None, address.requested(address.OPEN_BLOCKS).split(",")))


def _follow_click() -> None:
    what = clicked("picture")
    if "toggle" in what:
        paths = _toggled(st.session_state["opened_in"]) ^ {what["toggle"]}
        address.write({address.OPEN_BLOCKS: ",".join(sorted(paths))})
    elif "select" in what:
        st.session_state[address.CARD] = what["select"]


def chosen_layer(names: Sequence[str]) -> str:
    """The layer whose card is open, from a click, the menu or the address; "" if none is."""
    known = set(names)
    if st.session_state.get(address.CARD) not in known:
        st.session_state.pop(address.CARD, None)
    requested = st.session_state.get(address.CARD) or address.requested(address.CARD)
    return str(requested) if requested in known else ""


def choose_layer(
    names: Sequence[str],
    placeholder: str = "click a layer in the drawing or in the table, or type its name",
    help: str = "Its card shows each number with its formula, and its receptive field on a photo.",
) -> str:
    """The menu of layers; "" if none is chosen."""
    chosen = choose_option_or_none("Layer", names, address.CARD, placeholder=placeholder, help=help)
    return chosen or ""
