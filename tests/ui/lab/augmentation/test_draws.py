"""A photo as data of one image: what training's own code makes of it."""

import numpy as np
import pytest
import torch
from PIL import Image

from cnnviz.training.augmentation import colour_axes
from cnnviz.ui.lab.augmentation.draws import Original, photo_data, picture_data


def test_a_photos_principal_colours_are_its_pixels_eigenvectors():
    pixels = np.random.default_rng(0).integers(0, 255, (128, 128, 3), np.uint8)
    pixels[..., 1] = pixels[..., 0]  # red and green go together
    data = photo_data(Image.fromarray(pixels))
    np.testing.assert_array_equal(data.train.images[0].numpy(), pixels)
    np.testing.assert_allclose(data.mean, pixels.reshape(-1, 3).mean(0) / 255, rtol=1e-5)
    axes = colour_axes(data)
    values, vectors = axes.values, axes.vectors
    covariance = np.cov(pixels.reshape(-1, 3).T / 255)
    np.testing.assert_allclose(
        covariance @ vectors.numpy(), vectors.numpy() * values.numpy(), atol=1e-9
    )
    assert abs(float(values[0])) < 1e-9
    np.testing.assert_allclose(np.abs(vectors[:, 2]), [0.5**0.5, 0.5**0.5, 0], atol=0.02)
    torch.testing.assert_close(axes.colours, (vectors * values).float())


@pytest.mark.parametrize("is_photo", [True, False])
@pytest.mark.parametrize("draw", [0, 41])
def test_the_drawn_pictures_less_the_original_are_the_colours_that_are_said(is_photo, draw):
    pixels = np.random.default_rng(0).integers(0, 256, (128, 128, 3), np.uint8)
    data = photo_data(Image.fromarray(pixels)) if is_photo else picture_data(torch.tensor(pixels))
    original = Original(data, is_photo)
    pictures = original.drawn({"pca_colour": 1.0}, draw)
    colours = original.drawn_colours(1.0, draw).added.numpy() * 255
    assert len(pictures) == len(colours) == (8 if is_photo else 3)
    assert np.abs(colours).max() > 2
    for picture, colour in zip(pictures, colours, strict=True):
        difference = picture.astype(float) - pixels
        inside = (picture > 0) & (picture < 255)
        assert inside.mean() > 0.8
        wrong = np.abs(difference - colour)[inside]
        assert wrong.max() <= 0.5 + 1e-3
