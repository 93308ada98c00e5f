"""Feature reuse: which earlier layers each layer of a DenseNet or ResNet uses."""

from functools import partial

import streamlit as st

from cnnviz.analysis.reuse.matrices import has_dense_blocks
from cnnviz.ui.feature_reuse.matrices import show_dense
from cnnviz.ui.feature_reuse.residual import show_residual
from cnnviz.ui.parts.page import made_or_said, open_page
from cnnviz.ui.photo.weighted import WeightedNetwork
from cnnviz.ui.photo.weights import choose_trained
from cnnviz.vision.gradients.residual_size import has_residual_blocks


def show_layers_read(trained: WeightedNetwork) -> None:
    """Draw the matrices of a DenseNet, the blocks of a ResNet, or which network to choose."""
    if has_dense_blocks(trained.network):
        show_dense(trained)
    elif has_residual_blocks(trained.network):
        show_residual(trained)
    else:
        st.info(
            "This page is for networks with connections that skip layers. Choose **densenet** as "
            "the architecture in the sidebar, whose layers see all earlier layers of their block, "
            "or **resnet**, **preact_resnet** or **stochastic_depth**, whose blocks add to their "
            "input.",
            icon=":material/hub:",
        )


open_page("Feature reuse")
with st.sidebar:
    trained = choose_trained(start="densenet40_k12_cifar")
st.title("Which earlier layers does each layer use?")
if trained is None:
    st.info("Download the weights in the sidebar, or choose other weights or another network.")
else:
    made_or_said(partial(show_layers_read, trained))
