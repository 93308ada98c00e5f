"""Home: what the program shows, and links to things to try."""

import streamlit as st

from cnnviz.architectures import ARCHITECTURES, variant, variants
from cnnviz.architectures.published import has_printed_counts
from cnnviz.ui.home import show_things_to_try
from cnnviz.ui.parts.page import open_page

open_page("Home")
st.title("Convolutional networks, layer by layer")
st.markdown(
    "Pick an architecture, change its hyperparameters, and see at once what it costs: every "
    "layer's shape, parameters, multiply-accumulates and receptive field, each with its formula. "
    "Put networks side by side. Then give a trained network your own photo and see what each "
    "layer sees, where it looks, and whether you can trust it."
)
st.subheader("Things to try")
show_things_to_try()
families = ", ".join(f"{family.title} ({family.year})" for family in ARCHITECTURES)
names = variants()
printed = sum(map(has_printed_counts, names))
of_nobody = ", ".join(variant(name).title for name in names if variant(name).origin)
st.caption(
    f"{len(names)} networks of {len(ARCHITECTURES)} families, {printed} with the paper's printed "
    f"counts beside ours: {families}. Of the others no paper prints any, and {of_nobody} are in no "
    "paper; Explore says so. Every page's address holds your choices: copy it to share them."
)
