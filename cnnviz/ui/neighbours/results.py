"""Vectors of the photo and of a collection of images, and their distances."""

from collections.abc import Hashable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import streamlit as st
from PIL import Image

from cnnviz.architectures import Network
from cnnviz.figures.images.grid import columns, tiled
from cnnviz.figures.images.image_tiles import image_url
from cnnviz.images import Collection
from cnnviz.images.opening import ImageError
from cnnviz.ui.photo.subject import Subject
from cnnviz.ui.server.byte_cache import results
from cnnviz.ui.work.view import Offer
from cnnviz.ui.work.work import known_work
from cnnviz.vision.neighbours.nearest import (
    THUMBNAIL,
    Embedding,
    HiddenVector,
    embedding,
    hidden_vector,
    nearest,
    square,
)
from cnnviz.vision.neighbours.planar_map import planar_map

SIDE = 224  # px, of the pictures in a strip
AT_ONCE = 16  # pictures that need no button


@dataclass(frozen=True, eq=False)
class Comparison:
    """A photo and a collection of images, by their vectors in a network.

    Attributes:
        subject: The photo and the network.
        collection: The pictures.
        looked_at: Positions of those that were looked at.
        embedding: Their vectors.
        hidden: The photo's vector.
    """

    subject: Subject
    collection: Collection
    looked_at: tuple[int, ...]
    embedding: Embedding
    hidden: HiddenVector

    @property
    def cache_key(self) -> Hashable:
        """Cache key of the comparison."""
        return (self.subject.cache_key, self.collection.key, self.count)

    @property
    def count(self) -> int:
        """Number of images compared."""
        return len(self.looked_at)

    @cached_property
    def rows(self) -> np.ndarray:
        """Rows of the embedding: all but the photo itself, where it is a sample among samples."""
        pictures, title = self.collection.images, self.subject.photo.title
        is_itself = [
            self.collection.key == "sample_images" and pictures[i].name == title
            for i in self.embedding.positions
        ]
        return np.flatnonzero(~np.array(is_itself))

    @property
    def vectors(self) -> np.ndarray:
        """The photo's vector, then those of the pictures, float32 (1 + N, D)."""
        return np.concatenate([self.hidden.values[np.newaxis], self.embedding.vectors[self.rows]])

    @property
    def thumbnails(self) -> np.ndarray:
        """The photo's thumbnail, then those of the pictures."""
        photo = square(self.subject.photo.image, THUMBNAIL)
        return np.concatenate([photo[np.newaxis], self.embedding.thumbnails[self.rows]])

    @cached_property
    def labels(self) -> list[str]:
        """Classes of the pictures, by row."""
        return [self.collection.images[i].label for i in self.embedding.positions[self.rows]]

    def nearest(self, metric: str, count: int) -> list[tuple[int, float]]:
        """The nearest pictures: number among ``rows``, and distance."""
        vectors = self.embedding.vectors[self.rows]
        numbers, distances = nearest(vectors, self.hidden.values, metric, count)
        return [(int(i), float(d)) for i, d in zip(numbers, distances, strict=True)]

    def picture(self, number: int) -> np.ndarray:
        """One of the pictures at the size of a strip, uint8 (SIDE, SIDE, 3)."""
        row = self.rows[number]
        position = int(self.embedding.positions[row])
        try:
            return _square(self.collection.key, position, self.collection)
        except ImageError:  # Its file has gone since; how it looked is known.
            thumbnail: np.ndarray = self.embedding.thumbnails[row]
            return thumbnail

    def name(self, number: int) -> str:
        """Name of one of the images."""
        return self.collection.images[int(self.embedding.positions[self.rows[number]])].name


def comparison(
    subject: Subject, collection: Collection, looked_at: tuple[int, ...]
) -> Comparison | None:
    """The comparison; None, with a button, until the visitor starts it.

    Raises:
        ValueError: The pictures cannot be read or the network's numbers are not finite.
    """
    # The same number of the same collection is the same sample.
    key = ("embedding", subject.spec, subject.weights, collection.key, len(looked_at))
    network, work = subject.network, known_work(key)
    if len(looked_at) <= AT_ONCE:
        vectors = _embedding_at_once(key, network, collection, looked_at)
    elif work is not None and work.state == "done":
        vectors = work.result
    else:
        Offer(
            "embedding",
            key,
            lambda work: embedding(network, collection, looked_at, work.tell),
            f"Compare with {len(looked_at):,} images",
            help="One forward pass for each image; the vectors are kept for the next photo.",
        ).draw()
        return None
    return Comparison(subject, collection, looked_at, vectors, _hidden(subject))


@results.remember
def principal_map(compared: Comparison) -> np.ndarray:
    """The map of PCA of the vectors, float32 (N, 2)."""
    return planar_map(compared.vectors, "pca")


@results.remember
def map_picture(compared: Comparison) -> str:
    """All thumbnails in one image, as its address."""
    thumbnails = compared.thumbnails
    return image_url(tiled(thumbnails, columns(len(thumbnails))), quality=75)


@results.remember
def _hidden(subject: Subject) -> HiddenVector:
    return hidden_vector(subject.network, subject.passed)


@results.remember
def _embedding_at_once(
    key: Hashable, _network: Network, _collection: Collection, _looked_at: tuple[int, ...]
) -> Embedding:
    with st.spinner("Computing the vectors of the images ..."):
        return embedding(_network, _collection, _looked_at)


@results.remember
def _square(key: Hashable, position: int, _collection: Collection) -> np.ndarray:
    """A picture's centre square; a small picture is enlarged without smoothing."""
    picture = _collection.open(position)
    small = square(picture, min(SIDE, *picture.size))
    smoothing = Image.Resampling.NEAREST if len(small) <= THUMBNAIL else Image.Resampling.BICUBIC
    return np.asarray(Image.fromarray(small).resize((SIDE, SIDE), smoothing))
