"""Feature reuse in the view that suits the network: dense matrices or residual blocks."""

import streamlit as st

from cnnviz.analysis.reuse.matrices import has_dense_blocks
from cnnviz.ui.feature_reuse.matrices import show_dense
from cnnviz.ui.feature_reuse.residual import show_residual
from cnnviz.ui.photo.trained import WeightedNetwork
from cnnviz.ui.server.cached import cached_network
from cnnviz.vision.gradients.residual_size import has_residual_blocks


def show_layers_read(trained: WeightedNetwork) -> None:
    """Draw the matrices of a DenseNet, the blocks of a ResNet, or which network to choose.

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
            "This page is for networks with connections that skip layers. Choose **densenet** as "
            "the architecture in the sidebar, whose layers see all earlier layers of their block, "
            "or **resnet**, **preact_resnet** or **stochastic_depth**, whose blocks add to their "
            "input.",
            icon=":material/hub:",
        )
