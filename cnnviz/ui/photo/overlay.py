"""Heatmaps over the region of the photo that the network sees."""

from dataclasses import replace

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.figures import colour_maps
from cnnviz.images.preprocessing import crop_for_network
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import bound
from cnnviz.ui.photo.subject import Subject

SIDE = 672  # px: larger than the network's input, so that a projector shows the photo sharp


def choose_opacity() -> float:
    """How much of the map covers the photo, in [0, 1]."""
    percent = st.slider(
        "Opacity of the map", 0, 100, 70, 5, format="%d %%", **bound(address.OPACITY)
    )
    return percent / 100


def overlay(subject: Subject, values: np.ndarray, opacity: float) -> np.ndarray:
    """The map over the region that the network saw, uint8 (SIDE, SIDE, 3)."""
    return colour_maps.overlay(sharp_region(subject), enlarged(values), opacity)


def sharp_region(subject: Subject) -> np.ndarray:
    """The region that the network saw, uint8 (SIDE, SIDE, 3), sharper than it saw it."""
    small = subject.preprocessing
    resize = round((small.resize or small.crop) * SIDE / small.crop)
    larger = replace(small, resize=resize, crop=SIDE)
    return np.asarray(crop_for_network(subject.photo.image, larger))


def resized(values: np.ndarray) -> np.ndarray:
    """A map at the size of the images, (SIDE, SIDE)."""
    return np.asarray(Image.fromarray(values).resize((SIDE, SIDE), Image.Resampling.BILINEAR))


def enlarged(values: np.ndarray) -> np.ndarray:
    """A map in [0, 1] at the size of the images."""
    return resized(values).clip(0, 1)
