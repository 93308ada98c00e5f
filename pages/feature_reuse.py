"""Feature reuse: which earlier layers each layer of a DenseNet or ResNet uses."""

from functools import partial

import streamlit as st

from cnnviz.ui.feature_reuse.layers_read import show_layers_read
from cnnviz.ui.parts.page import made_or_said, open_page
from cnnviz.ui.photo.weights import choose_trained

open_page("Feature reuse")
with st.sidebar:
    trained = choose_trained(start="densenet40_k12_cifar")
st.title("Which earlier layers does each layer use?")
if trained is None:
    st.info("Download the weights in the sidebar, or choose other weights or another network.")
else:
    made_or_said(partial(show_layers_read, trained))
