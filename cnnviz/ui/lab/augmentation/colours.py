"""PCA colour augmentation: the principal axes and the colour that each draw adds."""

import numpy as np
import pandas as pd
import streamlit as st

from cnnviz.augmentation.colour import IMAGENET_AXES, ColourDraws
from cnnviz.figures.images.colour_axes import REACH, colour_axes_drawing
from cnnviz.figures.images.image_tiles import gallery
from cnnviz.ui.lab.augmentation.draws import Original, show_numbers

WIDTH = 150  # px of an image on screen, at least


def show_colours(original: Original, strength: float, draw: int) -> None:
    """Draw the image's principal colours, each draw's added colour, and ImageNet's axes."""
    st.subheader("PCA colour: principal axes")
    colours = original.drawn_colours(strength, draw)
    is_coloured = original.data.channels == 3
    if is_coloured:
        vectors = [colours.axes.vectors[:, axis].numpy() for axis in range(3)]
        drawing = colour_axes_drawing(
            np.array(original.data.mean), colours.axes.values.tolist(), vectors
        )
        st.html(drawing)
    st.markdown(_colour_text(colours, strength) if is_coloured else _grey_text(colours, strength))
    _show_draws(original, colours, strength, draw)
    if is_coloured:
        _show_imagenet()


def _colour_text(colours: ColourDraws, strength: float) -> str:
    added = (strength * colours.axes.values[0] * colours.axes.vectors[:, 0] * 255).numpy()
    return (
        f"Each bar goes from {REACH:g} standard deviations below the image's mean colour to "
        f"{REACH:g} above, along one eigenvector of its pixels' covariance. PCA colour adds "
        r"$[e_1, e_2, e_3][\alpha_1\lambda_1, \alpha_2\lambda_2, \alpha_3\lambda_3]^T$ to every "
        rf"pixel, with $\alpha_i \sim N(0, {strength:g})$: one standard deviation of $\alpha_1$ "
        f"adds ({_several(added, 2)}) of 255 to red, green and blue."
    )


def _grey_text(colours: ColourDraws, strength: float) -> str:
    variance = float(colours.axes.values[0])
    return (
        "Greys vary along one axis, their brightness, so that PCA colour adds one number "
        rf"$\alpha_1\lambda_1$ to all, with $\alpha_1 \sim N(0, {strength:g})$ and $\lambda_1$ = "
        f"{variance:.4f}, the variance of the numbers divided by 255. Write three channels by bars "
        "to have colours."
    )


def _show_draws(original: Original, colours: ColourDraws, strength: float, draw: int) -> None:
    pictures = original.drawn({"pca_colour": strength}, draw)
    captions = [
        f"{number}: α {_several(alphas, 2)} adds {_several(added * 255, 1)}"  # noqa: RUF001
        for number, (alphas, added) in enumerate(
            zip(colours.alphas.numpy(), colours.added.numpy(), strict=True), 1
        )
    ]
    if original.is_photo:
        st.html(gallery(pictures, captions, WIDTH, alt="PCA colour", most=4))
    else:
        show_numbers(pictures, [f"draw {each}" for each in captions], "PCA colour")
    is_coloured = original.data.channels == 3
    which = "α1, α2, α3 and what they add to" if is_coloured else "α1 and what it adds to"  # noqa: RUF001
    st.caption(
        f"The draws from above with {which} each pixel, of 255; a number that would leave 0 to "
        "255 stays there, and all are rounded."
    )


def _show_imagenet() -> None:
    axes = IMAGENET_AXES.ordered
    rows = [
        (f"e{number}", f"{value:.4f}", _several(axis, 3))
        for number, (value, axis) in enumerate(
            zip(axes.values.tolist(), axes.vectors.T.numpy(), strict=True), 1
        )
    ]
    table = pd.DataFrame(rows, columns=["ImageNet", "Eigenvalue", "Red, green, blue"])
    st.table(
        table.set_index("ImageNet"),
        border="horizontal",
        alt="ImageNet's eigenvalues and eigenvectors",
    )
    st.caption(
        "Krizhevsky et al. 2012, section 4.1, with a standard deviation of 0.1, over ImageNet's "
        "training pixels; the paper prints no numbers: these are fb.resnet.torch's. "
        "The sign of an eigenvector is free; here each brightens rather than darkens. Training "
        "here takes the principal colours of its own training images; above, they are the "
        "image's."
    )


def _several(numbers: np.ndarray, decimals: int) -> str:
    words = ", ".join(f"{round(float(number), decimals) + 0.0:.{decimals}f}" for number in numbers)
    return words.replace("-", "\N{MINUS SIGN}")
