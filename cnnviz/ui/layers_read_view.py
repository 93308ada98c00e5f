"""What a network's layers take from those before them, in the view that suits the network."""

from __future__ import annotations

import streamlit as st

from cnnviz.ui.cached import cached_network
from cnnviz.ui.residual_view import show_residual
from cnnviz.ui.reuse_view import show_dense
from cnnviz.ui.run_weights import WeightedNetwork
from cnnviz.vision.feature_reuse import has_dense_blocks
from cnnviz.vision.residual_size import has_residual_blocks


def show_layers_read(trained: WeightedNetwork) -> None:
    """The matrices of a DenseNet, or the blocks of a ResNet, or the sentence on what to choose.

    Raises:
        WeightsError: The weights cannot be used.
    """
    network = cached_network(trained.spec, trained.weights)
    if has_dense_blocks(network):
        show_dense(trained)
    elif has_residual_blocks(network):
        show_residual(trained)
    else:
        st.info(
            "This page is for networks whose layers read more than the one before. Choose "
            "**densenet** as the architecture in the sidebar, whose layers read all before them, "
            "or **resnet**, **preact_resnet** or **stochastic_depth**, whose blocks add to what "
            "they read.",
            icon=":material/hub:",
        )
