"""Explore: what is this network made of, and what does it cost?"""

import streamlit as st

from cnnviz.analysis.graph import GraphError
from cnnviz.analysis.layers import totals
from cnnviz.architectures import is_published
from cnnviz.figures import distribution
from cnnviz.ui.cached import cached_layer_table
from cnnviz.ui.layer_view import show_layers
from cnnviz.ui.network_controls import NetworkChoice, choose_network
from cnnviz.ui.page import open_page
from cnnviz.ui.totals_view import show_totals


def show_title(choice: NetworkChoice) -> None:
    """Say which network this is, whose idea it was, and what the visitor changed."""
    title = choice.variant.title
    st.title(title if is_published(choice.spec) else f"{title}, changed")
    st.markdown(f"{choice.family.idea} [{choice.family.paper}]({choice.family.url})")
    if choice.changes:
        st.caption(f"Changed: {'; '.join(choice.changes)}.")


def show_network(choice: NetworkChoice) -> None:
    """Counts, where they sit, and the layer table; or one sentence why there are none."""
    try:
        table = cached_layer_table(choice.spec, choice.resolution)
    except GraphError as error:
        st.error(str(error), icon=":material/error:")
        return
    show_totals(choice, totals(table))
    st.subheader("Where parameters and MACs sit")
    view = st.segmented_control(
        "View",
        ["by stage", "by layer"],
        default="by stage",
        required=True,
        key="view",
        bind="query-params",
        label_visibility="collapsed",
    )
    if view == "by layer":
        figure = distribution.by_layer(table)
        st.plotly_chart(figure, config={"displaylogo": False}, alt="Parameters and MACs by layer")
    else:
        st.html(distribution.by_stage(table))
    st.subheader("Layers")
    show_layers(table, f"{choice.spec.variant}-{choice.resolution}px.csv")


open_page("Explore")
with st.sidebar:
    chosen = choose_network()
if chosen:
    show_title(chosen)
    show_network(chosen)
