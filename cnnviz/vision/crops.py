"""Ten-crop testing: the corners and the centre of a photo, and their mirror images."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

from cnnviz.architectures import NetworkSpec
from cnnviz.vision.images import crop_for_network
from cnnviz.vision.prediction import in_its_colours, normalised, preprocessing

PLACES = ("top left", "top right", "bottom left", "bottom right", "centre")


@dataclass(frozen=True, eq=False)
class TenCrops:
    """Ten crops of a photo.

    Attributes:
        square: The square that they are cut from, uint8 (S, S, 3).
        corners: Row and column in it of the top left pixel of each crop; a mirrored crop has its
            original's.
        pictures: uint8 (10, H, W, 3): the ``PLACES``, then their mirror images.
        images: The network's input, float32 (10, C, H, W).
    """

    square: np.ndarray
    corners: tuple[tuple[int, int], ...]
    pictures: np.ndarray
    images: torch.Tensor

    @property
    def names(self) -> tuple[str, ...]:
        """What each crop is."""
        return (*PLACES, *(f"{place}, mirrored" for place in PLACES))


def ten_crops(spec: NetworkSpec, photo: Image.Image) -> TenCrops:
    """The crops that a network is tested with: four corners, the centre, and all mirrored.

    Krizhevsky et al. 2012, section 4.1: 224 px of the central square of 256 px; the answer is the
    mean of the ten softmaxes. Networks of other inputs take the same share of their square. Those
    of small inputs (CIFAR), which else see the whole square and no crop of it, get it enlarged by
    256/224 first.

    Args:
        spec: The network.
        photo: Upright RGB.
    """
    square = enlarged_square(spec, photo)
    side = preprocessing(spec).crop
    last = len(square) - side
    middle = round(last / 2)
    corners = ((0, 0), (0, last), (last, 0), (last, last), (middle, middle))
    cut = [square[row : row + side, column : column + side] for row, column in corners]
    pictures = np.stack([*cut, *(crop[:, ::-1] for crop in cut)])
    scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(torch.float32) / 255
    return TenCrops(square, corners * 2, pictures, normalised(spec, scaled))


def enlarged_square(spec: NetworkSpec, photo: Image.Image) -> np.ndarray:
    """The central square that crops of a network's input are cut from, uint8 (S, S, 3).

    S is 256/224 of the input's side.
    """
    published = preprocessing(spec)
    side = round(published.crop * 256 / 224)
    square = replace(published, resize=side, crop=side)
    return np.array(crop_for_network(in_its_colours(spec, photo), square))
