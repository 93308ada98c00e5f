"""A network's totals with units, next to its paper's figures, and where they lie."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from cnnviz.analysis.counting import Convention
from cnnviz.analysis.layers import totals
from cnnviz.architectures import architecture_of, is_published, variant
from cnnviz.architectures.published import (
    ERRORS,
    PublishedFigure,
    has_printed_counts,
    published,
)
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.network import distribution
from cnnviz.figures.theme import bytes_text, count_text
from cnnviz.ui.network.formulas import concealed
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled

LABELS = {"params": "Parameters", "macs": "MACs"}


def show_totals(choice: SizedNetwork, table: pd.DataFrame, convention: Convention) -> None:
    """Draw the counts as tiles; printed figures only where the network is the published one."""
    counted, printed = totals(table), printed_counts(choice)
    with st.grid(6, min_column_width=150):
        _tile(
            "Parameters",
            count_text(counted.params),
            f"Exactly {counted.params:,} learned numbers.",
            printed.get("params"),
        )
        operations = int(convention.counts(table).sum())
        _tile(
            convention.title,
            count_text(operations),
            f"Exactly {operations:,} for one image. {convention.sentence}",
            printed.get("macs"),
        )
        _tile("Depth (layers)", f"{counted.depth:,}", "Weighted layers on the longest path.")
        _tile(
            "Receptive field",
            f"{counted.receptive_field:,} px",
            "Side of the image region that one unit of the last feature map can see; the image "
            f"has {choice.resolution} px.",
        )
        _tile(
            "Activations",
            count_text(counted.activations),
            f"Exactly {counted.activations:,} elements in all layers' outputs for one image.",
        )
        _tile(
            "Memory",
            bytes_text(counted.memory),
            "Parameters and all layers' outputs for one image in float32, 4 bytes a number.",
        )
    _show_sources(choice, printed)


def _tile(label: str, value: str, help: str, printed: PublishedFigure | None = None) -> None:
    st.metric(
        label,
        value,
        f"paper: {printed.value} {printed.unit}" if printed else None,
        delta_color="off",
        delta_arrow="off",
        help=help,
        border=True,
        height="stretch",
    )


def printed_counts(choice: SizedNetwork) -> dict[str, PublishedFigure]:
    """What the paper prints, where this is the paper's network on the paper's input."""
    paper = variant(choice.spec.variant)
    ends = (choice.spec.in_channels, choice.spec.num_classes)
    if not is_published(choice.spec) or ends != (paper.in_channels, paper.num_classes):
        return {}
    same_resolution = choice.resolution == paper.resolution
    return {
        figure.quantity: figure
        for figure in published(choice.spec.variant)
        if figure.quantity == "params" or (same_resolution and figure.quantity == "macs")
    }


def _show_sources(choice: SizedNetwork, printed: dict[str, PublishedFigure]) -> None:
    """Where the printed counts stand, why ours deviate, and all else that is printed."""
    family = architecture_of(choice.spec.variant)
    notes = [f"{LABELS[quantity]}: {figure.source}" for quantity, figure in printed.items()]
    notes += [figure.deviation for figure in printed.values() if figure.deviation]
    if notes:
        st.caption("Figures from the paper. " + ". ".join(note.rstrip(".") for note in notes) + ".")
    elif not has_printed_counts(choice.spec.variant):
        origin = variant(choice.spec.variant).origin
        st.caption(f"{origin} No paper prints its counts.".lstrip())
    with st.container(horizontal=True):
        if family.deviation_notes:
            with st.popover("Where it differs from the paper", icon=":material/difference:"):
                st.markdown(family.deviation_notes)
        _show_results(choice)


def _show_results(choice: SizedNetwork) -> None:
    """The errors that are printed about the variant, with their sources."""
    results = [f for f in published(choice.spec.variant) if f.quantity in ERRORS]
    if not results or not is_published(choice.spec):
        return
    with st.popover("Results in the paper", icon=":material/menu_book:"):
        rows = [(ERRORS[f.quantity], f"{f.value} {f.unit}", f.protocol, f.source) for f in results]
        columns = ["Result", "Value", "Measured on", "Source"]
        st.table(pd.DataFrame(rows, columns=columns), hide_index=True)


def show_distribution(table: pd.DataFrame, hidden: Collection[str]) -> None:
    """Draw the switch between stages and layers, and the bars."""
    if {"params", "macs"} & concealed(hidden):
        st.info("These counts are hidden here: predict them first.")
        return
    view = choose_labelled("View", ["by stage", "by layer"], address.VIEW, is_labelled=False)
    if view == "by layer":
        figure = distribution.by_layer(table)
        st.plotly_chart(figure, config={"displaylogo": False}, alt="Parameters and MACs by layer")
    else:
        st.html(distribution.by_stage(table))
