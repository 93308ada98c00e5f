"""Several augmented versions of one image, drawn as images or as numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import streamlit as st
import torch
from PIL import Image

from cnnviz.augmentation.colour import ColourDraws, colour_draws
from cnnviz.figures.images.image_tiles import gallery
from cnnviz.figures.images.number_tiles import Tile, number_tiles
from cnnviz.figures.theme import CATEGORIES
from cnnviz.hyperparameters import Value
from cnnviz.lab.reshaping import small_photo
from cnnviz.training.augmentation import colour_axes
from cnnviz.training.datasets.base import Data, Split
from cnnviz.training.options import TrainingOptions
from cnnviz.ui.parts.augmented import augmented

SIDE = 128  # px of the photo's square: strengths in pixels are of this
DRAWS, DRAWS_OF_NUMBERS = 8, 3
WIDTH = 72  # px of an image on screen, at least
COLOURS = {"red": CATEGORIES[6], "green": CATEGORIES[2], "blue": CATEGORIES[0]}
GREY = {"": "#8a8a8a"}


@dataclass(frozen=True, eq=False)
class Original:
    """An image to augment.

    Attributes:
        data: The image as data of one image.
        is_photo: Whether it is drawn as an image, or as numbers.
    """

    data: Data
    is_photo: bool

    @property
    def draws(self) -> int:
        """How many draws of each augmentation are shown."""
        return DRAWS if self.is_photo else DRAWS_OF_NUMBERS

    def drawn(self, strengths: Mapping[str, Value], draw: int) -> np.ndarray:
        """The augmented versions under some training options, uint8 (N, S, S, C)."""
        options = TrainingOptions().with_values(dict(strengths))
        return augmented(self._copies, self.data, options, draw)

    def drawn_colours(self, strength: float, draw: int) -> ColourDraws:
        """The colours that ``drawn`` adds with PCA colour alone."""
        rng = torch.Generator().manual_seed(draw)
        pixels = self._copies.permute(0, 3, 1, 2)
        return colour_draws(pixels, colour_axes(self.data), strength, rng)

    @property
    def _copies(self) -> torch.Tensor:
        return self.data.train.images.expand(self.draws, -1, -1, -1)


def photo_data(image: Image.Image) -> Data:
    """The middle square of a photo as data of one image, so that training's code can change it."""
    return picture_data(small_photo(image, 3, SIDE).permute(1, 2, 0).to(torch.uint8))


def picture_data(picture: torch.Tensor) -> Data:
    """An image, uint8 (S, S, C), as data of one image."""
    pixels = picture.reshape(-1, picture.shape[2]).to(torch.float32) / 255
    split = Split(picture[None], torch.zeros(1, dtype=torch.int64))
    mean, std = (tuple(each.tolist()) for each in (pixels.mean(0), pixels.std(0)))
    return Data("photo", "the photo", ("photo",), split, split, mean, std)


def show_draws(original: Original, strengths: Mapping[str, Value], draw: int, title: str) -> None:
    """Draw augmented versions of an image, as images or as numbers.

    Args:
        original: The image.
        strengths: Training options by name.
        draw: The random numbers' seed.
        title: The text for those who do not see it.
    """
    augmented_images = original.drawn(strengths, draw)
    numbers = [f"{number}" for number in range(1, len(augmented_images) + 1)]
    if original.is_photo:
        st.html(gallery(augmented_images, numbers, WIDTH, alt=f"{title}, draw", most=DRAWS))
    else:
        show_numbers(augmented_images, [f"draw {number}" for number in numbers], title)


def show_numbers(pictures: np.ndarray, captions: Sequence[str], title: str) -> None:
    """Draw images (N, S, S, C) as numbers, a tile for each of their channels."""
    drawn = zip(pictures, captions, strict=True)
    st.html("".join(_group(picture, caption, title) for picture, caption in drawn))


def _group(picture: np.ndarray, caption: str, title: str) -> str:
    names = GREY if picture.shape[2] == 1 else COLOURS
    tiles = [
        Tile(picture[..., channel], name, colour)
        for channel, (name, colour) in enumerate(names.items())
    ]
    return number_tiles(tiles, f"{title}, {caption}", caption)
