"""The layer table on screen: found, sorted, downloaded."""

from __future__ import annotations

import re

import pandas as pd
import streamlit as st

from cnnviz.analysis.graph import shape_text

NUMBER = "localized"
COLUMNS = {
    "name": st.column_config.TextColumn("Layer", pinned=True, help="Module path in PyTorch."),
    "stage": st.column_config.TextColumn("Stage"),
    "kind": st.column_config.TextColumn("Kind"),
    "input": st.column_config.TextColumn("Input", help="C x H x W, or features."),
    "output": st.column_config.TextColumn("Output", help="C x H x W, or features."),
    "kernel_size": st.column_config.TextColumn("Kernel", help="Kernel size, height x width."),
    "stride": st.column_config.TextColumn("Stride"),
    "padding": st.column_config.TextColumn("Padding"),
    "params": st.column_config.NumberColumn("Parameters", format=NUMBER),
    "macs": st.column_config.NumberColumn(
        "MACs", format=NUMBER, help="Multiply-accumulates of one image; FLOPs = 2 x MACs."
    ),
    "receptive_field": st.column_config.NumberColumn(
        "Receptive field (px)", help="Side of the image region that one unit can see."
    ),
    "params_share": st.column_config.ProgressColumn(
        "Share of parameters", format="percent", max_value=1.0
    ),
    "macs_share": st.column_config.ProgressColumn("Share of MACs", format="percent", max_value=1.0),
    "activations": st.column_config.NumberColumn(
        "Activations", format=NUMBER, help="Elements of the output, for one image."
    ),
    "memory": st.column_config.NumberColumn(
        "Memory (bytes)", format=NUMBER, help="Parameters and output in float32."
    ),
    "groups": st.column_config.NumberColumn("Groups"),
    "bias": st.column_config.CheckboxColumn("Bias"),
    "jump": st.column_config.NumberColumn(
        "Jump (px)", help="Distance in the image between the fields of two neighbouring units."
    ),
    "start": st.column_config.NumberColumn(
        "Start (px)", help="Centre of the first unit's field; 0.5 is the first pixel's centre."
    ),
}


def display_table(table: pd.DataFrame) -> pd.DataFrame:
    """The layer table with shapes and windows as text ("64 x 56 x 56"), one column a title."""
    shown = table.assign(
        input=table["input_shape"].map(shape_text), output=table["output_shape"].map(shape_text)
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


def show_layers(table: pd.DataFrame, file_name: str) -> None:
    """Draw a search field, the download button and the table."""
    find, download = st.columns([3, 1], vertical_alignment="bottom")
    words = find.text_input(
        "Find layers",
        key="find",
        bind="query-params",
        placeholder="conv, stage 3, pooling, fire4 ...",
        icon=":material/search:",
    )
    shown = display_table(table)
    download.download_button(
        "CSV of all layers",
        shown.to_csv(index=False),
        file_name,
        "text/csv",
        icon=":material/download:",
        on_click="ignore",
        width="stretch",
    )
    found = matching(shown, words or "")
    if found.empty:
        st.info(f"No layer matches {words!r}; try a kind such as convolution, or a stage.")
        return
    st.dataframe(
        found,
        column_config=COLUMNS,
        hide_index=True,
        height=min(35 * (len(found) + 1) + 3, 560),
        key="layers",
        placeholder="",
        alt="Layer table",
    )
