"""The layer table on screen, with search and sorting, and the card of one layer."""

import re
from collections.abc import Collection, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from cnnviz.analysis.counting import MACS, Convention
from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.node import shape_text
from cnnviz.architectures.written import SizedNetwork
from cnnviz.ui.explore.field import show_field
from cnnviz.ui.network.formulas import concealed, show_formulas
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound
from cnnviz.ui.server.cached import cached_fields

NUMBER = "localized"
as_text, as_number = st.column_config.TextColumn, st.column_config.NumberColumn
as_share = partial(st.column_config.ProgressColumn, format="percent", max_value=1.0)
# The column of operations gets its heading from the convention.
COLUMNS: dict[str, Any] = {
    "name": as_text("Layer", pinned=True, help="Module path in PyTorch."),
    "stage": as_text("Stage"),
    "kind": as_text("Kind"),
    "input": as_text("Input", help="C x H x W, or features."),
    "output": as_text("Output", help="C x H x W, or features."),
    "kernel_size": as_text("Kernel", help="Kernel size, height x width."),
    "stride": as_text("Stride"),
    "padding": as_text("Padding"),
    "params": as_number("Parameters", format=NUMBER),
    "macs": None,
    "receptive_field": as_number(
        "Receptive field (px)", help="Side of the image region that one unit can see."
    ),
    "params_share": as_share("Share of parameters"),
    "macs_share": None,
    "activations": as_number(
        "Activations", format=NUMBER, help="Elements of the output, for one image."
    ),
    "memory": as_number("Memory (bytes)", format=NUMBER, help="Parameters and output in float32."),
    "groups": as_number("Groups"),
    "bias": st.column_config.CheckboxColumn("Bias"),
    "jump": as_number(
        "Jump (px)", help="Distance in the image between the fields of two neighbouring units."
    ),
    "start": as_number(
        "Start (px)", help="Centre of the first unit's field; 0.5 is the first pixel's centre."
    ),
}


def display_table(table: pd.DataFrame, convention: Convention = MACS) -> pd.DataFrame:
    """The layer table with shapes and windows as text ("64 x 56 x 56"), one column a title.

    The column macs, and its share, count by the convention.
    """
    counts = convention.counts(table)
    shown = table.assign(
        input=table["input_shape"].map(shape_text),
        output=table["output_shape"].map(shape_text),
        macs=counts,
        macs_share=counts / max(int(counts.sum()), 1),
    )
    for window in ("kernel_size", "stride", "padding"):
        shown[window] = table[window].map(lambda pair: shape_text(pair) if pair else None)
    return shown[list(COLUMNS)]


def matching(table: pd.DataFrame, words: str) -> pd.DataFrame:
    """The rows whose name, stage or kind contain every one of the words ("stage 2" is one)."""
    text = (table["name"] + " " + table["stage"] + " " + table["kind"]).str.lower()
    for word in re.findall(r"stage \d+|\S+", words.lower()):
        text = text[text.str.contains(word, regex=False)]
    return table.loc[text.index]


def show_layers(
    table: pd.DataFrame, convention: Convention, selected: str, hidden: Collection[str]
) -> None:
    """Draw a search field and the table; a click on a row opens the layer's card.

    Args:
        table: The layer table.
        convention: What the column of operations counts.
        selected: The layer whose card is open, or "".
        hidden: What a teacher hides.
    """
    words = st.text_input(
        "Find layers",
        **bound(address.FIND),
        placeholder="conv, stage 3, pooling, fire4 ...",
        icon=":material/search:",
    )
    matches = matching(display_table(table, convention), words or "")
    if matches.empty:
        st.info(f"No layer matches {words!r}; try a kind such as convolution, or a stage.")
        return
    names = matches["name"].tolist()
    _select(names.index(selected) if selected in names else None)
    st.dataframe(
        matches.drop(columns=list(concealed(hidden)), errors="ignore"),
        column_config=COLUMNS | _operations(convention),
        hide_index=True,
        height=min(35 * (len(matches) + 1) + 3, 560),
        key="layers",
        on_select=partial(_open_card, names),
        selection_mode="single-row",
        placeholder="",
        alt="Layer table",
    )


def _operations(convention: Convention) -> dict[str, Any]:
    return {
        "macs": as_number(convention.title, format=NUMBER, help=convention.sentence),
        "macs_share": as_share(f"Share of {convention.title}"),
    }


def _select(row: int | None) -> None:
    """Mark the row of the open card, if another one is marked."""
    rows = [] if row is None else [row]
    state = st.session_state.get("layers")
    if (state["selection"]["rows"] if state else []) != rows:
        st.session_state["layers"] = {"selection": {"rows": rows}}


def _open_card(names: Sequence[str]) -> None:
    rows = st.session_state["layers"]["selection"]["rows"]
    st.session_state[address.CARD] = names[rows[0]] if rows and rows[0] < len(names) else None


def show_card(
    network: SizedNetwork, graph: NetworkGraph, layer: str, hidden: Collection[str]
) -> None:
    """Draw a layer's formulas beside its receptive field.

    Args:
        network: The network and its resolution.
        graph: Of that network.
        layer: Name of one of its layers.
        hidden: Quantities that a teacher hides.
    """
    index = graph.position(layer)
    node = graph.nodes[index]
    fields = cached_fields(network.spec, network.resolution)
    with st.container(border=True, key="layer_card"):
        st.subheader(f"{layer}: {node.kind}")
        left, right = st.columns([3, 2], gap="large")
        with left:
            show_formulas(formulas(graph, index, fields), hidden)
        if "receptive_field" not in hidden:
            with right:
                show_field(network, graph, layer)
