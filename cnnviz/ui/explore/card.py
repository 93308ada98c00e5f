"""The layer card: a layer's numbers with their formulas, and its receptive field."""

from collections.abc import Collection

import streamlit as st

from cnnviz.analysis.formulas import formulas
from cnnviz.analysis.graph import NetworkGraph
from cnnviz.analysis.reading import position
from cnnviz.architectures.written import SizedNetwork
from cnnviz.ui.explore.field import show_field
from cnnviz.ui.network.formulas import show_formulas
from cnnviz.ui.server.cached import cached_fields


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
    index = position(graph, layer)
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
