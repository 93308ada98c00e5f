"""What a network's layers take from those before them, in the view that suits the network."""

from __future__ import annotations

import streamlit as st

from cnnviz.analysis.reuse.matrices import has_dense_blocks
from cnnviz.ui.feature_reuse.matrices import show_dense
from cnnviz.ui.feature_reuse.residual import show_residual
from cnnviz.ui.photo.trained import WeightedNetwork
from cnnviz.ui.server.cached import cached_network
from cnnviz.vision.gradients.residual_size import has_residual_blocks


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
