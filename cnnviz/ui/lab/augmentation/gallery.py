"""The section on augmentation: training's augmentations of the visitor's photo or numbers."""

import streamlit as st

from cnnviz.hyperparameters import Hyperparameter, Value, text
from cnnviz.lab.grid import written_pixels
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.lab.augmentation.colours import show_colours
from cnnviz.ui.lab.augmentation.crops import show_crops_of_numbers, show_crops_of_photo
from cnnviz.ui.lab.augmentation.draws import SIDE, Original, photo_data, picture_data, show_draws
from cnnviz.ui.lab.controls import choose_over, says_errors
from cnnviz.ui.lab.network import choose_photo_or_say
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.augmented import AUGMENTATIONS, choose_draw, choose_strength
from cnnviz.ui.parts.choices import write_text

PICTURE = (
    "40 40 40 40 40 40; 40 200 200 200 40 40; 40 200 40 40 40 40; 40 200 200 120 40 40; "
    "40 200 40 40 40 40; 40 200 40 40 40 40"
)
# The effect of augmentations on greyscale images.
OF_GREYS = {
    "jitter": "Greys have no saturation: brightness and contrast change.",
    "pca_colour": "Greys have one principal colour, brightness.",
}


def show_gallery() -> None:
    """Draw the section on augmentation."""
    with st.sidebar:
        over = choose_over("photo", address.ON)
    if over == "numbers":
        _show_numbers()
    else:
        _show_photo()


def _show_photo() -> None:
    photo = choose_photo_or_say()
    with st.sidebar:
        draw = choose_draw()
    if photo is None:
        return
    original = Original(photo_data(photo.image), is_photo=True)
    st.markdown(
        f"Eight draws of each augmentation of the training page, by the same code, on the photo's "
        f"middle square of {SIDE} x {SIDE} px."
    )
    _show_augmentations(original, draw)
    show_crops_of_photo(photo, draw)


@says_errors
def _show_numbers() -> None:
    with st.sidebar:
        written = write_text("Image values", address.PIXELS, PICTURE)
        draw = choose_draw()
    picture = written_pixels(written)
    st.markdown(
        "Three draws of each augmentation of the training page, by the same code, on these "
        "numbers: 0 is black, 255 white. Type others into the cells; three channels by bars in the "
        "sidebar are red, green and blue."
    )
    show_cells("pixels", "Image")
    _show_augmentations(Original(picture_data(picture), is_photo=False), draw)
    show_crops_of_numbers(picture.numpy(), draw)


def _show_augmentations(original: Original, draw: int) -> None:
    """Each augmentation alone at a strength of its own, all together, and PCA colour's colours."""
    known = {each.name: each for each in TrainingOptions.hyperparameters()}
    strengths = {name: _show_one(known[name], original, draw) for name in AUGMENTATIONS}
    st.subheader("All augmentations combined")
    show_draws(original, strengths, draw, "All augmentations together")
    st.caption(
        "In the order crop and flip, rotation, brightness with contrast and saturation, PCA "
        "colour, noise, erasing; set a strength to 0 to exclude one. What a crop or a "
        "rotation leaves empty is black."
    )
    show_colours(original, float(strengths["pca_colour"]), draw)


def _show_one(option: Hyperparameter, original: Original, draw: int) -> Value:
    left, right = st.columns([1, 4], vertical_alignment="center")
    with left:
        strength = choose_strength(option, is_in_address=True)
        st.caption(option.help)
        if original.data.channels == 1 and option.name in OF_GREYS:
            st.caption(OF_GREYS[option.name])
    with right:
        show_draws(original, {option.name: strength}, draw, f"{option.title} {text(strength)}")
    return strength
