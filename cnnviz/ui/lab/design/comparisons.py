"""The section on design arithmetic: the cost of two designs with adjustable settings."""

import pandas as pd
import streamlit as st

from cnnviz.analysis.graph import shape_text
from cnnviz.figures.theme import count_text
from cnnviz.lab.comparisons import COMPARISONS, Comparison
from cnnviz.lab.design import Cost, cost
from cnnviz.ui.lab.controls import choose_preset, choose_settings, computed_or_error
from cnnviz.ui.parts import address

COLUMNS = (
    *("Design", "Parameters", "MACs", "Additions", "Receptive field", "ReLUs in a row", "Output"),
)


def show_design() -> None:
    """Draw the section on design arithmetic."""
    with st.sidebar:
        chosen = _choose_comparison()
        settings = choose_settings(chosen, f"design_{chosen.__name__.lower()}", {})
    st.subheader(chosen.question)
    designs = settings.designs()
    costs = computed_or_error(lambda: [cost(design) for design in designs])
    if costs is None:
        return
    rows = [(design.title, *cells(counts)) for design, counts in zip(designs, costs, strict=True)]
    st.table(
        pd.DataFrame(rows, columns=COLUMNS).set_index("Design"),
        border="horizontal",
        alt="Cost of the designs",
    )
    for design, counts in list(zip(designs, costs, strict=True))[1:]:
        st.markdown(_ratio(design.title, counts, designs[0].title, costs[0]))
    if note := settings.note():
        st.markdown(note)
    st.info(f"On the slide: {chosen.slide}", icon=":material/co_present:")
    st.caption(
        "Counted by the code that counts on Explore: one MAC is a multiplication with its "
        "addition. Additions are those of the sums, n - 1 for n products, and of biases."
    )


def _choose_comparison() -> type[Comparison]:
    known = {each.name: each for each in COMPARISONS}
    return known.get(choose_preset([*known], address.DESIGN, lambda: None)) or COMPARISONS[0]


def cells(counts: Cost) -> tuple[str, ...]:
    """The cells of a row of ``COLUMNS`` behind its title."""
    return (
        f"{counts.params:,}",
        f"{counts.macs:,}",
        f"{counts.additions:,}",
        f"{counts.receptive_field:,} px",
        f"{counts.nonlinearities}",
        shape_text(counts.output_shape),
    )


def _ratio(title: str, counts: Cost, other: str, base: Cost) -> str:
    """What a design saves, in words: "two 3x3: 0.72 of the parameters of one 5x5"."""
    fewer = counts.params / base.params, counts.macs / base.macs
    texts = [count_text(n) for n in (counts.params, base.params, counts.macs, base.macs)]
    return (
        f"**{title}**: {fewer[0]:.3g} x the parameters of {other} ({texts[0]} against "
        f"{texts[1]}) and {fewer[1]:.3g} x its MACs ({texts[2]} against {texts[3]})."
    )
