"""The comparison in detail on screen: published errors, hyperparameters, layer by layer."""

from collections.abc import Sequence
from typing import Any

import pandas as pd
import streamlit as st
from pandas.io.formats.style import Styler

from cnnviz.analysis.comparison import Comparison
from cnnviz.analysis.comparison.layer_differences import CELLS, LayerDifferences
from cnnviz.analysis.comparison.text import (
    measured_otherwise,
    no_differences,
    without_printed,
)
from cnnviz.architectures.published import ERRORS
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.comparison import bars as figures
from cnnviz.figures.comparison import curves as comparison_curves
from cnnviz.ui.compare.overview import cached_comparison
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_flag, choose_option

COSTS = {"params": "Parameters", "macs": "MACs"}
# Colouring more lines would keep the visitor waiting; the differences stand there in words.
COLOURED = 1000


def show_errors(comparison: Comparison, colours: Sequence[str]) -> None:
    """Draw the published errors over the cost of the networks."""
    st.subheader("Published accuracy vs cost")
    if comparison.protocols:
        _show_measured_alike(comparison, colours)
    for sentence in without_printed(comparison):
        st.markdown(sentence)


def _show_measured_alike(comparison: Comparison, colours: Sequence[str]) -> None:
    """Draw the menu of protocols, and the errors that were measured in the chosen way."""
    protocol = choose_option(
        "Measured on",
        comparison.protocols,
        address.PROTOCOL,
        help="How the papers tested: errors of one network differ by several points.",
    )
    alike = comparison.measured_on(protocol)
    printed = alike.drop_duplicates(["network", "quantity"])
    shared = printed.groupby("quantity")["network"].transform("count") > 1
    common = [quantity for quantity in ERRORS if quantity in set(printed[shared]["quantity"])]
    if common:
        _show_error_over_cost(comparison, printed, common[0], colours)
    else:
        st.markdown("No two of these networks have published errors of the same kind.")
    for sentence in measured_otherwise(comparison, protocol):
        st.markdown(sentence)
    _show_printed(comparison, alike)


def _show_error_over_cost(
    comparison: Comparison, printed: pd.DataFrame, quantity: str, colours: Sequence[str]
) -> None:
    points = printed[printed["quantity"] == quantity].set_index("network")
    points = points.join(comparison.totals[list(COSTS)])
    points["colour"] = [colours[position] for position in points.index]
    title = ERRORS[quantity]
    st.html(figures.legend([str(label) for label in points["label"]], list(points["colour"])))
    with st.grid(3, min_column_width=300):
        for cost, cost_title in COSTS.items():
            with st.container():
                st.markdown(f"**{title}, {cost_title}**")
                drawing = comparison_curves.error_over_cost(points, cost, cost_title, title)
                st.image(drawing, width="stretch", alt=f"{title} over {cost_title}")
        st.caption(
            "The charts show the first published figure of each network that was measured so. "
            "Papers differ in what they train on, too: the table names each source."
        )


def _show_printed(comparison: Comparison, alike: pd.DataFrame) -> None:
    printed = alike.join(comparison.totals[list(COSTS)], on="network")
    st.dataframe(
        printed[["label", *COSTS, "title", "printed", "source"]],
        column_config={
            "label": st.column_config.TextColumn("Network"),
            "params": st.column_config.NumberColumn("Parameters", format="localized"),
            "macs": st.column_config.NumberColumn("MACs", format="localized"),
            "title": st.column_config.TextColumn("Result"),
            "printed": st.column_config.TextColumn("Published (%)", alignment="right"),
            "source": st.column_config.TextColumn("Source", width="large"),
        },
        hide_index=True,
        height=min(35 * (len(printed) + 1) + 3, 320),
        key="compare_printed",
        alt="Published errors",
    )


def show_hyperparameters(comparison: Comparison) -> None:
    """What differs in the settings of networks of one family."""
    st.subheader("Hyperparameters")
    for sentence in no_differences(comparison):
        st.markdown(sentence)
    for each in comparison.hyperparameters:
        if each.rows.empty:
            continue
        columns = {"title": "Hyperparameter", **{x: x for x in each.labels}, "help": "Meaning"}
        st.table(each.rows[list(columns)].rename(columns=columns), hide_index=True)


@st.fragment
def show_layers(comparison: Comparison, colours: Sequence[str]) -> None:
    """The layer tables side by side, with what differs coloured and in words."""
    st.subheader("Layer by layer")
    with st.container(horizontal=True):
        every = choose_flag(
            "All layers",
            address.ALL_LAYERS,
            "Also normalisation, activation, additions: not only weights and pooling.",
        )
        differing = choose_flag("Only what differs", address.DIFFERING)
    differences = cached_differences(comparison.networks, every)
    differs = differences.rows["difference"] != ""
    rows = differences.rows[differs] if differing else differences.rows
    is_short = len(rows) <= COLOURED
    st.caption(
        f"{differs.sum():,} of {len(differs):,} lines differ from {comparison.labels[0]}; "
        f"{'what is coloured differs' if is_short else 'the last column says how'}. "
        f"{_how_aligned(comparison)}"
    )
    st.dataframe(
        coloured(rows, differences.marked.loc[rows.index], colours) if is_short else rows,
        column_config=_columns(comparison.labels),
        hide_index=True,
        height=min(35 * (len(rows) + 1) + 3, 640),
        key="compare_layers",
        placeholder="",
        alt="Layer tables side by side",
    )


@st.cache_resource(max_entries=32, show_spinner="Comparing the layers ...")
def cached_differences(networks: tuple[SizedNetwork, ...], every_layer: bool) -> LayerDifferences:
    """The layers of networks that can be analysed, side by side."""
    return cached_comparison(networks).layer_differences(every_layer)


def coloured(rows: pd.DataFrame, marked: pd.DataFrame, colours: Sequence[str]) -> Styler:
    """The rows with each marked cell in a tint of its network's colour."""
    styles = pd.DataFrame("", index=rows.index, columns=rows.columns)
    for network, colour in enumerate(colours):
        for cell in CELLS:
            column = f"{cell}_{network}"
            styles.loc[marked[column], column] = f"background-color: {colour}44"
    return rows.style.apply(lambda _: styles, axis=None)


def _how_aligned(comparison: Comparison) -> str:
    if comparison.is_one_family:
        return "Layers of the same name share a line."
    return (
        "The first convolution at a resolution shares a line with the others' first, and so on; "
        "so do the last linear layers."
    )


def _columns(labels: Sequence[str]) -> dict[str, Any]:
    text, number = st.column_config.TextColumn, st.column_config.NumberColumn
    columns: dict[str, Any] = {"side": text("Output (px)", pinned=True)}
    for network, label in enumerate(labels):
        columns[f"layer_{network}"] = text(label, width="medium")
        columns[f"output_{network}"] = text("Output")
        columns[f"params_{network}"] = number("Parameters", format="localized")
    return {**columns, "difference": text("Difference", width="large")}
