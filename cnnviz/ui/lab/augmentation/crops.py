"""Random crops in training and ten crops at test."""

import numpy as np
import streamlit as st
import torch

from cnnviz.architectures import specify
from cnnviz.figures.images.image_tiles import gallery
from cnnviz.figures.images.patches import framed
from cnnviz.ui.lab.augmentation.draws import DRAWS, DRAWS_OF_NUMBERS, WIDTH, show_numbers
from cnnviz.ui.photo.controls import Photo
from cnnviz.vision.crops import (
    TEN_CROPS,
    RandomCrops,
    enlarged_square,
    random_crops,
    ten_crops,
    ten_cuts,
)
from cnnviz.vision.prediction import preprocessing

CROPPED = "alexnet"  # whose input crops are cut for
LESS = 2  # px that a crop of written numbers is smaller than its image


def show_crops_of_photo(photo: Photo, draw: int) -> None:
    """Draw AlexNet's crops of the photo's central square: at random, then ten."""
    spec = specify(CROPPED)
    square = enlarged_square(spec, photo.image)
    side = preprocessing(spec).crop
    st.subheader(f"Crops in training: {side} of {len(square)} px")
    crops = random_crops(square, side, DRAWS, torch.Generator().manual_seed(draw))
    boxes = [framed(square, corner, side) for corner in crops.corners]
    numbers = [f"{number}" for number in range(1, DRAWS + 1)]
    st.html(gallery(boxes, numbers, WIDTH, alt="Place of training crop", most=DRAWS))
    st.html(gallery(crops.pictures, _places(crops), WIDTH, alt="Training crop", most=DRAWS))
    st.markdown(_counted(crops))
    st.caption(
        "Krizhevsky et al. 2012, section 4.1. Above, the place of each crop in the square; below, "
        "what the network is given. The training page's crop is another: its images are small, "
        "so that it cuts their own size from a black frame around them."
    )
    st.subheader("Ten crops at test")
    ten = ten_crops(spec, photo.image)
    st.html(gallery(ten.pictures, TEN_CROPS, 100, alt="Crop:", most=5))
    st.caption(
        f"Krizhevsky et al. 2012, section 4.1: {side} px from the four corners and the centre of "
        f"the central {len(square)} px, and their mirror images; the prediction is the mean of "
        "the ten softmaxes. The page Grad-CAM shows the prediction for each crop."
    )


def show_crops_of_numbers(picture: np.ndarray, draw: int) -> None:
    """Draw random crops and ten crops of a written image (S, S, C) as numbers."""
    side = len(picture) - LESS
    st.subheader(f"Crops in training: {side} of {len(picture)}")
    rng = torch.Generator().manual_seed(draw)
    crops = random_crops(picture, side, DRAWS_OF_NUMBERS, rng)
    show_numbers(crops.pictures, _places(crops), "Training crop")
    st.markdown(_counted(crops))
    st.subheader("Ten crops at test")
    show_numbers(ten_cuts(picture, side)[1], TEN_CROPS, "Crop")


def _places(crops: RandomCrops) -> list[str]:
    return [
        f"{number}: row {row}, column {column}{', mirrored' if mirrored else ''}"
        for number, ((row, column), mirrored) in enumerate(
            zip(crops.corners, crops.mirrored, strict=True), 1
        )
    ]


def _counted(crops: RandomCrops) -> str:
    whole, side = len(crops.square), crops.pictures.shape[1]
    last = crops.places - 1
    paper = " as the paper counts, its factor" if (whole, side) == (256, 224) else ""
    return (
        f"({whole} - {side})² x 2 = {last}² x 2 = **{crops.as_the_paper_counts:,}**{paper}. "
        f"But a crop may begin in rows and columns 0 to {last}, {last} among them: "
        f"({whole} - {side} + 1)² x 2 = {crops.places}² x 2 = **{crops.different:,}** crops, "
        "mirror images counted."
    )
