"""Gradient flow: does the gradient reach the first layer?"""

import streamlit as st

from cnnviz.ui.activations_view import show_activations
from cnnviz.ui.chain_view import show_chain
from cnnviz.ui.gradient_flow_controls import choose_view
from cnnviz.ui.gradient_flow_view import show_twins
from cnnviz.ui.identity_view import show_identity_path
from cnnviz.ui.page import open_page
from cnnviz.ui.run_gradients_view import show_over_a_run
from cnnviz.ui.subject_controls import show_or_say

# What each view answers, and what draws it.
ANSWERS = {
    "twins": (
        "How large is the gradient of each layer before the first step? Networks that differ in "
        "how a layer's input gets to the next, laid over each other.",
        show_twins,
    ),
    "over a run": (
        "The same while a network trains: does it get better or worse with the epochs?",
        show_over_a_run,
    ),
    "the chain": (
        "Why a gradient vanishes, by hand: change a number and watch the product.",
        show_chain,
    ),
    "the identity path": (
        "Why it does not vanish in residual networks: how much of the signal takes the shortcut, "
        "forward and back.",
        show_identity_path,
    ),
    "activations": (
        "What arrives in the last layer under each way of drawing the weights? Choose a network "
        "and its activation.",
        show_activations,
    ),
}

open_page("Gradient flow")
st.title("Does the gradient reach the first layer?")
question, show = ANSWERS[choose_view()]
st.markdown(question)
show_or_say(show)
