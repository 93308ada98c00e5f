"""Crops: at random, as AlexNet was trained, and ten at test, corners and centre and mirrored."""

from dataclasses import dataclass, replace

import numpy as np
import torch
from PIL import Image

from cnnviz.architectures import NetworkSpec
from cnnviz.augmentation.geometry import random_windows
from cnnviz.images.preprocessing import crop_for_network
from cnnviz.vision.prediction import in_its_colours, normalised, preprocessing

PLACES = ("top left", "top right", "bottom left", "bottom right", "centre")
TEN_CROPS = (*PLACES, *(f"{place}, mirrored" for place in PLACES))


@dataclass(frozen=True, eq=False)
class TenCrops:
    """Ten crops of a photo.

    Attributes:
        square: The square that they are cut from, uint8 (S, S, 3).
        corners: Row and column in it of the top left pixel of each crop; a mirrored crop has its
            original's.
        pictures: uint8 (10, H, W, 3), named by ``TEN_CROPS``.
        images: The network's input, float32 (10, C, H, W).
    """

    square: np.ndarray
    corners: tuple[tuple[int, int], ...]
    pictures: np.ndarray
    images: torch.Tensor


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
    corners, pictures = ten_cuts(square, preprocessing(spec).crop)
    scaled = torch.from_numpy(pictures).permute(0, 3, 1, 2).to(torch.float32) / 255
    return TenCrops(square, corners, pictures, normalised(spec, scaled))


def ten_cuts(square: np.ndarray, side: int) -> tuple[tuple[tuple[int, int], ...], np.ndarray]:
    """The corners of ten crops of a square (S, S, C), and the crops, (10, side, side, C).

    Raises:
        ValueError: ``side`` is below 1 or larger than the square.
    """
    last = _last_place(square, side)
    middle = round(last / 2)
    corners = ((0, 0), (0, last), (last, 0), (last, last), (middle, middle))
    cut = [square[row : row + side, column : column + side] for row, column in corners]
    return corners * 2, np.stack([*cut, *(crop[:, ::-1] for crop in cut)])


def _last_place(square: np.ndarray, side: int) -> int:
    if not 1 <= side <= len(square):
        raise ValueError(f"side must be from 1 to {len(square)}; received {side}.")
    return len(square) - side


@dataclass(frozen=True, eq=False)
class RandomCrops:
    """Crops of a square at places drawn by chance, half of them mirrored.

    Attributes:
        square: What they are cut from, (S, S, C).
        corners: Row and column in it of the top left pixel of each crop.
        mirrored: Whether each is mirrored.
        pictures: (N, side, side, C).
    """

    square: np.ndarray
    corners: tuple[tuple[int, int], ...]
    mirrored: tuple[bool, ...]
    pictures: np.ndarray

    @property
    def places(self) -> int:
        """In how many places a crop may begin along one side."""
        return len(self.square) - int(self.pictures.shape[1]) + 1

    @property
    def different(self) -> int:
        """How many different crops there are, mirror images counted."""
        return self.places**2 * 2

    @property
    def as_the_paper_counts(self) -> int:
        """The paper's factor (S - side)^2 x 2: it leaves out the last row and column of places."""
        return (self.places - 1) ** 2 * 2


def random_crops(square: np.ndarray, side: int, count: int, rng: torch.Generator) -> RandomCrops:
    """Crops as AlexNet was trained with: any place alike, mirrored with probability 1/2.

    Krizhevsky et al. 2012, section 4.1.

    Args:
        square: (S, S, C).
        side: Of the crops.
        count: How many.
        rng: Random numbers.

    Raises:
        ValueError: ``side`` is below 1 or larger than the square.
    """
    _last_place(square, side)
    copies = torch.from_numpy(square).expand(count, *square.shape)
    windows = random_windows(copies, (side, side), flip=True, rng=rng)
    corners = torch.cat([windows.top, windows.left], dim=1).tolist()
    mirrored = () if windows.mirrored is None else windows.mirrored[:, 0].tolist()
    pictures = windows.cut(copies).numpy()
    return RandomCrops(square, tuple(map(tuple, corners)), tuple(mirrored), pictures)


def enlarged_square(spec: NetworkSpec, photo: Image.Image) -> np.ndarray:
    """The central square that crops of a network's input are cut from, uint8 (S, S, 3).

    S is 256/224 of the input's side.
    """
    return np.array(central_square(spec, photo, round(preprocessing(spec).crop * 256 / 224)))


def central_square(spec: NetworkSpec, photo: Image.Image, side: int) -> Image.Image:
    """The photo's central square brought to a side in pixels, in the colours of the network."""
    square = replace(preprocessing(spec), resize=side, crop=side)
    return crop_for_network(in_its_colours(spec, photo), square)
