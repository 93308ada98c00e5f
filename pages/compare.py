"""Compare: up to four networks side by side, with their costs and differences."""

import streamlit as st

from cnnviz.ui.compare.controls import choose_networks
from cnnviz.ui.compare.details import show_errors, show_hyperparameters, show_layers
from cnnviz.ui.compare.overview import (
    cached_comparison,
    offer_report,
    show_curves,
    show_stages,
    show_totals,
)
from cnnviz.ui.compare.times import show_forward_times
from cnnviz.ui.parts.page import open_page

open_page("Compare")
st.title("Networks side by side")
chosen = choose_networks()
if chosen:
    networks, colours = zip(*chosen, strict=True)
    comparison = cached_comparison(networks)
    show_totals(comparison, colours)
    show_stages(comparison, colours)
    show_curves(comparison, colours)
    show_errors(comparison, colours)
    st.subheader("Measured time of a forward pass")
    show_forward_times(comparison.networks)
    show_hyperparameters(comparison)
    show_layers(comparison, colours)
    offer_report(comparison, colours)
