"""The section on design arithmetic: the cost of two designs with adjustable settings."""

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from cnnviz.analysis.node import shape_text
from cnnviz.figures.theme import count_text
from cnnviz.lab.comparisons import COMPARISONS
from cnnviz.lab.design import Cost, cost
from cnnviz.ui.lab.controls import choose_preset, choose_settings, says_errors
from cnnviz.ui.parts import address


@says_errors
def show_design() -> None:
    """Draw the section on design arithmetic."""
    with st.sidebar:
        chosen = choose_preset(
            {each.name: each for each in COMPARISONS}, address.DESIGN, lambda _: None
        )
        settings = choose_settings(chosen, f"design_{chosen.__name__.lower()}", {})
    st.subheader(chosen.question)
    costs = {design.title: cost(design) for design in settings.designs()}
    show_costs(costs, "Cost of the designs")
    (base, reference), *others = costs.items()
    for title, counts in others:
        st.markdown(_ratio(title, counts, base, reference))
    if note := settings.note():
        st.markdown(note)
    st.info(f"On the slide: {chosen.slide}", icon=":material/co_present:")
    st.caption(
        "Counted by the code that counts on Explore: one MAC is a multiplication with its "
        "addition. Additions are those of the sums, n - 1 for n products, and of biases."
    )


def show_costs(costs: Mapping[str, Cost], alt: str, without: Sequence[str] = ()) -> None:
    """Draw a table of the costs of designs by title, without some of its columns."""
    columns = {
        "Parameters": [f"{each.params:,}" for each in costs.values()],
        "MACs": [f"{each.macs:,}" for each in costs.values()],
        "Additions": [f"{each.additions:,}" for each in costs.values()],
        "Receptive field": [f"{each.receptive_field:,} px" for each in costs.values()],
        "ReLUs in a row": [f"{each.nonlinearities}" for each in costs.values()],
        "Output": [shape_text(each.output_shape) for each in costs.values()],
    }
    table = pd.DataFrame(columns, index=pd.Index(costs, name="Design"))
    st.table(table.drop(columns=list(without)), border="horizontal", alt=alt)


def _ratio(title: str, counts: Cost, other: str, base: Cost) -> str:
    """What a design saves, in words: "two 3x3: 0.72 of the parameters of one 5x5"."""
    fewer = counts.params / base.params, counts.macs / base.macs
    texts = [count_text(n) for n in (counts.params, base.params, counts.macs, base.macs)]
    return (
        f"**{title}**: {fewer[0]:.3g} x the parameters of {other} ({texts[0]} against "
        f"{texts[1]}) and {fewer[1]:.3g} x its MACs ({texts[2]} against {texts[3]})."
    )
