"""Dropout in training and at test, on numbers and on a photo's first maps."""

import streamlit as st
import torch

from cnnviz.figures.images.number_tiles import Tile, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.lab.normalisation import DropoutSettings, Dropped, dropped, mean_of_draws, vector
from cnnviz.ui.lab.controls import choose_over, choose_settings, says_errors
from cnnviz.ui.lab.figures import show_maps
from cnnviz.ui.lab.network import FirstConvolution, show_on_photo
from cnnviz.ui.lab.number_cells import show_cells
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import write_text
from cnnviz.vision.maps.statistics import largest, rectified

READ = "1 2 3 4 5 6 7 8"
DRAWS = 1000
AWAY = "#8a8a8a"


def show_dropout() -> None:
    """Draw numbers or a photo's maps with and without dropout."""
    with st.sidebar:
        over = choose_over()
        settings = choose_settings(DropoutSettings, "dropout", {})
    if over == "photo":
        show_on_photo(lambda first: _show_photo(first, settings))
    else:
        _show_numbers(settings)
    st.caption(
        "As in torch, the kept numbers are scaled up in training, so that nothing is left to do at "
        "test. Krizhevsky et al. 2012, section 4.2, dropped with probability 0.5 in their first "
        "two fully connected layers and halved all outputs at test: the same in the mean."
    )


@says_errors
def _show_numbers(settings: DropoutSettings) -> None:
    with st.sidebar:
        written = write_text("Layer input", address.DROPOUT_READ, READ)
    dropping = dropped(vector(written, "Layer input"), settings)
    show_cells("dropout_x", "Layer input", colour=CATEGORIES[0])
    _say_dropped(dropping, settings)
    st.markdown("**In**")
    st.html(_tiles(dropping.read, dropping.kept, "In"))
    st.markdown(f"**Out**, kept numbers times {dropping.scale:.4g}")
    st.html(_tiles(dropping.output, dropping.kept, "Out"))
    if settings.training:
        st.markdown(f"**Mean of {DRAWS:,} draws**: near what went in")
        mean = mean_of_draws(dropping.read, settings, DRAWS)
        st.html(_tiles(mean, torch.ones_like(dropping.kept), f"Mean of {DRAWS} draws"))


def _say_dropped(dropping: Dropped, s: DropoutSettings) -> None:
    if not s.training:
        st.markdown("At test dropout does nothing: all numbers pass unchanged.")
        return
    lost = int((~dropping.kept).sum())
    st.markdown(
        f"In training each number is dropped with probability {s.probability:g}: this draw drops "
        f"**{lost:,} of {dropping.kept.numel():,}**, and multiplies the others by 1 / (1 - "
        f"{s.probability:g}) = **{dropping.scale:.4g}**. Another seed drops others."
    )


def _tiles(values: torch.Tensor, kept: torch.Tensor, title: str) -> str:
    tiles = [
        Tile(
            value.reshape(1, 1).numpy(),
            "" if stays else "dropped",
            CATEGORIES[0] if stays else AWAY,
        )
        for value, stays in zip(values, kept.tolist(), strict=True)
    ]
    return number_tiles(tiles, title)


def _show_photo(first: FirstConvolution, settings: DropoutSettings) -> None:
    maps = rectified(first.handed_on)
    dropping = dropped(torch.from_numpy(maps), settings)
    output = dropping.output.numpy()
    st.markdown(f"{first.says} Here a ReLU is taken, then dropout of single numbers.")
    _say_dropped(dropping, settings)
    reach = largest([maps, output])
    left, right = st.columns(2)
    with left:
        st.markdown("**Off**, as at test")
        show_maps(maps, f"{len(maps)} maps, mean {maps.mean():.4g}.", reach)
    with right:
        st.markdown(
            f"**On**, as in training: kept numbers times {dropping.scale:.4g}"
            if settings.training
            else "**Switched off** in the sidebar: the same"
        )
        show_maps(output, f"Mean {output.mean():.4g}.", reach)
    st.caption(
        "Networks drop mostly before their fully connected layers; here it is on the first maps, "
        "where its holes can be seen. A number that the ReLU has made 0 stays 0 either way."
    )
