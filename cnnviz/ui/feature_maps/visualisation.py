"""Feature visualisation on screen: an image that is made for a map, as it is made."""

from __future__ import annotations

from collections.abc import Hashable

import numpy as np
import streamlit as st

from cnnviz.figures.pictures.image_tiles import enlarged
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_number, choose_segment
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.work.view import Offer, start
from cnnviz.ui.work.work import Work, known_work
from cnnviz.vision.capture import Place
from cnnviz.vision.maps.visualisation import Visualisation, visualisation

STEPS = (64, 128, 256)
SEEDS = 100
SIDE = 448  # px on screen


def show_visualisation(subject: Subject, place: Place, channel: int) -> None:
    """Draw the controls, the button that begins, and the image that excites a map.

    Args:
        subject: Whose network makes the image; its photo plays no part.
        place: Where the map is.
        channel: Which of the maps there.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = _choose_steps()
        seed = choose_number(
            "Seed",
            0,
            SEEDS - 1,
            address.SEED,
            0,
            width=140,
            help="Decides the noise that it starts from; the same seed gives the same picture.",
        )
        again = st.container()

    def offer_of(seed: int) -> Offer:
        key = ("visualisation", subject.spec, subject.weights, place, channel, steps, seed)
        return _offer(key, subject, place, channel, steps, seed)

    offer = offer_of(seed)
    work = known_work(offer.key)
    if work is not None and work.state == "done":
        next_seed = (seed + 1) % SEEDS
        again.button(
            "Draw again",
            icon=":material/refresh:",
            key="draw_again",
            on_click=_draw_again,
            args=(next_seed, offer_of(next_seed)),
            help="From the noise of the next seed.",
        )
    offer.draw()


def _choose_steps() -> int:
    return choose_segment(
        "Steps",
        STEPS,
        address.STEPS,
        128,
        "Of gradient ascent; more give more contrast and take longer.",
    )


def _draw_again(seed: int, offer: Offer) -> None:
    st.session_state[address.SEED] = seed
    start(offer.key, offer.compute)


def _offer(
    key: Hashable, subject: Subject, place: Place, channel: int, steps: int, seed: int
) -> Offer:
    network = subject.network

    def compute(work: Work) -> Visualisation:
        return visualisation(network, place, channel, steps, seed, work.tell, work.show)

    def show(found: Visualisation) -> None:
        _show_picture(found.picture, f"An image made for {_map_name(place, channel)}")
        st.caption(_said(found, place, channel, subject.is_random))

    return Offer(
        "visualisation",
        key,
        compute,
        f"Make an image for map {channel}",
        show,
        lambda picture: _show_picture(picture, f"The image for map {channel} so far"),
        help=f"{steps} steps of gradient ascent, each a pass through the network and back.",
    )


def _show_picture(picture: np.ndarray, alt: str) -> None:
    st.image(enlarged(picture, SIDE), width=SIDE, alt=alt)


def _said(found: Visualisation, place: Place, channel: int, is_random: bool) -> str:
    """What is seen, how it came about, and what an untrained network means."""
    said = (
        f"No photo: an image made from noise for which {_map_name(place, channel)} is large. "
        f"The map's mean (values below 0 as 0) went from {found.curve[0]:.3g} to "
        f"{found.curve[-1]:.3g} in {len(found.curve) - 1} steps. It is kept like a photo (Olah et "
        "al. 2017): frequencies and colours as strong as photos have them, every pixel between "
        "black and white, and shifted, turned and scaled at random at each step."
    )
    if is_random:
        said += (
            " RANDOM weights: this network is untrained; its maps look for nothing, and such "
            "images look like noise."
        )
    return said


def _map_name(place: Place, channel: int) -> str:
    if place.input_index is None:
        return f"map {channel} of {place.layer}"
    return f"map {channel} of what {place.layer} reads"
