"""Widgets that choose a photo: sample, upload or camera."""

from dataclasses import dataclass

import streamlit as st
from PIL import Image

from cnnviz.images.opening import ImageError, open_image
from cnnviz.images.samples import sample_images
from cnnviz.ui.parts import address
from cnnviz.ui.parts.choices import choose_labelled, choose_option
from cnnviz.ui.server.byte_cache import results

SOURCES = ("sample", "upload", "camera")
MAX_MEGABYTES = 25  # that arrive: a photo may have 20 MB, and a little more is told so


@dataclass(frozen=True, eq=False)
class Photo:
    """A photo as it arrived.

    Attributes:
        key: Identifies it in caches.
        title: What to call it on screen.
        image: Upright RGB, at most 1,024 px.
        arrived: Width and height in pixels before it was made smaller, upright; None: the image's.
    """

    key: str
    title: str
    image: Image.Image
    arrived: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels as it arrived."""
        return self.arrived or self.image.size


def choose_photo() -> Photo | None:
    """Draw the controls and return the photo; None, with a message, where there is none."""
    source = choose_labelled("Photo", SOURCES, address.PHOTO)
    try:
        return _sample() if source == "sample" else _own(source)
    except ImageError as error:
        st.error(str(error), icon=":material/broken_image:")
        return None


def _sample() -> Photo:
    samples = {sample.title: sample for sample in sample_images()}
    sample = samples[choose_option("Sample photo", list(samples), address.SAMPLE)]
    st.caption(f"{sample.source}. {sample.licence}.")
    return Photo(sample.file, sample.title, *_opened(sample.file, sample.path.read_bytes()))


def _own(source: str) -> Photo | None:
    if source == "camera":
        received = st.camera_input("Take a photo", key="camera", label_visibility="collapsed")
    else:
        received = st.file_uploader(
            "Your photo: JPEG, PNG, WebP, GIF, BMP, TIFF, AVIF or HEIC, at most 20 MB",
            max_upload_size=MAX_MEGABYTES,
            key="upload",
        )
    if received is None:
        return None
    return Photo(received.file_id, received.name, *_opened(received.file_id, received.getvalue()))


@results.remember
def _opened(key: str, _data: bytes) -> tuple[Image.Image, tuple[int, int]]:
    """The photo of that key and its size as it arrived; opened once however often a page reruns."""
    sizes: list[tuple[int, int]] = []
    with st.spinner("Opening the photo ..."):
        image = open_image(_data, lambda _, size: sizes.append(size))
    return image, upright_size(sizes[0], image.size)


def upright_size(size: tuple[int, int], upright: tuple[int, int]) -> tuple[int, int]:
    """Width and height of a file, swapped where the upright image has the other orientation.

    Args:
        size: As the file says.
        upright: Of the image after it was turned, however small.
    """
    turned = (size[0] - size[1]) * (upright[0] - upright[1]) < 0
    return (size[1], size[0]) if turned else size
