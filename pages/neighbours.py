"""Neighbours: which images does the network consider similar?"""

from functools import partial

import streamlit as st

from cnnviz.images import Collection
from cnnviz.ui.neighbours.results import comparison
from cnnviz.ui.neighbours.view import (
    choose_count,
    choose_metrics,
    say_agreement,
    say_basis,
    show_map,
    show_nearest,
)
from cnnviz.ui.parts.page import made_or_said, open_page
from cnnviz.ui.photo.chosen import chosen_subject
from cnnviz.ui.photo.collection import choose_collection, choose_positions
from cnnviz.ui.photo.controls import choose_photo
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.photo.weights import choose_trained


def show_neighbours(subject: Subject, collection: Collection, looked_at: tuple[int, ...]) -> None:
    """Draw nearest images, their agreement and the map, for a photo and a collection."""
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
    collection = choose_collection("Compare with")
    positions = choose_positions(collection) if collection else ()
    metrics, count = choose_metrics(), choose_count()
st.title("Which images does the network consider similar?")
subject = chosen_subject(photo, trained, needs_maps=False)
if collection is None:
    st.info("Upload a zip of images in the sidebar, or compare with other images.")
elif subject:
    made_or_said(partial(show_neighbours, subject, collection, positions))
