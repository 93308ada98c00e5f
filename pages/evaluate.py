"""Evaluate: how good is a trained network, and where does it fail?"""

import streamlit as st

from cnnviz.training.bundled import Bundled, bundled
from cnnviz.ui.evaluate.bundled import show_bundled
from cnnviz.ui.evaluate.controls import choose_run_or_bundled, show_run
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.runs.choice import runs_with_checkpoints

open_page("Evaluate")
st.title("How good is it, and where does it fail?")
chosen = choose_run_or_bundled(runs_with_checkpoints(), bundled())
try:
    if isinstance(chosen, Bundled):
        show_bundled(chosen)
    else:
        show_run(chosen)
except ValueError as error:
    st.error(str(error), icon=":material/error:")
