"""Timeline: architectures and ImageNet results from 1986 to 2017."""

import pandas as pd
import streamlit as st

from cnnviz.architectures import ARCHITECTURES, Architecture, architecture_of, variants
from cnnviz.architectures.published import ERRORS, protocols
from cnnviz.architectures.results import ResultTable, result_tables
from cnnviz.figures.comparison import history
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_option, choose_segment
from cnnviz.ui.parts.page import open_page
from cnnviz.ui.timeline import cached_errors, cached_thumbnails

WINNERS = "ILSVRC winners by year"
COSTS = {"params": "Parameters", "macs": "MACs of one image (FLOPs = 2 x MACs)"}


def show_winners(table: ResultTable) -> None:
    """The winners' top-5 error, year by year."""
    st.subheader("The ImageNet challenge, year by year")
    rows = pd.DataFrame(table.rows)
    figure = history.winners(
        list(rows["year"]), list(rows["top-5 error (%)"].astype(float)), list(rows["winner"])
    )
    st.plotly_chart(figure, config={"displayModeBar": False}, alt=table.title)
    st.caption(f"{table.source}.")


def show_cards() -> None:
    """Draw a card for each architecture."""
    st.subheader("The architectures")
    thumbnails = cached_thumbnails()
    grid = st.grid(4, min_column_width=240, border=True)
    for family in ARCHITECTURES:
        with grid.cell():
            show_card(family, thumbnails[family.name])


def show_card(family: Architecture, drawing: str) -> None:
    """Draw an architecture: year, thumbnail, idea, paper, and a link to Explore."""
    st.markdown(f"**{family.title}** :gray-badge[{family.year}]")
    st.image(drawing, alt=f"Stages of {family.title}")
    st.write(family.idea)
    st.caption(f"[{family.paper}]({family.url})")
    st.page_link(
        "pages/explore.py",
        label="Explore",
        icon=":material/arrow_forward:",
        query_params=query_of(next(iter(family.variants))),
    )


def query_of(variant: str) -> dict[str, str]:
    """The query parameters that open a published network."""
    family = architecture_of(variant).name
    return address.query({address.ARCHITECTURE: family, address.VARIANT: variant})


def show_errors() -> None:
    """Draw published error over cost; a click on a point opens the network."""
    st.subheader("Error against cost")
    st.caption(
        "Errors are those of the papers, measured in one way (the first figure of each network; "
        "Explore lists all); counts are ours. Colours are families; click a point to explore the "
        "network, point at it for its source."
    )
    errors = cached_errors()
    printed = [quantity for quantity in ERRORS if quantity in set(errors["quantity"])]
    left, middle, right = st.columns(3)
    with left:
        quantity = choose_option("Error", printed, address.ERROR, format_func=ERRORS.__getitem__)
    with middle:
        protocol = choose_option(
            "Measured on",
            protocols(quantity, variants()),
            address.PROTOCOL,
            help="How the papers tested: errors of one network differ by several points.",
        )
    with right:
        cost = choose_segment("Cost", list(COSTS), address.COST, "params")
    points = errors[(errors["quantity"] == quantity) & (errors["protocol"] == protocol)]
    figure = history.error_against_cost(points, cost, COSTS[cost], ERRORS[quantity])
    clicked = st.plotly_chart(
        figure,
        on_select="rerun",
        selection_mode="points",
        key="points",
        config={"displaylogo": False, "scrollZoom": False},
        alt=f"{ERRORS[quantity]} over {cost}",
    )
    if chosen := clicked["selection"]["points"]:
        st.switch_page("pages/explore.py", query_params=query_of(chosen[0]["customdata"][0]))


def show_tables(tables: dict[str, ResultTable]) -> None:
    """One result table of the papers at a time, in its own order or sorted by a column."""
    st.subheader("The result tables of the papers")
    left, right = st.columns(2)
    with left:
        table = tables[choose_option("Table", list(tables), address.TABLE)]
    order = right.selectbox(
        "Order", ["As in the paper", *table.columns], key=f"order_{table.title}"
    )
    rows = table.sorted_by(order) if order in table.columns else table.rows
    st.dataframe(pd.DataFrame(rows), hide_index=True, placeholder="", alt=table.title)
    st.caption(f"{table.source}.")


open_page("Timeline")
st.title("From LeNet to DenseNet")
results = result_tables()
show_winners(results[WINNERS])
show_cards()
show_errors()
show_tables(results)
