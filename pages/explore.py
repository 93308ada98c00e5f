"""Explore: layers, parameters, computations and memory of one network."""

from collections.abc import Collection

import streamlit as st

from cnnviz.analysis.layers import totals
from cnnviz.analysis.limits import GraphError
from cnnviz.architectures import architecture_of, is_published, variant
from cnnviz.architectures.written import SizedNetwork
from cnnviz.ui.explore.code import show_code
from cnnviz.ui.explore.conventions import choose_convention, show_other_tools
from cnnviz.ui.explore.exercise import choose_hidden, show_exercise
from cnnviz.ui.explore.layers import show_card, show_layers
from cnnviz.ui.explore.memory import show_memory
from cnnviz.ui.explore.totals import printed_counts, show_distribution, show_totals
from cnnviz.ui.network.controls import changes_text, choose_network
from cnnviz.ui.network.picture import choose_layer, chosen_layer, show_picture
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import show_chosen_view
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.server.cached import cached_graph, cached_layer_table

COMPARED = ("resnet34", "vgg16")


def show_title(choice: SizedNetwork) -> None:
    """Draw the network's title, idea and paper, the visitor's changes, and a link to Compare."""
    title, family = variant(choice.spec.variant).title, architecture_of(choice.spec.variant)
    st.title(title if is_published(choice.spec) else f"{title}, changed")
    st.markdown(f"{family.idea} [{family.paper}]({family.url})")
    if changes := changes_text(choice):
        st.caption(f"Changed: {'; '.join(changes)}.")
    other = beside(choice)
    first, second, *_ = address.COMPARED
    st.page_link(
        "pages/compare.py",
        label=f"Compare with {variant(other).title}",
        icon=":material/compare_arrows:",
        query_params=address.query({first: str(choice), second: other}),
    )


def beside(choice: SizedNetwork) -> str:
    """The network to compare with: the published variant, or a well-known network."""
    if choice.changes:
        return choice.spec.variant
    return next(
        name for name in COMPARED if name not in architecture_of(choice.spec.variant).variants
    )


def show_network(choice: SizedNetwork, hidden: Collection[str]) -> None:
    """Draw totals, drawing, layer card and the chosen section, or the error in one sentence."""
    try:
        graph = cached_graph(choice.spec, choice.resolution)
    except GraphError as error:
        st.error(str(error), icon=":material/error:")
        return
    table = cached_layer_table(choice.spec, choice.resolution)
    tiles = st.container()
    convention = choose_convention()
    with tiles:
        show_totals(choice, table, convention)
    names = table["name"].tolist()
    show_picture(choice, chosen_layer(names), hidden)
    layer = choose_layer(names)
    if layer:
        show_card(choice, graph, layer, hidden)
    sections = {
        "layers": ("Layers", lambda: show_layers(table, convention, layer, hidden)),
        "where it sits": ("Parameter distribution", lambda: show_distribution(table, hidden)),
        "predict and check": ("Quiz", lambda: show_exercise(graph, hidden)),
        "memory": ("Memory", lambda: show_memory(graph, choice.spec)),
        "other tools": (
            "Other tools",
            lambda: show_other_tools(choice, totals(table), printed_counts(choice)),
        ),
        "code": ("Code", lambda: show_code(choice, hidden)),
    }
    default = "predict and check" if hidden else "layers"
    show_chosen_view(sections, address.SECTION, label="More about this network", default=default)


open_page("Explore")
with st.sidebar:
    chosen = choose_network()
    hidden_columns = choose_hidden()
if chosen:
    show_title(chosen)
    show_network(chosen, hidden_columns)
