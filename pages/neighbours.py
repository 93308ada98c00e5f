"""Neighbours: which pictures does the network think alike?"""

import streamlit as st

from cnnviz.architectures import specify
from cnnviz.ui.neighbours_controls import (
    choose_collection,
    choose_count,
    choose_metrics,
    choose_positions,
)
from cnnviz.ui.neighbours_results import comparison
from cnnviz.ui.neighbours_view import say_agreement, say_basis, show_map, show_nearest
from cnnviz.ui.page import open_page
from cnnviz.ui.photo_controls import choose_photo
from cnnviz.ui.subject import Subject
from cnnviz.ui.weights_controls import choose_trained
from cnnviz.vision.collections import Collection
from cnnviz.vision.weights import WeightsError


def show_neighbours(subject: Subject, collection: Collection, looked_at: tuple[int, ...]) -> None:
    """The whole answer for one photo, one network and one collection."""
    compared = comparison(subject, collection, looked_at)
    if compared is None:
        return
    for metric in metrics:
        show_nearest(compared, metric, count)
    say_agreement(compared, metrics, count)
    say_basis(compared)
    show_map(compared, [number for number, _ in compared.nearest(metrics[0], count)])


open_page("Neighbours")
with st.sidebar:
    photo = choose_photo()
    trained = choose_trained()
    collection = choose_collection()
    positions = choose_positions(collection) if collection else ()
    metrics, count = choose_metrics(), choose_count()
st.title("Which pictures does the network think alike?")
if trained is None:
    st.info("Download the weights in the sidebar, or choose other weights or another network.")
elif photo is None:
    st.info("Choose a sample photo, or give one of your own, in the sidebar.")
elif collection is None:
    st.info("Give a zip of pictures in the sidebar, or compare with other pictures.")
else:
    variant, weights = trained
    if weights.kind == "random":
        st.warning(
            "Random weights: this network is untrained, its answers mean nothing.",
            icon=":material/casino:",
        )
    try:
        show_neighbours(Subject(specify(variant), weights, photo), collection, positions)
    except (WeightsError, ValueError) as error:
        st.error(str(error), icon=":material/error:")
