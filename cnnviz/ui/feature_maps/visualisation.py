"""Feature visualisation on screen: an image optimised for a channel, step by step."""

from functools import partial

import numpy as np
import streamlit as st

from cnnviz.figures.images.image_tiles import enlarged
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
    """Draw the controls, the start button, and the image that activates a channel.

    Args:
        subject: Its network; its photo is not used.
        place: Where the map is.
        channel: Which of the maps there.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        steps = choose_segment(
            "Steps",
            STEPS,
            address.STEPS,
            128,
            "Steps of gradient ascent: more give more contrast and take longer.",
        )
        seed = choose_number(
            "Seed",
            0,
            SEEDS - 1,
            address.SEED,
            0,
            width=140,
            help="Determines the initial noise; the same seed gives the same image.",
        )
        again = st.container()
    offer_of = partial(_offer, subject, place, channel, steps)
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


def _draw_again(seed: int, offer: Offer) -> None:
    st.session_state[address.SEED] = seed
    start(offer.key, offer.compute)


def _offer(subject: Subject, place: Place, channel: int, steps: int, seed: int) -> Offer:
    network = subject.network

    def compute(work: Work) -> Visualisation:
        return visualisation(network, place, channel, steps, seed, work.tell, work.show)

    def show(made: Visualisation) -> None:
        _show_picture(made.picture, f"An image made for {_map_name(place, channel)}")
        st.caption(_caption(made, place, channel, subject.is_random))

    return Offer(
        "visualisation",
        ("visualisation", subject.spec, subject.weights, place, channel, steps, seed),
        compute,
        f"Make an image for map {channel}",
        show,
        lambda picture: _show_picture(picture, f"The image for map {channel} so far"),
        help=f"{steps} steps of gradient ascent, each a pass through the network and back.",
    )


def _show_picture(picture: np.ndarray, alt: str) -> None:
    st.image(enlarged(picture, SIDE), width=SIDE, alt=alt)


def _caption(made: Visualisation, place: Place, channel: int, is_random: bool) -> str:
    text = (
        f"An image optimised from noise so that {_map_name(place, channel)} is large. "
        f"The map's mean (values below 0 as 0) went from {made.curve[0]:.3g} to "
        f"{made.curve[-1]:.3g} in {len(made.curve) - 1} steps. It is regularised (Olah et al. "
        "2017): frequencies and colours as strong as in photos, pixels between black and white, "
        "and a random shift, rotation and scaling at each step."
    )
    if is_random:
        text += (
            " RANDOM weights: this network is untrained; its channels detect nothing, and such "
            "images look like noise."
        )
    return text


def _map_name(place: Place, channel: int) -> str:
    if place.input_index is None:
        return f"map {channel} of {place.layer}"
    return f"map {channel} of what {place.layer} reads"
