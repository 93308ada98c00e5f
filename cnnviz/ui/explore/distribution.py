"""Distribution of a network's parameters and multiply-accumulates over stages or layers."""

from collections.abc import Collection

import pandas as pd
import streamlit as st

from cnnviz.figures.network import distribution
from cnnviz.ui.network.formulas import concealed
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled


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
