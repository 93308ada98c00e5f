"""The comparison on screen: totals, cost by resolution, and cumulative cost by depth."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from cnnviz.analysis.comparison import Comparison
from cnnviz.analysis.comparison.alignment import AUXILIARY
from cnnviz.analysis.comparison.text import (
    CONVENTIONS,
    hyperparameter_sentences,
    printed_sentences,
)
from cnnviz.analysis.formulas.arithmetic import enumeration
from cnnviz.architectures.written import SizedNetwork
from cnnviz.figures.comparison import bars as figures
from cnnviz.figures.comparison import curves as comparison_curves
from cnnviz.ui.parts.page import offer_file
from cnnviz.ui.server.cached import cached_layer_table

CURVES = {
    "params": ("Cumulative parameters", ""),
    "macs": ("Cumulative MACs", ""),
    "receptive_field": ("Receptive field", "px"),
}
WITHOUT_AUXILIARY = "Auxiliary heads, which only training uses, are left out of the curves."


@st.cache_resource(max_entries=32, show_spinner="Comparing ...")
def cached_comparison(networks: tuple[SizedNetwork, ...]) -> Comparison:
    """The comparison of networks that can be analysed."""
    return Comparison.of(
        networks, [cached_layer_table(sized.spec, sized.resolution) for sized in networks]
    )


def show_totals(comparison: Comparison, colours: Sequence[str]) -> None:
    """The ratios in words, then every quantity's bars."""
    for sentence in comparison.ratios():
        st.markdown(f"**{sentence}**")
    st.html(figures.totals(comparison.totals, colours))


def show_stages(comparison: Comparison, colours: Sequence[str]) -> None:
    """Draw each network's largest layer, and its cost at each resolution."""
    st.subheader("Where the parameters are")
    st.html(figures.heaviest(comparison.heaviest, list(comparison.totals["params"]), colours))
    st.subheader("Stage by stage, at the same resolution")
    st.html(figures.stages(comparison.stages, comparison.labels, colours))
    st.caption(CONVENTIONS)


def show_curves(comparison: Comparison, colours: Sequence[str]) -> None:
    """Draw cumulative parameters and MACs, and the receptive field, over depth."""
    st.subheader("Cumulative cost by depth")
    st.html(figures.legend(comparison.labels, colours))
    with st.grid(3, min_column_width=300):
        for column, (title, unit) in CURVES.items():
            with st.container():
                st.markdown(f"**{title}**")
                names = enumeration(comparison.labels)
                drawing = comparison_curves.curve(
                    comparison.curves, column, colours, f"{title} over depth: {names}", unit
                )
                st.image(drawing, width="stretch", alt=f"{title} over depth: {names}")
    if _has_auxiliary_heads(comparison):
        st.caption(WITHOUT_AUXILIARY)


def offer_report(comparison: Comparison, colours: Sequence[str]) -> None:
    """Draw buttons that export the comparison; the file is made on the click."""
    name = "-and-".join(dict.fromkeys(n.spec.variant for n in comparison.networks))
    st.subheader("Export")
    with st.container(horizontal=True):
        offer_file("Markdown", comparison.to_markdown, f"{name}.md", icon=":material/description:")
        png = partial(_report_png, comparison, colours)
        offer_file("PNG", png, f"{name}.png", icon=":material/image:")


def _report_png(comparison: Comparison, colours: Sequence[str]) -> bytes:
    from cnnviz.figures.comparison.report import report_png

    note = f"{CONVENTIONS} {WITHOUT_AUXILIARY if _has_auxiliary_heads(comparison) else ''}"
    return report_png(
        comparison.totals,
        comparison.ratios(),
        comparison.stages,
        comparison.curves,
        colours,
        {
            "Published errors": printed_sentences(comparison),
            "Hyperparameters": hyperparameter_sentences(comparison),
        },
        note,
    )


def _has_auxiliary_heads(comparison: Comparison) -> bool:
    return bool((comparison.stages["level"] == AUXILIARY).any())
