"""Explore: layers, parameters, computations and memory of one network."""

from collections.abc import Callable, Collection

import streamlit as st

from cnnviz.analysis.layers import totals
from cnnviz.analysis.limits import GraphError
from cnnviz.architectures import is_published, variant
from cnnviz.ui.explore.card import show_card
from cnnviz.ui.explore.code import show_code
from cnnviz.ui.explore.conventions import choose_convention, show_other_tools
from cnnviz.ui.explore.distribution import show_distribution
from cnnviz.ui.explore.exercise import choose_hidden, show_exercise
from cnnviz.ui.explore.layers import show_layers
from cnnviz.ui.explore.memory import show_memory
from cnnviz.ui.explore.totals import printed_counts, show_totals
from cnnviz.ui.network.controls import NetworkChoice, choose_network
from cnnviz.ui.network.picture import choose_layer, chosen_layer, show_picture
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.server.cached import cached_graph, cached_layer_table

COMPARED = ("resnet34", "vgg16")


def show_title(choice: NetworkChoice) -> None:
    """Draw the network's title, idea and paper, the visitor's changes, and a link to Compare."""
    title = choice.variant.title
    st.title(title if is_published(choice.spec) else f"{title}, changed")
    st.markdown(f"{choice.family.idea} [{choice.family.paper}]({choice.family.url})")
    if choice.changes:
        st.caption(f"Changed: {'; '.join(choice.changes)}.")
    other = beside(choice)
    first, second, *_ = address.COMPARED
    st.page_link(
        "pages/compare.py",
        label=f"Compare with {variant(other).title}",
        icon=":material/compare_arrows:",
        query_params=address.query({first: str(choice.sized), second: other}),
    )


def beside(choice: NetworkChoice) -> str:
    """The network to compare with: the published variant, or a well-known network."""
    if choice.sized.changes:
        return choice.spec.variant
    return next(name for name in COMPARED if name not in choice.family.variants)


def show_network(choice: NetworkChoice, hidden: Collection[str]) -> None:
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
        show_card(choice.sized, graph, layer, hidden)
    sections: dict[str, tuple[str, Callable[[], None]]] = {
        "layers": ("Layers", lambda: show_layers(table, convention, layer, hidden)),
        "where it sits": ("Parameter distribution", lambda: show_distribution(table, hidden)),
        "predict and check": ("Quiz", lambda: show_exercise(graph, hidden)),
        "memory": ("Memory", lambda: show_memory(graph, choice.spec)),
        "other tools": (
            "Other tools",
            lambda: show_other_tools(choice.sized, totals(table), printed_counts(choice)),
        ),
        "code": ("Code", lambda: show_code(choice.sized, hidden)),
    }
    labels = {name: label for name, (label, _) in sections.items()}
    default = "predict and check" if hidden else "layers"
    section = choose_labelled("More about this network", labels, address.SECTION, default)
    sections[section][1]()


open_page("Explore")
with st.sidebar:
    chosen = choose_network()
    hidden_columns = choose_hidden()
if chosen:
    show_title(chosen)
    show_network(chosen, hidden_columns)
